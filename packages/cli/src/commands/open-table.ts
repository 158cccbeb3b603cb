import { createPace } from "@maxcompute-tunnel/transport";
import { createAgent, type NodeAgent } from "@maxcompute-tunnel/transport/node";
import {
  createTunnel,
  parseTableTarget,
  type TableTarget,
  type TableTunnel,
  type TunnelConfiguration,
} from "maxcompute-tunnel";
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
  /** Has somebody told whenever the service answers that it is asked too much. */
  onThrottled(listener: () => void): void;
  /** Closes the tunnel and its connections. */
  close(): Promise<void>;
}

/** Reads the settings and the table's name; nothing is sent yet. Warnings go to stderr. */
export async function openTable(
  name: string,
  flags: SettingsFlags & { readonly retries?: number; readonly bandwidth?: number },
  run: CommandRun,
): Promise<OpenTable> {
  const { io } = run;
  const settings = await readSettings(flags, io);
  run.keySource = settings.credentials.source;
  const target = readTarget(name, settings);
  for (const warning of settings.warnings) io.stderr.write(`warning: ${warning}\n`);
  const patience = retryPatience(flags.retries ?? defaultRetries);
  const agent = agentOf(settings);
  const tunnel = createTunnel({
    ...configurationOf(settings, target),
    ...(agent === undefined ? {} : { dispatcher: agent.dispatcher }),
    retry: patience.policy,
    ...(flags.bandwidth === undefined ? {} : { pace: createPace(flags.bandwidth) }),
  });
  const close = async (): Promise<void> => {
    await tunnel.close();
    await agent?.close();
  };
  const onThrottled = (listener: () => void): void => {
    patience.onThrottled = listener;
  };
  return { tunnel, target, settings, noteContact: patience.noteContact, onThrottled, close };
}

/** Connections that trust the private authorities of the settings, where there are any. */
export function agentOf({ ca }: Settings): NodeAgent | undefined {
  return ca === undefined ? undefined : createAgent({ ca });
}

/** What the settings say about the way to the service. */
export function configurationOf(settings: Settings, target: TableTarget): TunnelConfiguration {
  const { endpoint, tunnelEndpoint, region, quotaName, credentials } = settings;
  return {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(tunnelEndpoint === undefined ? {} : { tunnelEndpoint }),
    ...(region === undefined ? {} : { region }),
    ...(quotaName === undefined ? {} : { quotaName }),
    project: settings.project ?? target.project,
    credentials: credentials.credentials,
    userAgentSuffix: "mctunnel",
  };
}

/** Reads a table's name as the settings complete it. @throws CliError `missing-setting` */
export function readTarget(name: string, settings: Settings): TableTarget {
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
