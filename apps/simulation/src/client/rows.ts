import type { Schedule } from "../schedule/schedule.ts";
import { Random } from "../time/random.ts";

/** A row of the table that runs upload into. */
export interface Row {
  readonly id: bigint;
  readonly note: string;
}

/** The rows of a schedule; each can be told from every other. */
export function rowsOf({
  seed,
  rows,
  rowBytes,
}: Pick<Schedule, "seed" | "rows" | "rowBytes">): readonly Row[] {
  return Array.from({ length: rows }, (_, index) => {
    const length = new Random(seed).fork(`row ${index}`).between(0, rowBytes);
    return { id: BigInt(index), note: `${index}:`.padEnd(length, "row ") };
  });
}

/** Bytes that no row of a schedule encodes to more than. */
export function largestRowBytes({ rowBytes }: Pick<Schedule, "rowBytes">): number {
  return Math.max(rowBytes, 8) + 40;
}
