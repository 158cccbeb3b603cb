import { type ColumnBatch, decodeColumns } from "@maxcompute-tunnel/codec/arrow";
import type { BlockRequest, ProducedBlock } from "@maxcompute-tunnel/writer";
import type { PartitionRule } from "./partition-rule.ts";

/** The rows of a block of a source, as columns; the block's memory is given back. */
export function columnsOf(block: ProducedBlock, { readColumns }: PartitionRule): readonly ColumnBatch[] {
  const bytes = block.rows === 0 ? undefined : Buffer.concat(block.chunks);
  block.release?.();
  if (bytes === undefined) return [];
  return decodeColumns(readColumns, bytes, { instants: "fields", maxFieldBytes, batchRows });
}

/** What is asked of a source whose rows are dealt out: all of them, each time. */
export function everything({ readColumns }: PartitionRule, signal: AbortSignal): BlockRequest {
  return { columns: readColumns, stored: [], again: [], compareStored: false, maxFieldBytes, signal };
}

/** The more rows are dealt out together, the longer the runs of each partition. */
const batchRows = 65_536;
/** What the service takes for one field, unless a session says otherwise. */
const maxFieldBytes = 8 * 1024 * 1024;
