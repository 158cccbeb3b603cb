// A running CRC-32C state (the checksum's complement), fed with what records are made of. A field's number and its
// value go in together: one dependent step instead of two.

import { four0, four1, four4, four8, four12, fourBefore } from "./crc-tables";
import { crcTables } from "./layout";

// @ts-ignore
@inline
export function feed4(state: u32, word: u32): u32 {
  return four0(state ^ word);
}

/** A field number and eight bytes. High words are mostly zero, and then have no effect. */
// @ts-ignore
@inline
export function feedNumber64(state: u32, field: u32, value: u64): u32 {
  const high = <u32>(value >>> 32);
  const crc = four8(state ^ field) ^ four4(<u32>value);
  return high ? crc ^ four0(high) : crc;
}

/** A field number and four bytes. */
// @ts-ignore
@inline
export function feedNumber32(state: u32, field: u32, value: u32): u32 {
  return four4(state ^ field) ^ four0(value);
}

/** A field number and one byte. */
// @ts-ignore
@inline
export function feedNumberAndByte(state: u32, field: u32, byte: u32): u32 {
  return four1(state ^ field) ^ load<u32>(byte << 2, crcTables);
}

/**
 * A field number and bytes. The odd bytes go in with the field number, so that there is no loop over single bytes.
 * Reads up to 8 bytes beyond the end.
 */
// @ts-ignore
@inline
export function feedNumberAndBytes(state: u32, field: u32, at: usize, length: u32): u32 {
  const odd = length & 7;
  let crc = fourBefore(odd, state ^ field);
  if (odd) {
    const last = load<u64>(at) << (<u64>(8 - odd) << 3);
    crc ^= four4(<u32>last) ^ four0(<u32>(last >>> 32));
    at += odd;
    length -= odd;
  }
  while (length >= 16) {
    crc =
      four12(crc ^ load<u32>(at)) ^ four8(load<u32>(at, 4)) ^ four4(load<u32>(at, 8)) ^ four0(load<u32>(at, 12));
    at += 16;
    length -= 16;
  }
  if (length) crc = four4(crc ^ load<u32>(at)) ^ four0(load<u32>(at, 4));
  return crc;
}

/** Any number of bytes. */
export function feedBytes(state: u32, at: usize, length: u32): u32 {
  while (length >= 16) {
    state =
      four12(state ^ load<u32>(at)) ^ four8(load<u32>(at, 4)) ^ four4(load<u32>(at, 8)) ^ four0(load<u32>(at, 12));
    at += 16;
    length -= 16;
  }
  while (length) {
    state = load<u32>(((state ^ load<u8>(at)) & 255) << 2, crcTables) ^ (state >>> 8);
    at++;
    length--;
  }
  return state;
}

/** Any number of zero bytes: moves what is in a state so far ahead. */
export function feedZeros(state: u32, length: u32): u32 {
  while (length >= 16) {
    state = four12(state);
    length -= 16;
  }
  while (length) {
    state = load<u32>((state & 255) << 2, crcTables) ^ (state >>> 8);
    length--;
  }
  return state;
}
