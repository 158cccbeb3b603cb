import type { BlockFiles } from "../storage/block-files.ts";
import { markBefore } from "../storage/row-marks.ts";
import type { Segment } from "../storage/state.ts";
import { type RowBatches, readRows } from "./read-rows.ts";
import { readMarks, type StoredRows } from "./record-stream.ts";

/**
 * Rows `start` to `start + count`, decoded, as one source for each block that has some of them. Rows past the end are
 * left out.
 */
export function* rangeRows(
  source: StoredRows,
  range: { readonly start: number; readonly count: number },
  blocks: BlockFiles,
): Generator<RowBatches> {
  let before = 0;
  for (const segment of source.segments) {
    const start = Math.max(range.start - before, 0);
    const count = Math.min(range.start + range.count - before, segment.recordCount) - start;
    before += segment.recordCount;
    if (count > 0) {
      yield segmentRows(source, segment, { start, count }, blocks);
    }
  }
}

async function* segmentRows(
  { columns }: StoredRows,
  segment: Segment,
  { start, count }: { readonly start: number; readonly count: number },
  blocks: BlockFiles,
): RowBatches {
  const file = await blocks.open(segment.file);
  try {
    const from = markBefore(await readMarks(file, segment), start);
    yield* readRows(file, segment, columns, { from, start, count });
  } finally {
    await file.close();
  }
}
