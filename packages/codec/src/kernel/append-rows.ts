import type { KernelRows } from "./kernel-rows.ts";

/** Which of the rows `RecordPack.appendRows` appends. */
export interface AppendRowsOptions {
  /** Index of the first one. @default 0 */
  readonly from?: number;
  /** No more once the pack's `byteLengthAtMost` has reached this. @default no limit */
  readonly untilBytes?: number;
  /** No more once the pack's `recordCount` has reached this. @default no limit */
  readonly untilRows?: number;
}

/** Where rows go that have to go alone. */
interface RowTarget<R> {
  readonly recordCount: number;
  readonly byteLengthAtMost: number;
  append(row: R): void;
}

/** Fewer rows are not encoded apart from others. */
const rowsWorthTogether = 128;

/** Appends rows to a pack, together where that may be; `RecordPack.appendRows` says what it promises. */
export function appendRows<R>(
  pack: RowTarget<R>,
  kernelRows: KernelRows | undefined,
  rows: readonly R[],
  options: AppendRowsOptions = {},
): number {
  const { from = 0, untilBytes = Number.POSITIVE_INFINITY, untilRows = Number.POSITIVE_INFINITY } = options;
  let row = from;
  let together = kernelRows !== undefined;
  while (row < rows.length && pack.recordCount < untilRows && pack.byteLengthAtMost < untilBytes) {
    const first = row;
    const end = Math.min(rows.length, row + untilRows - pack.recordCount);
    if (together && end - row >= rowsWorthTogether) {
      const { next, isRefused } = kernelRows!.takeTogether(rows, row, end, untilBytes);
      if (!isRefused) row = next;
      else while (row < next) pack.append(rows[row++]!);
      // An unusual row comes next, which seldom is the only one, or there is little room left.
      together = row - first >= rowsWorthTogether;
    } else {
      const alone = Math.min(end, row + rowsWorthTogether);
      while (row < alone && pack.byteLengthAtMost < untilBytes) pack.append(rows[row++]!);
      together = kernelRows !== undefined;
    }
  }
  return row;
}
