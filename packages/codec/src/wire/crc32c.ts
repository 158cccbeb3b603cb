/**
 * CRC-32C (Castagnoli) kept as a running state: start from {@link crcStart}, feed, and {@link crcValue} gives the
 * checksum at any point. Record checksums are fed in words of 4 and 8 bytes, so those have feeds of their own that
 * take the words as numbers and touch no memory but the tables.
 */

/** The state before the first byte. */
export const crcStart = -1;

/** The checksum of what has been fed into a state, as an unsigned 32-bit number. */
export function crcValue(state: number): number {
  return ~state >>> 0;
}

/**
 * CRC-32C of some bytes.
 *
 * @param previous the checksum of the bytes before these, to go on from there. @default 0
 */
export function crc32c(bytes: Uint8Array, previous = 0): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return crcValue(feedBytes(~previous, view, 0, bytes.length));
}

/** Sixteen tables of 256: table k gives the effect of a byte that k further bytes follow. */
const tables: Int32Array = /*@__PURE__*/ buildTables();

/** Feeds a 32-bit word as 4 bytes, little-endian. */
export function feed4(state: number, word: number): number {
  const t = tables;
  const x = state ^ word;
  return t[768 + (x & 255)]! ^ t[512 + ((x >>> 8) & 255)]! ^ t[256 + ((x >>> 16) & 255)]! ^ t[x >>> 24]!;
}

/** Feeds two 32-bit words as 8 bytes, little-endian. */
export function feed8(state: number, low: number, high: number): number {
  const t = tables;
  const x = state ^ low;
  return (
    t[1792 + (x & 255)]! ^
    t[1536 + ((x >>> 8) & 255)]! ^
    t[1280 + ((x >>> 16) & 255)]! ^
    t[1024 + (x >>> 24)]! ^
    t[768 + (high & 255)]! ^
    t[512 + ((high >>> 8) & 255)]! ^
    t[256 + ((high >>> 16) & 255)]! ^
    t[high >>> 24]!
  );
}

/** Feeds three 32-bit words as 12 bytes, little-endian: a field number and its 64-bit value in one go. */
export function feed12(state: number, word: number, low: number, high: number): number {
  const t = tables;
  const x = state ^ word;
  return (
    t[2816 + (x & 255)]! ^
    t[2560 + ((x >>> 8) & 255)]! ^
    t[2304 + ((x >>> 16) & 255)]! ^
    t[2048 + (x >>> 24)]! ^
    t[1792 + (low & 255)]! ^
    t[1536 + ((low >>> 8) & 255)]! ^
    t[1280 + ((low >>> 16) & 255)]! ^
    t[1024 + (low >>> 24)]! ^
    t[768 + (high & 255)]! ^
    t[512 + ((high >>> 8) & 255)]! ^
    t[256 + ((high >>> 16) & 255)]! ^
    t[high >>> 24]!
  );
}

/** Feeds one byte. */
export function feed1(state: number, byte: number): number {
  return tables[(state ^ byte) & 255]! ^ (state >>> 8);
}

/** Feeds the bytes of a view from `start` up to `end`, sixteen at a time. */
export function feedBytes(state: number, view: DataView, start: number, end: number): number {
  const t = tables;
  let crc = state;
  let at = start;
  for (const last = end - 16; at <= last; at += 16) {
    const a = crc ^ view.getInt32(at, true);
    const b = view.getInt32(at + 4, true);
    const c = view.getInt32(at + 8, true);
    const d = view.getInt32(at + 12, true);
    crc =
      t[3840 + (a & 255)]! ^
      t[3584 + ((a >>> 8) & 255)]! ^
      t[3328 + ((a >>> 16) & 255)]! ^
      t[3072 + (a >>> 24)]! ^
      t[2816 + (b & 255)]! ^
      t[2560 + ((b >>> 8) & 255)]! ^
      t[2304 + ((b >>> 16) & 255)]! ^
      t[2048 + (b >>> 24)]! ^
      t[1792 + (c & 255)]! ^
      t[1536 + ((c >>> 8) & 255)]! ^
      t[1280 + ((c >>> 16) & 255)]! ^
      t[1024 + (c >>> 24)]! ^
      t[768 + (d & 255)]! ^
      t[512 + ((d >>> 8) & 255)]! ^
      t[256 + ((d >>> 16) & 255)]! ^
      t[d >>> 24]!;
  }
  if (at <= end - 8) {
    crc = feed8(crc, view.getInt32(at, true), view.getInt32(at + 4, true));
    at += 8;
  }
  if (at <= end - 4) {
    crc = feed4(crc, view.getInt32(at, true));
    at += 4;
  }
  for (; at < end; at++) crc = t[(crc ^ view.getUint8(at)) & 255]! ^ (crc >>> 8);
  return crc;
}

function buildTables(): Int32Array {
  const t = new Int32Array(16 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    t[byte] = crc;
  }
  for (let at = 256; at < t.length; at++) {
    const before = t[at - 256]!;
    t[at] = t[before & 255]! ^ (before >>> 8);
  }
  return t;
}
