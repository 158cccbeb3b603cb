import type { FileReject } from "@maxcompute-tunnel/files";

/** Where a rejected record stands and why it is one, in one line. */
export function describeReject({
  file,
  line,
  character,
  byteOffset,
  column,
  reason,
  value,
}: FileReject): string {
  const place = line === undefined ? `byte ${byteOffset}` : `${line}:${character ?? 1}`;
  return `${file}:${place}:${column === undefined ? "" : ` column ${column}:`} expected ${reason}, got ${value}`;
}
