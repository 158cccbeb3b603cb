// A running CRC-32C state (the checksum's complement), fed with what records are made of. A field's number and its
// value go in together: one dependent step instead of two.

import { four } from "./crc-tables";
import { crcTables } from "./layout";

// @ts-ignore
@inline
export function feed4(state: u32, word: u32): u32 {
  return four(0, state ^ word);
}

/** A field number and eight bytes. High words are mostly zero, and then have no effect. */
// @ts-ignore
@inline
export function feedNumber64(state: u32, field: u32, value: u64): u32 {
  const high = <u32>(value >>> 32);
  const crc = four(8, state ^ field) ^ four(4, <u32>value);
  return high ? crc ^ four(0, high) : crc;
}

/** A field number and four bytes. */
// @ts-ignore
@inline
export function feedNumber32(state: u32, field: u32, value: u32): u32 {
  return four(4, state ^ field) ^ four(0, value);
}

/** A field number and one byte. */
// @ts-ignore
@inline
export function feedNumberAndByte(state: u32, field: u32, byte: u32): u32 {
  return four(1, state ^ field) ^ load<u32>(crcTables + (byte << 2));
}

/**
 * A field number and bytes. The odd bytes go in with the field number, so that there is no loop over single bytes.
 * Reads up to 8 bytes beyond the end.
 */
// @ts-ignore
@inline
export function feedNumberAndBytes(state: u32, field: u32, at: usize, length: u32): u32 {
  const odd = length & 7;
  let crc = four(odd, state ^ field);
  if (odd) {
    const last = load<u64>(at) << (<u64>(8 - odd) << 3);
    crc ^= four(4, <u32>last) ^ four(0, <u32>(last >>> 32));
    at += odd;
    length -= odd;
  }
  while (length >= 16) {
    crc =
      four(12, crc ^ load<u32>(at)) ^ four(8, load<u32>(at, 4)) ^ four(4, load<u32>(at, 8)) ^ four(0, load<u32>(at, 12));
    at += 16;
    length -= 16;
  }
  if (length) crc = four(4, crc ^ load<u32>(at)) ^ four(0, load<u32>(at, 4));
  return crc;
}

/** Any number of bytes. */
export function feedBytes(state: u32, at: usize, length: u32): u32 {
  while (length >= 16) {
    state =
      four(12, state ^ load<u32>(at)) ^ four(8, load<u32>(at, 4)) ^ four(4, load<u32>(at, 8)) ^ four(0, load<u32>(at, 12));
    at += 16;
    length -= 16;
  }
  while (length) {
    state = load<u32>(crcTables + (((state ^ load<u8>(at)) & 255) << 2)) ^ (state >>> 8);
    at++;
    length--;
  }
  return state;
}

/** Any number of zero bytes: moves what is in a state so far ahead. */
export function feedZeros(state: u32, length: u32): u32 {
  while (length >= 16) {
    state = four(12, state);
    length -= 16;
  }
  while (length) {
    state = load<u32>(crcTables + ((state & 255) << 2)) ^ (state >>> 8);
    length--;
  }
  return state;
}
