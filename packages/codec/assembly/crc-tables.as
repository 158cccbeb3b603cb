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

// The effect of four bytes that so many further bytes follow. One function for each number: a table's address is then part
// of every load, and is not added each time.

// @ts-ignore
@inline
export function four0(word: u32): u32 {
  return (
    load<u32>((word << 2) & 0x3fc, crcTables + 3072) ^
    load<u32>((word >>> 6) & 0x3fc, crcTables + 2048) ^
    load<u32>((word >>> 14) & 0x3fc, crcTables + 1024) ^
    load<u32>((word >>> 22) & 0x3fc, crcTables)
  );
}

// @ts-ignore
@inline
export function four1(word: u32): u32 {
  return (
    load<u32>((word << 2) & 0x3fc, crcTables + 4096) ^
    load<u32>((word >>> 6) & 0x3fc, crcTables + 3072) ^
    load<u32>((word >>> 14) & 0x3fc, crcTables + 2048) ^
    load<u32>((word >>> 22) & 0x3fc, crcTables + 1024)
  );
}

// @ts-ignore
@inline
export function four4(word: u32): u32 {
  return (
    load<u32>((word << 2) & 0x3fc, crcTables + 7168) ^
    load<u32>((word >>> 6) & 0x3fc, crcTables + 6144) ^
    load<u32>((word >>> 14) & 0x3fc, crcTables + 5120) ^
    load<u32>((word >>> 22) & 0x3fc, crcTables + 4096)
  );
}

// @ts-ignore
@inline
export function four8(word: u32): u32 {
  return (
    load<u32>((word << 2) & 0x3fc, crcTables + 11264) ^
    load<u32>((word >>> 6) & 0x3fc, crcTables + 10240) ^
    load<u32>((word >>> 14) & 0x3fc, crcTables + 9216) ^
    load<u32>((word >>> 22) & 0x3fc, crcTables + 8192)
  );
}

// @ts-ignore
@inline
export function four12(word: u32): u32 {
  return (
    load<u32>((word << 2) & 0x3fc, crcTables + 15360) ^
    load<u32>((word >>> 6) & 0x3fc, crcTables + 14336) ^
    load<u32>((word >>> 14) & 0x3fc, crcTables + 13312) ^
    load<u32>((word >>> 22) & 0x3fc, crcTables + 12288)
  );
}

/** The same before any number of bytes up to 12. */
// @ts-ignore
@inline
export function fourBefore(count: usize, word: u32): u32 {
  const table = count << 10;
  return (
    load<u32>(table + ((word << 2) & 0x3fc), crcTables + 3072) ^
    load<u32>(table + ((word >>> 6) & 0x3fc), crcTables + 2048) ^
    load<u32>(table + ((word >>> 14) & 0x3fc), crcTables + 1024) ^
    load<u32>(table + ((word >>> 22) & 0x3fc), crcTables)
  );
}
