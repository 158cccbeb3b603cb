import { Refusal } from "../../refusal.ts";
import type { BlockFiles } from "../../storage/block-files.ts";
import type { Segment, Table, UpsertPack } from "../../storage/state.ts";
import { keyTable } from "./key-table.ts";
import { type Merged, mergeUpsert } from "./merge-upsert.ts";
import { rowKey } from "./row-key.ts";
import { SegmentWriter } from "./segment-writer.ts";
import { upsertColumns, wholeRow } from "./upsert-record.ts";

/**
 * Merges whole rows into the rows of one partition of a table with a primary key: a row takes the place of the one with
 * its key, the last one of several. For statements that insert; clients of the tunnel have sessions for it.
 *
 * @param segments the partition's rows; none to have only the new ones
 * @throws Refusal when a key is NULL
 */
export async function mergeRows(
  rows: AsyncIterable<readonly (readonly unknown[])[]>,
  segments: readonly Segment[],
  {
    table,
    blocks,
    signal,
  }: { readonly table: Table; readonly blocks: BlockFiles; readonly signal: AbortSignal },
): Promise<Merged> {
  const { columns } = table;
  const rules = keyTable(table);
  const key = rowKey(columns, rules);
  const writers = new Map<number, SegmentWriter>();
  const packs: UpsertPack[] = [];
  try {
    for await (const batch of rows) {
      for (const row of batch) {
        const missing = key.columns.find((index) => row[index] === null);
        if (missing !== undefined) {
          throw new Refusal("InvalidArgument", `The key column ${columns[missing]?.name} cannot be NULL.`);
        }
        const bucket = key.bucket(row);
        const writer =
          writers.get(bucket) ?? (await SegmentWriter.open(blocks, upsertColumns(columns, rules.primaryKey)));
        writers.set(bucket, writer);
        await writer.addAll([wholeRow(row)]);
      }
    }
    for (const [index, writer] of writers) {
      const segment = await writer.finish();
      writers.delete(index);
      if (segment !== undefined) {
        packs.push({ ...segment, bucket: { index, of: rules.bucketCount, hasher: rules.hasher } });
      }
    }
    return await mergeUpsert({ ...rules, columns }, packs, { columns, segments, blocks, signal });
  } finally {
    await Promise.all([...writers.values()].map((writer) => writer.discard()));
    blocks.removeLater(packs.map(({ file }) => file));
  }
}
