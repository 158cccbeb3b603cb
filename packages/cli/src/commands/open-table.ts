import { createTunnel, parseTableTarget, type TableTarget, type TableTunnel } from "maxcompute-tunnel";
import type { CliIo } from "../cli-io.ts";
import { CliError } from "../errors.ts";
import { readSettings, type Settings, type SettingsFlags } from "../settings/settings.ts";

/** A table that a command works on, and the way to it. */
export interface OpenTable {
  readonly tunnel: TableTunnel;
  readonly target: TableTarget;
  readonly settings: Settings;
}

/** Reads the settings and the table's name; nothing is sent yet. Warnings go to stderr. */
export async function openTable(name: string, flags: SettingsFlags, io: CliIo): Promise<OpenTable> {
  const settings = await readSettings(flags, io);
  const target = readTarget(name, settings);
  for (const warning of settings.warnings) io.stderr.write(`warning: ${warning}\n`);
  const { endpoint, tunnelEndpoint, region, quotaName, accessKey } = settings;
  const { accessKeyId, accessKeySecret, securityToken } = accessKey;
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
  });
  return { tunnel, target, settings };
}

function readTarget(name: string, settings: Settings): TableTarget {
  const { project = nowhere, schema } = settings;
  const target = parseTableTarget(name, { project, schema });
  if (target.project !== nowhere) return target;
  throw new CliError("missing-setting", `The project of table ${target.table} is not known.`, {
    next: `Write PROJECT.${name}, or set --project, ODPS_PROJECT or "project" in the profile.`,
  });
}

/** Stands in for a project that no setting names; no project can be called so. */
const nowhere = "?";
