/** Gives unpredictable bytes; a simulation gives seeded ones. */
export type RandomBytes = (length: number) => Uint8Array;

/** Makes ids for sessions, instances, tables and requests. */
export type NewId = (now: number) => string;

/**
 * Makes ids of the date and time of `now`, then random digits.
 *
 * They begin with yyyymmdd because odpscmd names its local session folder after the first eight characters.
 */
export function idMaker(randomBytes: RandomBytes): NewId {
  return (now) => {
    const digits = new Date(now).toISOString().replaceAll(/\D/g, "").slice(0, 14);
    return `${digits}${hex(randomBytes(11))}`;
  };
}

/** Bytes as hexadecimal digits. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}
