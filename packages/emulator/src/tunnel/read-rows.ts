import { RecordStreamDecoder } from "@maxcompute-tunnel/codec";
import type { BlockFiles } from "../storage/block-files.ts";
import type { OpenFile } from "../storage/file-system.ts";
import { nearestMark, type RowMark } from "../storage/row-marks.ts";
import type { Segment, TableColumn } from "../storage/state.ts";

/** Bytes read from a block file at a time. */
const readBytes = 256 * 1024;

/**
 * Rows `start` to `start + count` of the segments, in order, as arrays by column, in batches.
 *
 * Rows past the end are left out. Files are read piece by piece from the first row asked for.
 */
export async function* readRows(
  source: { readonly segments: readonly Segment[]; readonly columns: readonly TableColumn[] },
  range: { readonly start: number; readonly count: number },
  blocks: BlockFiles,
): AsyncGenerator<readonly (readonly unknown[])[]> {
  let skip = range.start;
  let left = range.count;
  for (const segment of source.segments) {
    if (left === 0) {
      return;
    }
    if (skip >= segment.recordCount) {
      skip -= segment.recordCount;
      continue;
    }
    const wanted = Math.min(left, segment.recordCount - skip);
    yield* readSegment(segment, source.columns, { start: skip, count: wanted }, blocks);
    left -= wanted;
    skip = 0;
  }
}

async function* readSegment(
  segment: Segment,
  columns: readonly TableColumn[],
  range: { readonly start: number; readonly count: number },
  blocks: BlockFiles,
): AsyncGenerator<readonly (readonly unknown[])[]> {
  const file = await blocks.open(segment.file);
  try {
    const decoder = new RecordStreamDecoder<readonly unknown[]>(columns, {
      rowShape: "array",
      invalidUtf8: "bytes",
    });
    const mark = range.start === 0 ? { row: 0, offset: 0 } : await findMark(file, segment, range.start);
    let skip = range.start - mark.row;
    let left = range.count;
    for (let position = mark.offset; position < segment.recordBytes && left > 0; ) {
      const piece = new Uint8Array(Math.min(readBytes, segment.recordBytes - position));
      const filled = await file.read(piece, position);
      if (filled < piece.length) {
        throw new Error(
          `Block file ${segment.file} ends at ${position + filled} of ${segment.recordBytes} bytes`,
        );
      }
      position += filled;
      const rows = decoder.push(piece);
      const from = Math.min(skip, rows.length);
      skip -= from;
      const batch = rows.slice(from, from + left);
      left -= batch.length;
      if (batch.length > 0) {
        yield batch;
      }
    }
  } finally {
    await file.close();
  }
}

/** The marks stand behind the record pack in the same file. */
async function findMark(file: OpenFile, segment: Segment, row: number): Promise<RowMark> {
  const encoded = new Uint8Array((await file.size()) - segment.byteLength);
  await file.read(encoded, segment.byteLength);
  return nearestMark(encoded, row);
}
