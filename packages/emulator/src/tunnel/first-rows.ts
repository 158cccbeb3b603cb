import { Refusal } from "../refusal.ts";
import type { BlockFiles } from "../storage/block-files.ts";
import { resolvePartition } from "../storage/partition-spec.ts";
import { findPartition, type Table } from "../storage/state.ts";
import { rangeRows } from "./range-rows.ts";
import type { RowBatches } from "./read-rows.ts";

/** How many rows a parameter asks for; none, -1 and more than `most` are `most`. */
export function rowLimit(text: string | undefined, most: number): number {
  if (text === undefined || text === "" || text === "-1") {
    return most;
  }
  if (!/^\d{1,15}$/.test(text)) {
    throw new Refusal("InvalidArgument", `Expected a number of rows or -1, got ${JSON.stringify(text)}.`);
  }
  return Math.min(Number(text), most);
}

/**
 * The first rows of a table, or of the partition that is named, with the values of the partition behind the columns.
 *
 * @throws Refusal when there is no such partition
 */
export function firstRows(
  table: Table,
  partitionSpec: string | undefined,
  limit: number,
  blocks: BlockFiles,
): Iterable<RowBatches> {
  const partitions =
    partitionSpec === undefined || partitionSpec === ""
      ? [...table.partitions.values()]
      : [findPartition(table, resolvePartition(table, partitionSpec))];
  // Named files stay readable while a reader has begun; what is listed now is what is read.
  const sources = partitions.map(({ values, segments }) => ({ values, segments, columns: table.columns }));
  return (function* (): Generator<RowBatches> {
    let left = limit;
    for (const { values, segments, columns } of sources) {
      const count = Math.min(
        left,
        segments.reduce((sum, { recordCount }) => sum + recordCount, 0),
      );
      left -= count;
      for (const rows of rangeRows({ segments, columns }, { start: 0, count }, blocks)) {
        yield withPartition(
          rows,
          table.partitionKeys.map(({ type }, level) => keyValue(type, values[level] ?? "")),
        );
      }
    }
  })();
}

async function* withPartition(rows: RowBatches, values: readonly unknown[]): RowBatches {
  for await (const batch of rows) {
    yield values.length === 0 ? batch : batch.map((row) => [...row, ...values]);
  }
}

/** Partition values are kept as text; columns of whole numbers want numbers. */
function keyValue(type: string, text: string): unknown {
  switch (type) {
    case "bigint":
      return BigInt(text);
    case "int":
    case "smallint":
    case "tinyint":
      return Number(text);
    default:
      return text;
  }
}
