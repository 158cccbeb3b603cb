import { createTunnel, parseTableTarget, type TableTarget, type TableTunnel } from "maxcompute-tunnel";
import { CliError } from "../errors.ts";
import { readSettings, type Settings, type SettingsFlags } from "../settings/settings.ts";
import type { CommandRun } from "./cli-context.ts";
import { defaultRetries, retryPatience } from "./retry-patience.ts";

/** A table that a command works on, and the way to it. */
export interface OpenTable {
  readonly tunnel: TableTunnel;
  readonly target: TableTarget;
  readonly settings: Settings;
  /** To be called once the service has answered: failures after that are waited out. */
  noteContact(): void;
}

/** Reads the settings and the table's name; nothing is sent yet. Warnings go to stderr. */
export async function openTable(
  name: string,
  flags: SettingsFlags & { readonly retries?: number },
  run: CommandRun,
): Promise<OpenTable> {
  const { io } = run;
  const settings = await readSettings(flags, io);
  run.keySource = settings.accessKey.source;
  const target = readTarget(name, settings);
  for (const warning of settings.warnings) io.stderr.write(`warning: ${warning}\n`);
  const { endpoint, tunnelEndpoint, region, quotaName, accessKey } = settings;
  const { accessKeyId, accessKeySecret, securityToken } = accessKey;
  const patience = retryPatience(flags.retries ?? defaultRetries);
  const tunnel = createTunnel({
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(tunnelEndpoint === undefined ? {} : { tunnelEndpoint }),
    ...(region === undefined ? {} : { region }),
    ...(quotaName === undefined ? {} : { quotaName }),
    project: settings.project ?? target.project,
    credentials: {
      kind: "access-key",
      accessKeyId,
      accessKeySecret,
      ...(securityToken === undefined ? {} : { securityToken }),
    },
    userAgentSuffix: "mctunnel",
    retry: patience.policy,
  });
  return { tunnel, target, settings, noteContact: patience.noteContact };
}

function readTarget(name: string, settings: Settings): TableTarget {
  const { project = nowhere, schema } = settings;
  const named = parseTableTarget(name, { project, schema });
  // A schema that was set also holds for `project.table`, which names none.
  const target = schema === undefined || named.schema !== undefined ? named : { ...named, schema };
  if (target.project !== nowhere) return target;
  throw new CliError("missing-setting", `The project of table ${target.table} is not known.`, {
    next: `Write PROJECT.${name}, or set --project, ODPS_PROJECT or "project" in the profile.`,
  });
}

/** Stands in for a project that no setting names; no project can be called so. */
const nowhere = "?";
