import { RecordStreamDecoder } from "@maxcompute-tunnel/codec";
import type { BlockFiles } from "../storage/block-files.ts";
import type { OpenFile } from "../storage/file-system.ts";
import { firstMark, type RowMark } from "../storage/row-marks.ts";
import type { Segment, TableColumn } from "../storage/state.ts";

/** Bytes read from a block file at a time. */
const readBytes = 64 * 1024;

/** Decoded rows, as arrays by column, in batches. */
export type RowBatches = AsyncGenerator<readonly (readonly unknown[])[]>;

/** Every row of the segments, in order. */
export async function* readAllRows(
  source: { readonly segments: readonly Segment[]; readonly columns: readonly TableColumn[] },
  blocks: BlockFiles,
): RowBatches {
  for (const segment of source.segments) {
    const file = await blocks.open(segment.file);
    try {
      yield* readRows(file, segment, source.columns, {
        from: firstMark,
        start: 0,
        count: segment.recordCount,
      });
    } finally {
      await file.close();
    }
  }
}

/** Rows `start` to `start + count` of one block, read piece by piece from the mark `from` on. */
export async function* readRows(
  file: OpenFile,
  segment: Segment,
  columns: readonly TableColumn[],
  { from, start, count }: { readonly from: RowMark; readonly start: number; readonly count: number },
): RowBatches {
  const decoder = new RecordStreamDecoder<readonly unknown[]>(columns, {
    rowShape: "array",
    invalidUtf8: "bytes",
  });
  let skip = start - from.row;
  let left = count;
  for await (const piece of readBytesOf(file, {
    from: from.offset,
    to: segment.recordBytes,
    pieceBytes: readBytes,
  })) {
    const rows = decoder.push(piece);
    const first = Math.min(skip, rows.length);
    skip -= first;
    const batch = rows.slice(first, first + left);
    left -= batch.length;
    if (batch.length > 0) {
      yield batch;
    }
    if (left === 0) {
      return;
    }
  }
  if (left > 0) {
    throw new Error(`Block file ${segment.file} holds ${left} rows less than was recorded`);
  }
}

/** The bytes of a file from one offset to another; each piece belongs to the caller. */
export async function* readBytesOf(
  file: OpenFile,
  { from, to, pieceBytes }: { readonly from: number; readonly to: number; readonly pieceBytes: number },
): AsyncGenerator<Uint8Array> {
  for (let position = from; position < to; ) {
    const piece = new Uint8Array(Math.min(pieceBytes, to - position));
    const filled = await file.read(piece, position);
    if (filled < piece.length) {
      throw new Error(`A block file ends at byte ${position + filled}, before ${to}`);
    }
    position += filled;
    yield piece;
  }
}
