import type { EmulatorOptions } from "../options.ts";
import type { Configuration } from "./config-document.ts";

/** The options of a command line with a configuration file behind them: what both settle, the command line does. */
export function applyConfiguration(options: EmulatorOptions, configuration: Configuration): EmulatorOptions {
  const [fileProject, ...fileProjects] = configuration.projects;
  const project = options.project ?? fileProject;
  const more = options.project === undefined ? fileProjects : configuration.projects;
  const named = options.accessKeyId !== undefined || options.accessKeySecret !== undefined;
  const [first, ...others] = configuration.keys;
  const main = named || first === undefined ? {} : first;
  const keys = named
    ? configuration.keys.filter(({ accessKeyId }) => accessKeyId !== (options.accessKeyId ?? "emulator"))
    : others;
  return {
    ...main,
    ...options,
    ...(project === undefined ? {} : { project }),
    projects: [...more, ...(options.projects ?? [])],
    accessKeys: [...keys, ...(options.accessKeys ?? [])],
    bearerTokens: [...configuration.bearerTokens, ...(options.bearerTokens ?? [])],
    tables: [...configuration.tables, ...(options.tables ?? [])],
    limits: { ...configuration.limits, ...options.limits },
  };
}
