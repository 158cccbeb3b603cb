import type { FileReject } from "@maxcompute-tunnel/files";

/** Where a rejected record stands and why it is one, in one line. */
export function describeReject({
  file,
  line,
  character,
  byteOffset,
  record,
  isRow,
  column,
  reason,
  value,
}: FileReject): string {
  const far = isRow === true ? ` row ${record + 1}` : `byte ${byteOffset}`;
  const place = line === undefined ? far : `${line}:${character ?? 1}`;
  return `${file}:${place}:${column === undefined ? "" : ` column ${column}:`} expected ${reason}, got ${value}`;
}
