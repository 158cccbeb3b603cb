import type { Partition } from "../storage/state.ts";

/** What partitions hold together. */
export interface StoredSize {
  readonly byteLength: number;
  readonly recordCount: number;
  readonly fileCount: number;
}

/** Adds up what partitions hold. */
export function tableSize(partitions: Iterable<Pick<Partition, "segments">>): StoredSize {
  let byteLength = 0;
  let recordCount = 0;
  let fileCount = 0;
  for (const { segments } of partitions) {
    fileCount += segments.length;
    for (const segment of segments) {
      byteLength += segment.byteLength;
      recordCount += segment.recordCount;
    }
  }
  return { byteLength, recordCount, fileCount };
}
