import { formatCount, formatCounted } from "./figures.ts";

/** What a receipt tells of how inputs were read. */
export interface WhatWasRead {
  readonly rejectsFile: string | undefined;
  /** The zone in which dates and times without one were read, where the table has columns for which that matters. */
  readonly timeZone: string | undefined;
  /** How binary columns were read, where the table has any. */
  readonly binary: string | undefined;
}

/** How often blocks had to be sent again. */
export function retriesText(retries: number): string {
  return retries === 0 ? "no retries" : retries === 1 ? "1 retry" : `${formatCount(retries)} retries`;
}

/** What was left out of a load, and how values were read that can be read in several ways. */
export function readingLines(
  rejected: number,
  { rejectsFile, timeZone, binary }: WhatWasRead,
): readonly string[] {
  const lines: string[] = [];
  if (rejected > 0) {
    const where = rejectsFile === undefined ? "" : `: ${rejectsFile}`;
    lines.push(`  ${formatCounted(rejected, "record")} rejected and left out${where}`);
  }
  if (timeZone !== undefined) lines.push(`  dates and times without a zone were read as ${timeZone}`);
  if (binary !== undefined) lines.push(`  binary columns were read as ${binary}`);
  return lines;
}
