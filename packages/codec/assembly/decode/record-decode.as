// The records of a stream -> columns.
//
// A record is laid out only when it is the common case: fields in order, decimals in plain notation, text in UTF-8,
// all of it there and its checksum right. Whatever else is met is left to the host, which knows the rare cases and
// the words for errors. What a record left in the columns that then turned out not to be one is written over by the next.

import { feed4, feedNumber32, feedNumber64, feedNumberAndByte, feedNumberAndBytes } from "../crc-feeds";
import { byBytes, foldBytes } from "../crc-fold";
import { results } from "../layout";
import { bytesTo, endsIn, takeVarint, unzigzag, valueTo, varintEnd } from "../varint";
import * as column from "./columns";
import { isPlainDecimal } from "../plain-decimal";
import { decimalHigh, decimalLow, readDecimal } from "./decimal";
import { countNulls } from "./gather";
import { walkNested, walkState } from "./nested-walk";
import { isUtf8 } from "./utf8";

/** The tag that ends a record, 268427264, as the four bytes that it takes. */
// @ts-ignore
@inline const endRecordBytes: u32 = 0x7fffc080;

let columns: usize = 0;
let columnCount: u32 = 0;
let maxFieldBytes: u32 = 0;
/** Longer values than this are not met whole. */
// @ts-ignore
@inline const windowBytes: u32 = 1 << 24;
/** Checksum of the record laid out last. */
let checksum: u32 = 0;

/** Says what the next records are of. */
export function setColumns(columnsAt: usize, count: u32, fieldBytes: u32): void {
  columns = columnsAt;
  columnCount = count;
  maxFieldBytes = fieldBytes;
}

/**
 * Lays out whole records one after the other, up to the first that is not one, and no more than so many.
 *
 * @returns the address behind the last good one. Left in results: [0] the running state of the checksum of
 *   checksums, [1] the number of records. The columns' counts are written.
 */
export function decodeRecords(start: usize, end: usize, maxRecordBytes: u32, packState: u32, maxRows: u32): usize {
  const columnsEnd = columns + <usize>columnCount * column.columnBytes;
  for (let each = columns; each < columnsEnd; each += column.columnBytes) {
    store<u32>(each, 0, 56);
    memory.fill(column.flagsOf(each), 1, maxRows);
  }
  let at = start;
  let row: u32 = 0;
  while (at < end && row < maxRows) {
    const next = decodeRecord(at, end, row);
    if (!next || <u32>(next - at) > maxRecordBytes) break;
    packState = feed4(packState, checksum);
    row++;
    at = next;
  }
  for (let each = columns; each < columnsEnd; each += column.columnBytes) {
    store<u32>(each, countNulls(column.flagsOf(each), row), 48);
    store<u32>(each, lengthOfAll(each, row), 52);
  }
  store<u32>(results, packState);
  store<u32>(results, row, 4);
  return at;
}

