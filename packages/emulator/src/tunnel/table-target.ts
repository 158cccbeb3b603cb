import { Refusal } from "../refusal.ts";
import type { Call } from "../server/call.ts";
import type { Route } from "../server/router.ts";
import { resolvePartition } from "../storage/partition-spec.ts";
import { defaultSchemaName, findTable, formatPartition, type State, type Table } from "../storage/state.ts";

/** The table a tunnel request is about, with the partition it names. */
export interface TableTarget {
  readonly table: Table;
  /** One value per partition key. */
  readonly partition: readonly string[];
}

/** Offers a route below a table's path in the two-level and in the three-level model. */
export function tableRoutes(below: string, route: Omit<Route, "dialect" | "path">): readonly Route[] {
  return ["/projects/:project/tables/:table", "/projects/:project/schemas/:schema/tables/:table"].map(
    (path) => ({
      ...route,
      dialect: "tunnel",
      path: path + below,
    }),
  );
}

/** @throws Refusal when there is no such project, schema or table */
export function targetTable(state: State, call: Call): Table {
  const schema = call.name("schema") || call.query.get("curr_schema") || defaultSchemaName;
  return findTable(state, { project: call.name("project"), schema, table: call.name("table") });
}

/** @throws Refusal also when the partition does not fit the table; whether it exists is not looked at */
export function targetPartition(state: State, call: Call): TableTarget {
  const table = targetTable(state, call);
  return { table, partition: resolvePartition(table, call.query.get("partition")) };
}

/**
 * Refuses to append rows to a table with a primary key: it takes upserts only, so that a key is there once.
 *
 * @throws Refusal `InvalidArgument`
 */
export function checkTakesAppends({ name, primaryKey }: Table): void {
  if (primaryKey.length > 0) {
    throw new Refusal(
      "InvalidArgument",
      `The table ${name} has a primary key: it takes upsert sessions, no uploads and no streams.`,
    );
  }
}

/**
 * Refuses a request that names another target than its session's.
 *
 * protocol: MaxCompute Tunnel, block rules: `partition` must be repeated identically on every request of a session.
 */
export function checkPartitionOfSession(call: Call, table: Table, expected: readonly string[]): void {
  const partition = resolvePartition(table, call.query.get("partition"));
  if (partition.some((value, level) => value !== expected[level])) {
    throw new Refusal(
      "InvalidPartitionSpec",
      `The session was created for the partition ${formatPartition(table, expected)}, the request names ${formatPartition(table, partition)}.`,
    );
  }
}
