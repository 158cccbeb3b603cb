// The records of a stream -> are they right?
//
// A record is checked only as far as it is the common case: fields in order, decimals in plain notation, all of it
// there. Whatever else it meets, it leaves to the host, which knows the rare cases and the words for errors.

import { feed4, feedNumber32, feedNumber64, feedNumberAndByte, feedNumberAndBytes } from "./crc-feeds";
import { byBytes, foldBytes } from "./crc-fold";
import { results } from "./layout";
import { takeVarint, unzigzag, varintEnd } from "./varint";

// How a column's values are checked.
/** A whole number within a range. */
// @ts-ignore
@inline const checkInteger: u32 = 0;
// @ts-ignore
@inline const checkDouble: u32 = 1;
// @ts-ignore
@inline const checkFloat: u32 = 2;
// @ts-ignore
@inline const checkBoolean: u32 = 3;
// @ts-ignore
@inline const checkBytes: u32 = 4;
/** Bytes that are no more than so many characters. */
// @ts-ignore
@inline const checkCharacters: u32 = 5;
/** `-?digits[.digits]` of so many digits. */
// @ts-ignore
@inline const checkDecimal: u32 = 6;
/** Seconds within a range, and nanoseconds. */
// @ts-ignore
@inline const checkInstant: u32 = 7;

/**
 * A column's description: tag, check, NOT NULL (1 or 0), characters or digits before the point, digits after it
 * (words), 4 bytes unused, then the range (two 64-bit integers).
 */
// @ts-ignore
@inline const columnBytes: usize = 40;

// @ts-ignore
@inline const endRecordTag: u32 = 268427264;

let columns: usize = 0;
let columnCount: u32 = 0;
let requiredCount: u32 = 0;
let maxFieldBytes: u32 = 0;
/** Checksum of the record checked last. */
let checksum: u32 = 0;

/** Says what the next records are held against. */
export function setChecks(columnsAt: usize, count: u32, required: u32, fieldBytes: u32): void {
  columns = columnsAt;
  columnCount = count;
  requiredCount = required;
  maxFieldBytes = fieldBytes;
}

/**
 * Checks whole records one after the other, up to the first that is not one.
 *
 * @returns the address behind the last good one. Left in results: [0] the running state of the checksum of
 *   checksums, [1] the number of records.
 */
export function checkRecords(start: usize, end: usize, maxRecordBytes: u32, packState: u32): usize {
  let at = start;
  let count: u32 = 0;
  while (at < end) {
    const next = checkRecord(at, end);
    if (!next || <u32>(next - at) > maxRecordBytes) break;
    packState = feed4(packState, checksum);
    count++;
    at = next;
  }
  store<u32>(results, packState);
  store<u32>(results, count, 4);
  return at;
}

/** The address behind a record; 0 when it is not all there, or not the common case. */
function checkRecord(start: usize, end: usize): usize {
  let at = start;
  let state: u32 = 0xffffffff;
  let last: u32 = 0;
  let required: u32 = 0;
  while (at <= end) {
    const tag = takeVarint(at);
    at = varintEnd;
    // What ends at or before the end was read from there; what ends beyond it is not all there.
    if (!at || at > end || tag >>> 32) return 0;
    if (<u32>tag == endRecordTag) {
      const stated = takeVarint(at);
      at = varintEnd;
      checksum = ~state;
      return !at || at > end || stated != <u64>checksum || required != requiredCount ? 0 : at;
    }
    const field = <u32>tag >>> 3;
    if (field <= last || field > columnCount) return 0;
    last = field;
    const column = columns + <usize>(field - 1) * columnBytes;
    if (load<u32>(column) != <u32>tag) return 0;
    required += load<u32>(column, 8);
    const check = load<u32>(column, 4);
    switch (check) {
      case checkInteger:
      case checkInstant: {
        const value = unzigzag(takeVarint(at));
        at = varintEnd;
        if (!at || value < load<i64>(column, 24) || value > load<i64>(column, 32)) return 0;
        state = feedNumber64(state, field, <u64>value);
        if (check == checkInteger) break;
        const nanos = takeVarint(at);
        at = varintEnd;
        if (!at || nanos & 1 || nanos > 1999999998) return 0;
        state = feed4(state, <u32>(nanos >>> 1));
        break;
      }
      case checkDouble: {
        state = feedNumber64(state, field, load<u64>(at));
        at += 8;
        break;
      }
      case checkFloat: {
        state = feedNumber32(state, field, load<u32>(at));
        at += 4;
        break;
      }
      case checkBoolean: {
        const flag = load<u8>(at);
        if (flag > 1) return 0;
        state = feedNumberAndByte(state, field, flag);
        at++;
        break;
      }
      default: {
        const length = takeVarint(at);
        at = varintEnd;
        if (!at || length > maxFieldBytes || at > end || length > <u64>(end - at)) return 0;
        if (check != checkBytes) {
          const limit = load<u32>(column, 12);
          const fits =
            check == checkCharacters
              ? hasAtMostCharacters(at, <u32>length, limit)
              : isPlainDecimal(at, <u32>length, limit, load<u32>(column, 16));
          if (!fits) return 0;
        }
        state =
          <u32>length < byBytes
            ? feedNumberAndBytes(state, field, at, <u32>length)
            : foldBytes(feed4(state, field), at, <u32>length);
        at += <usize>length;
      }
    }
  }
  return 0;
}

// @ts-ignore
@inline
function hasAtMostCharacters(at: usize, length: u32, limit: u32): bool {
  if (length <= limit) return true;
  if (length > limit * 4) return false;
  let characters: u32 = 0;
  for (const end = at + length; at < end; at++) characters += (load<u8>(at) & 0xc0) != 0x80 ? 1 : 0;
  return characters <= limit;
}

// @ts-ignore
@inline
function isPlainDecimal(at: usize, length: u32, integerDigits: u32, scale: u32): bool {
  const end = at + length;
  if (length && load<u8>(at) == 0x2d) at++;
  const first = at;
  while (at < end && <u32>load<u8>(at) - 48 < 10) at++;
  const whole = <u32>(at - first);
  if (!whole || whole > integerDigits + (load<u8>(first) == 0x30 ? 1 : 0)) return false;
  if (at == end) return true;
  if (load<u8>(at) != 0x2e) return false;
  const fraction = ++at;
  while (at < end && <u32>load<u8>(at) - 48 < 10) at++;
  return at == end && at > fraction && <u32>(at - fraction) <= scale;
}
