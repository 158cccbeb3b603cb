import { type ColumnBatch, decodeColumns } from "@maxcompute-tunnel/codec/arrow";
import type { FileSource, FileSourceOptions } from "@maxcompute-tunnel/files";
import type { BlockRequest, BlockSource, ProducedBlock } from "@maxcompute-tunnel/writer";
import type { LoadRequest } from "../load/load-request.ts";
import type { PartitionRule } from "./partition-rule.ts";

/** The rows that are dealt out: those of the inputs, or what a module makes of them. */
export async function dealtRows(
  { flags, inputs }: LoadRequest,
  source: FileSource,
  options: FileSourceOptions,
): Promise<BlockSource> {
  if (flags.transform === undefined) return source;
  const { transformedInputs } = await import("../transform/transformed-inputs.ts");
  return await transformedInputs(flags.transform, inputs, source, options);
}

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
