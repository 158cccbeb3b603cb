import type { ChunkedWriter } from "../wire/chunked-writer.ts";

/**
 * Gives a writer whole records, between records of its own. They are copied.
 *
 * @param ends where in `records` each of them ends.
 */
export function addRecords(target: ChunkedWriter, records: Uint8Array, ends: ArrayLike<number>): void {
  let start = 0;
  for (let row = 0; row < ends.length; ) {
    const fitting = rowsWithin(ends, row, start + target.buf.length - target.pos);
    if (fitting === row) {
      target.ensure(ends[row]! - start);
      continue;
    }
    const end = ends[fitting - 1]!;
    target.buf.set(
      start === 0 && end === records.length ? records : records.subarray(start, end),
      target.pos,
    );
    target.pos += end - start;
    target.keepRecord();
    start = end;
    row = fitting;
  }
}

/** The first row, from `first` on, that does not end at `limit` or before. */
function rowsWithin(ends: ArrayLike<number>, first: number, limit: number): number {
  let low = first;
  let high = ends.length;
  if (ends[high - 1]! <= limit) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ends[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
