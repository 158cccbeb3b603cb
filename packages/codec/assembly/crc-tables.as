// CRC-32C by slicing: table k says what a byte does that k further bytes follow.

import { crcTables } from "./layout";

export function buildCrcTables(): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    store<u32>(crcTables + (byte << 2), crc);
  }
  for (let at: usize = crcTables + 1024; at < crcTables + 16384; at += 4) {
    const before = load<u32>(at - 1024);
    store<u32>(at, load<u32>(crcTables + ((before & 255) << 2)) ^ (before >>> 8));
  }
}

/** The effect of four bytes that `k` further bytes follow. */
// @ts-ignore
@inline
export function four(k: usize, word: u32): u32 {
  const table = crcTables + (k << 10);
  return (
    load<u32>(table + 3072 + ((word << 2) & 0x3fc)) ^
    load<u32>(table + 2048 + ((word >>> 6) & 0x3fc)) ^
    load<u32>(table + 1024 + ((word >>> 14) & 0x3fc)) ^
    load<u32>(table + ((word >>> 22) & 0x3fc))
  );
}
