/** A date as service documents and headers carry it (RFC 1123, `Tue, 02 Jan 2024 03:04:05 GMT`). */
export function formatHttpDate(date: Date): string {
  if (Number.isNaN(date.getTime())) {
    throw new RangeError("Expected a valid date");
  }
  return date.toUTCString();
}

/** Whole seconds since 1970, as the dates inside JSON documents are written. */
export function epochSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
