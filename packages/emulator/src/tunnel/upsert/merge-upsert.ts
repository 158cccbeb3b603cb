import type { BlockFiles } from "../../storage/block-files.ts";
import type { Segment, TableColumn, UpsertPack, UpsertRecord } from "../../storage/state.ts";
import { type RowBatches, readAllRows } from "../read-rows.ts";
import { KeyChanges } from "./key-changes.ts";
import { mergeBucket } from "./merge-bucket.ts";
import { isCurrent, type RowKey, rowKey } from "./row-key.ts";
import { SegmentWriter } from "./segment-writer.ts";
import { upsertColumns } from "./upsert-record.ts";

/** What an upsert session is merged with. */
export interface MergeTarget {
  /** Columns of the table now. */
  readonly columns: readonly TableColumn[];
  readonly segments: readonly Segment[];
  readonly blocks: BlockFiles;
  readonly signal: AbortSignal;
}

/** The rows afterwards, and the files that were written for them: durable, and nobody's yet. */
export interface Merged {
  readonly segments: readonly Segment[];
  readonly written: readonly string[];
}

/** A bucket that lies in this many files is written anew as one, also when no row of them changes. */
const maxSegments = 8;

/**
 * Merges the packs of an upsert session with the rows of its partition, bucket by bucket, into new files.
 *
 * Files in which no row changes stay as they are. Rows are never all in memory: for one bucket at a time there is one
 * text and one number for each key that the session changes, and the values of partial updates.
 *
 * @throws what reading and writing throw; nothing is left behind then
 */
export async function mergeUpsert(
  session: Pick<UpsertRecord, "columns" | "primaryKey" | "hasher" | "bucketCount">,
  packs: readonly UpsertPack[],
  target: MergeTarget,
): Promise<Merged> {
  const { bucketCount, hasher } = session;
  const { columns, segments, blocks, signal } = target;
  const key = rowKey(columns, session);
  // Rows that came before the number of buckets changed may belong to any bucket.
  const mixed = segments.filter(({ bucket }) => !isCurrent(bucket, session));
  const changed = new Set(packs.map(({ bucket }) => bucket.index));
  const merged: Segment[] = segments.filter(
    ({ bucket }) => isCurrent(bucket, session) && mixed.length === 0 && !changed.has(bucket.index),
  );
  const written: string[] = [];
  const all = Array.from({ length: bucketCount }, (_, index) => index);
  try {
    for (const index of mixed.length > 0 ? all : changed) {
      const own = segments.filter(({ bucket }) => isCurrent(bucket, session) && bucket.index === index);
      const source = {
        segments: packs.filter(({ bucket }) => bucket.index === index),
        columns: upsertColumns(session.columns, session.primaryKey),
      };
      const changes = await readChanges(readBatches(source, blocks, signal), key);
      const rewrite =
        own.length >= maxSegments ||
        (await touches(changes, readBatches({ segments: own, columns }, blocks, signal)));
      merged.push(...(rewrite ? [] : own));
      const stored = [...(rewrite ? own : []), ...mixed];
      const writer = await SegmentWriter.open(blocks, columns);
      try {
        const rows = readBatches({ segments: stored, columns }, blocks, signal);
        await mergeBucket(
          {
            columns,
            knownColumns: session.columns.length,
            changes,
            stored: mixed.length > 0 ? onlyBucket(rows, key, index) : rows,
            records: readBatches(source, blocks, signal),
          },
          writer,
        );
      } catch (error) {
        await writer.discard();
        throw error;
      }
      const segment = await writer.finish();
      if (segment !== undefined) {
        written.push(segment.file);
        merged.push({ ...segment, bucket: { index, of: bucketCount, hasher } });
      }
    }
  } catch (error) {
    blocks.removeLater(written);
    throw error;
  }
  return { segments: merged, written };
}

/** Rows in batches; stops with the signal. */
async function* readBatches(
  source: { readonly segments: readonly Segment[]; readonly columns: readonly TableColumn[] },
  blocks: BlockFiles,
  signal: AbortSignal,
): RowBatches {
  for await (const batch of readAllRows(source, blocks)) {
    signal.throwIfAborted();
    yield batch;
  }
}

async function* onlyBucket(batches: RowBatches, key: RowKey, bucket: number): RowBatches {
  for await (const batch of batches) {
    yield batch.filter((row) => key.bucket(row) === bucket);
  }
}

async function readChanges(records: RowBatches, key: RowKey): Promise<KeyChanges> {
  const changes = new KeyChanges(key);
  for await (const batch of records) {
    for (const record of batch) {
      changes.add(record);
    }
  }
  return changes;
}

async function touches(changes: KeyChanges, stored: RowBatches): Promise<boolean> {
  for await (const batch of stored) {
    if (batch.some((row) => changes.of(row) !== undefined)) {
      return true;
    }
  }
  return false;
}
