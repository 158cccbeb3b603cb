import { firstMark, markBefore, type RowMark } from "../storage/row-marks.ts";

/** A run of rows of one block, and how it is sent. */
export type SegmentPart =
  /** Rows are decoded and written anew, reading from `from` on. */
  | { readonly kind: "rewrite"; readonly from: RowMark; readonly start: number; readonly count: number }
  /** The bytes between two places are sent as they are. */
  | { readonly kind: "copy"; readonly from: RowMark; readonly to: RowMark };

/**
 * Splits rows `start` to `end` of a block: whole stretches between marks are copied, the edges are written anew.
 *
 * @param marks places in the block, in order, its end included
 */
export function planSegment(
  range: { readonly start: number; readonly end: number },
  marks: readonly RowMark[],
  canCopy: boolean,
): readonly SegmentPart[] {
  const rewrite = (start: number, end: number): SegmentPart[] =>
    end > start ? [{ kind: "rewrite", from: markBefore(marks, start), start, count: end - start }] : [];
  const from = range.start === 0 ? firstMark : marks.find(({ row }) => row >= range.start);
  const to = markBefore(marks, range.end);
  if (!canCopy || from === undefined || to.row <= from.row) {
    return rewrite(range.start, range.end);
  }
  return [...rewrite(range.start, from.row), { kind: "copy", from, to }, ...rewrite(to.row, range.end)];
}
