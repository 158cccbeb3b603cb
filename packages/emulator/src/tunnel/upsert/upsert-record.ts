import type { TableColumn } from "../../storage/state.ts";

/** What a record does with the row of its key. */
export type Operation = "upsert" | "delete";

/** protocol: MaxCompute Tunnel, upsert, records: `U` and `D`. */
const operations: ReadonlyMap<unknown, Operation> = new Map([
  [85, "upsert"],
  [68, "delete"],
]);

/** protocol: MaxCompute Tunnel, upsert, records: five columns behind the table's own. */
const metaColumns = [
  { name: "__version", type: "bigint", nullable: true, comment: "" },
  { name: "__app_version", type: "bigint", nullable: true, comment: "" },
  { name: "__operation", type: "tinyint", nullable: false, comment: "" },
  { name: "__key_cols", type: "array<bigint>", nullable: true, comment: "" },
  { name: "__value_cols", type: "array<bigint>", nullable: true, comment: "" },
] as const satisfies readonly TableColumn[];

/**
 * Columns of the records of an upsert session. Only the key has to be there in each: a deletion brings nothing else,
 * a partial update some of it.
 */
export function upsertColumns(
  columns: readonly TableColumn[],
  primaryKey: readonly string[],
): readonly TableColumn[] {
  const data = columns.map((column) => ({ ...column, nullable: !primaryKey.includes(column.name) }));
  return [...data, ...metaColumns];
}

/** What the record says it does; `undefined` when it is neither `U` nor `D`. */
export function operationOf(record: readonly unknown[]): Operation | undefined {
  return operations.get(record.at(-3));
}

/** Ids of the columns that a partial update sets; empty where the record brings the whole row. */
export function valueColumnsOf(record: readonly unknown[]): readonly unknown[] {
  return (record.at(-1) as readonly unknown[] | null) ?? [];
}

/** The record that puts a whole row in place. */
export function wholeRow(row: readonly unknown[]): readonly unknown[] {
  return [...row, null, null, 85, null, []];
}
