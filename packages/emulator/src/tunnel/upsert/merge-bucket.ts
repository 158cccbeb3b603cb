import { Refusal } from "../../refusal.ts";
import type { TableColumn } from "../../storage/state.ts";
import type { RowBatches } from "../read-rows.ts";
import { type KeyChanges, type Patch, patchedRow } from "./key-changes.ts";
import type { SegmentWriter } from "./segment-writer.ts";

/** One bucket's rows as they are, and what changes them. */
export interface BucketMerge {
  /** Columns of the table now. */
  readonly columns: readonly TableColumn[];
  /** How many of them the session's records have. */
  readonly knownColumns: number;
  readonly changes: KeyChanges;
  /** Rows of the table that the bucket's keys are looked for in. */
  readonly stored: RowBatches;
  /** The session's records for the bucket, in the order they arrived. */
  readonly records: RowBatches;
}

/** Writes the rows that stay, then those that the records bring. */
export async function mergeBucket(
  { columns, knownColumns, changes, stored, records }: BucketMerge,
  writer: SegmentWriter,
): Promise<void> {
  const done = new Set<Patch>();
  const mergedRow = (row: readonly unknown[]): readonly unknown[] | undefined => {
    const change = changes.of(row);
    if (typeof change === "object" && change.on === "stored") {
      done.add(change);
      return patchedRow(row, change, columns.length);
    }
    return change === undefined ? row : undefined;
  };
  for await (const batch of stored) {
    await writer.addAll(batch.map(mergedRow).filter((row) => row !== undefined));
  }

  let number = -1;
  const broughtRow = (record: readonly unknown[]): readonly unknown[] | undefined => {
    number += 1;
    const change = changes.of(record);
    if (change === number) {
      return rowOf(record);
    }
    return typeof change === "object" && change.on === number
      ? patchedRow(rowOf(record), change, columns.length)
      : undefined;
  };
  // Meta columns stand behind the table's; columns that the session does not know are NULL.
  const rowOf = (record: readonly unknown[]): readonly unknown[] =>
    columns.map((_, index) => (index < knownColumns ? record[index] : null));
  for await (const batch of records) {
    await writer.addAll(batch.map(broughtRow).filter((row) => row !== undefined));
  }

  for (const change of changes.values()) {
    if (typeof change === "object" && typeof change.on === "string" && !done.has(change)) {
      await writer.addAll([newRow(change, columns)]);
    }
  }
}

/** A row that begins with a partial update. */
function newRow(patch: Patch, columns: readonly TableColumn[]): readonly unknown[] {
  const row = patchedRow([], patch, columns.length);
  const missing = columns.find(({ nullable }, index) => !nullable && row[index] === null);
  if (missing !== undefined) {
    throw new Refusal(
      "MalformedDataStream",
      `A partial update would begin a row without a value for the NOT NULL column ${missing.name}.`,
    );
  }
  return row;
}