/** The address behind a record; 0 when it is not all there, or not the common case. */
function decodeRecord(start: usize, end: usize, row: usize): usize {
  let at = start;
  let state: u32 = 0xffffffff;
  /** The field seen last, and its column's description. */
  let last: u32 = 0;
  let each = columns - column.columnBytes;
  const columnsEnd = columns + <usize>columnCount * column.columnBytes;
  while (at <= end) {
    const next = each + column.columnBytes;
    if (next < columnsEnd && <u32>load<u8>(at) == column.tagOf(next)) {
      // Mostly the next column's value comes next, and its tag is one byte: tags are otherwise of 128 and more.
      each = next;
      last++;
      at++;
    } else {
      if (load<u32>(at) == endRecordBytes) {
        const stated = takeVarint(at + 4);
        at = varintEnd;
        checksum = ~state;
        // PyODPS's compiled writer sends checksums of 2^31 and more sign-extended to 64 bits.
        if (!at || at > end || (stated != <u64>checksum && stated != <u64>(<i64>(<i32>checksum)))) return 0;
        for (each = next; each < columnsEnd; each += column.columnBytes) putNull(each, row);
        return at;
      }
      const tag = takeVarint(at);
      at = varintEnd;
      // What ends at or before the end was read from there; what ends beyond it is not all there.
      if (!at || at > end || tag >>> 32) return 0;
      const field = <u32>tag >>> 3;
      if (field <= last || field > columnCount) return 0;
      each = next;
      while (++last < field) {
        putNull(each, row);
        each += column.columnBytes;
      }
      if (column.tagOf(each) != <u32>tag) return 0;
    }
    const field = last;
    const values = column.valuesOf(each);
    const kind = column.kindOf(each);
    switch (kind) {
      case column.kindInteger: {
        const word = load<u64>(at);
        const ends = endsIn(word);
        let value: i64;
        if (ends) {
          value = unzigzag(valueTo(ends, word));
          at += bytesTo(ends);
        } else {
          value = unzigzag(takeVarint(at));
          at = varintEnd;
          if (!at) return 0;
        }
        if (value < column.leastOf(each) || value > column.mostOf(each)) return 0;
        state = feedNumber64(state, field, <u64>value);
        // Eight bytes whatever the width: what is too much is the next row's, or room behind the last.
        store<u64>(values + (row << column.sizeOf(each)), value);
        break;
      }
      case column.kindDouble: {
        const bits = load<u64>(at);
        at += 8;
        state = feedNumber64(state, field, bits);
        store<u64>(values + (row << 3), bits);
        break;
      }
      case column.kindFloat: {
        const bits = load<u32>(at);
        at += 4;
        state = feedNumber32(state, field, bits);
        store<u32>(values + (row << 2), bits);
        break;
      }
      case column.kindBoolean: {
        const flag = <u32>load<u8>(at);
        if (flag > 1) return 0;
        at++;
        state = feedNumberAndByte(state, field, flag);
        store<u8>(values + row, <u8>flag);
        break;
      }
      case column.kindInstant:
      case column.kindNanoseconds: {
        const seconds = unzigzag(takeVarint(at));
        at = varintEnd;
        if (!at || seconds < column.leastOf(each) || seconds > column.mostOf(each)) return 0;
        const nanos = takeVarint(at);
        at = varintEnd;
        if (!at || nanos & 1 || nanos > 1999999998) return 0;
        state = feed4(feedNumber64(state, field, <u64>seconds), <u32>(nanos >>> 1));
        if (kind == column.kindNanoseconds) {
          store<i64>(values + (row << 3), seconds * 1000000000 + <i64>(nanos >>> 1));
        } else {
          store<i64>(values + (row << 3), seconds);
          store<u32>(column.furtherOf(each) + (row << 2), <u32>(nanos >>> 1));
        }
        break;
      }
      case column.kindVector: {
        const count = takeVarint(at);
        at = varintEnd;
        const length = column.sizeOf(each) * column.scaleOf(each);
        if (!at || at > end || count != <u64>column.sizeOf(each) || length > <u32>(end - at)) return 0;
        state = feedAll(state, field, at, length);
        putSpan(values, row, at, length);
        at += length;
        break;
      }
      case column.kindNested: {
        const from = at;
        at = walkNested(column.typeOf(each), at, end, feed4(state, field));
        if (!at) return 0;
        state = walkState;
        putSpan(values, row, from, <u32>(at - from));
        break;
      }
      default: {
        let length = <u32>load<u8>(at);
        at++;
        if (length > 127) {
          const stated = takeVarint(at - 1);
          at = varintEnd;
          if (!at || stated > <u64>windowBytes) return 0;
          length = <u32>stated;
        }
        if (length > maxFieldBytes || at > end || length > <u32>(end - at)) return 0;
        if (kind == column.kindText) {
          const text = isUtf8(at, length);
          if (!text) return 0;
          if (text == 2) store<u32>(each, 1, 56);
        } else if (kind == column.kindDecimal) {
          if (!readDecimal(at, length, column.sizeOf(each), column.scaleOf(each))) return 0;
          store<u64>(values + (row << 4), decimalLow);
          store<u64>(values + (row << 4), decimalHigh, 8);
        } else if (kind == column.kindDecimalText) {
          if (!isPlainDecimal(at, length, column.sizeOf(each), column.scaleOf(each))) return 0;
        }
        state = feedAll(state, field, at, length);
        if (kind != column.kindDecimal) putSpan(values, row, at, length);
        at += length;
      }
    }
  }
  return 0;
}

// @ts-ignore
@inline
function feedAll(state: u32, field: u32, at: usize, length: u32): u32 {
  return length < byBytes ? feedNumberAndBytes(state, field, at, length) : foldBytes(feed4(state, field), at, length);
}

// @ts-ignore
@inline
function putSpan(values: usize, row: usize, at: usize, length: u32): void {
  store<u32>(values + (row << 3), <u32>at);
  store<u32>(values + (row << 3), length, 4);
}

function putNull(each: usize, row: usize): void {
  store<u8>(column.flagsOf(each) + row, 0);
  const values = column.valuesOf(each);
  switch (column.kindOf(each)) {
    case column.kindInteger:
      store<u64>(values + (row << column.sizeOf(each)), 0);
      break;
    case column.kindFloat:
      store<u32>(values + (row << 2), 0);
      break;
    case column.kindBoolean:
      store<u8>(values + row, 0);
      break;
    case column.kindDecimal:
      store<u64>(values + (row << 4), 0);
      store<u64>(values + (row << 4), 0, 8);
      break;
    case column.kindInstant:
      store<u32>(column.furtherOf(each) + (row << 2), 0);
      store<u64>(values + (row << 3), 0);
      break;
    default:
      store<u64>(values + (row << 3), 0);
  }
}

/** Bytes of all the values that addresses and lengths are laid out of; 0 for other columns. */
function lengthOfAll(each: usize, rows: u32): u32 {
  const kind = column.kindOf(each);
  if (kind < column.kindBytes || kind > column.kindDecimalText) return 0;
  const values = column.valuesOf(each);
  let length: u32 = 0;
  for (let row: usize = 0; row < <usize>rows; row++) length += load<u32>(values + (row << 3), 4);
  return length;
}
