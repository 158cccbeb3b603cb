import { getTable, type ServiceConnection, type TableInfo } from "@maxcompute-tunnel/service";
import { checkPartitionSpec, parsePartitionSpec, SessionError } from "@maxcompute-tunnel/session";
import { formatTableTarget } from "maxcompute-tunnel";
import type { OpenTable } from "../commands/open-table.ts";
import { CliError } from "../errors.ts";
import { given } from "./reading.ts";

/**
 * The way to the service that knows about tables, beside the one that takes rows.
 *
 * @throws CliError `missing-setting` where only the tunnel endpoint is known
 */
export function serviceOf({ tunnel, target, settings }: OpenTable): ServiceConnection {
  const { endpoint, schema } = settings;
  if (endpoint === undefined) {
    throw new CliError(
      "missing-setting",
      "The service's endpoint is not known, and it tells what tables are like.",
      {
        next: "Say --endpoint URL, or set ODPS_ENDPOINT.",
      },
    );
  }
  const { transport } = tunnel.connection;
  return { transport, endpoint, project: target.project, ...given({ schema: target.schema ?? schema }) };
}

/** Reads what the table is like, without a session. @throws ServiceError `no-such-table` … */
export async function describeTable(table: OpenTable, signal: AbortSignal): Promise<TableInfo> {
  const { project, schema, table: name } = table.target;
  return await getTable(serviceOf(table), { project, table: name, ...given({ schema }) }, { signal });
}

/**
 * Reads what the table is like, without a session, and checks that the partition fits.
 *
 * @throws SessionError `missing-partition`, `invalid-partition`; ServiceError `no-such-table` …
 */
export async function readTable(table: OpenTable, signal: AbortSignal): Promise<TableInfo> {
  const { target } = table;
  const info = await describeTable(table, signal);
  const keys = info.partitionKeys.map((key) => ({ name: key.name, type: key.type }));
  if (target.partition !== undefined) checkPartitionSpec(parsePartitionSpec(target.partition), keys);
  else if (keys.length > 0) {
    const example = keys.map((key) => `${key.name}=…`).join(",");
    throw new SessionError(
      "missing-partition",
      `Table ${formatTableTarget(target)} is partitioned: say which partition, as "${example}"`,
    );
  }
  return info;
}
