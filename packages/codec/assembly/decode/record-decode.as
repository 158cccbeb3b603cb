// The records of a stream -> columns.
//
// A record is laid out only when it is the common case: fields in order, decimals in plain notation, text in UTF-8,
// all of it there and its checksum right. Whatever else is met is left to the host, which knows the rare cases and
// the words for errors. What a record left in the columns that then turned out not to be one is written over by the next.
//
// Checksums are not fed field by field. What they are of is written behind one another, for all records of a run, and folded
// in one go: see {@link matches}.

import { feed4, feedBytes } from "../crc-feeds";
import { byBytes, foldBytes } from "../crc-fold";
import { results } from "../layout";
import { copyText } from "../text";
import { bytesTo, endsIn, takeVarint, unzigzag, valueTo, varintEnd } from "../varint";
import * as column from "./columns";
import { isPlainDecimal } from "../plain-decimal";
import { decimalHigh, decimalLow, readDecimal } from "./decimal";
import { countNulls } from "./gather";
import { walkEnd, walkNested } from "./nested-walk";
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
/** Checksum that the record laid out last states. */
let checksum: u32 = 0;
/** Where that which checksums are of is written, and where the next record's begins. */
let fed: usize = 0;
let fedEnd: usize = 0;
/** Whether the record looked at last was good as far as it was there. */
let breaksOff: bool = false;

/**
 * Says what the next records are of, and where there is room for what their checksums are of: no value takes more than six
 * times the bytes there that it takes in the stream.
 */
export function setColumns(columnsAt: usize, count: u32, fieldBytes: u32, fedAt: usize): void {
  columns = columnsAt;
  columnCount = count;
  maxFieldBytes = fieldBytes;
  fed = fedAt;
}

/**
 * Lays out whole records one after the other, up to the first that is not one, and no more than so many.
 *
 * @returns the address behind the last good one. Left in results: [0] the running state of the checksum of
 *   checksums, [1] the number of records, [2] whether the next one is good as far as it is there. The columns' counts are written.
 */
export function decodeRecords(start: usize, end: usize, maxRecordBytes: u32, packState: u32, maxRows: u32): usize {
  let at = layOut(start, end, maxRecordBytes, packState, maxRows, false);
  // A checksum is wrong: up to that record, each by itself.
  if (!matches(last)) at = layOut(start, end, maxRecordBytes, packState, maxRows, true);
  const rows = load<u32>(results, 4);
  const columnsEnd = columns + <usize>columnCount * column.columnBytes;
  for (let each = columns; each < columnsEnd; each += column.columnBytes) {
    store<u32>(each, countNulls(column.flagsOf(each), rows), 48);
  }
  return at;
}

/**
 * The checksum that the last record of a run states. Together they are one: a record's state begins with all bits set, and
 * should end as the complement of what it states. What it states, added to the first word of the next, makes that begin
 * with all bits set too, if it is right. If it is not, the difference stays: bytes that follow map a state one to one.
 */
let last: u32 = 0;

function layOut(
  start: usize,
  end: usize,
  maxRecordBytes: u32,
  packState: u32,
  maxRows: u32,
  eachItself: bool,
): usize {
  const columnsEnd = columns + <usize>columnCount * column.columnBytes;
  for (let each = columns; each < columnsEnd; each += column.columnBytes) {
    store<u32>(each, 0, 56);
    memory.fill(column.flagsOf(each), 1, maxRows);
  }
  let at = start;
  let row: u32 = 0;
  fedEnd = fed;
  last = 0;
  breaksOff = false;
  while (at < end && row < maxRows) {
    const from = fedEnd;
    const next = decodeRecord(at, end, row);
    if (!next || <u32>(next - at) > maxRecordBytes) {
      fedEnd = from;
      break;
    }
    if (fedEnd == from) {
      // NULLs only.
      if (checksum) break;
    } else if (eachItself) {
      const isRight = matches(checksum);
      fedEnd = fed;
      if (!isRight) break;
    } else {
      store<u32>(from, load<u32>(from) ^ last);
      last = checksum;
    }
    packState = feed4(packState, checksum);
    row++;
    at = next;
  }
  store<u32>(results, packState);
  store<u32>(results, row, 4);
  store<u32>(results, breaksOff, 8);
  return at;
}

/** Whether the checksum of what is fed is this. */
function matches(stated: u32): bool {
  const length = <u32>(fedEnd - fed);
  const state = length < byBytes ? feedBytes(0xffffffff, fed, length) : foldBytes(0xffffffff, fed, length);
  return ~state == stated;
}

/** The address behind a record; 0 when it is not all there, or not the common case. */
function decodeRecord(start: usize, end: usize, row: usize): usize {
  let at = start;
  let to = fedEnd;
  /** The field seen last, and its column's description. */
  let field: u32 = 0;
  let each = columns - column.columnBytes;
  const columnsEnd = columns + <usize>columnCount * column.columnBytes;
  while (at <= end) {
    const next = each + column.columnBytes;
    if (next < columnsEnd && <u32>load<u8>(at) == column.tagOf(next)) {
      // Mostly the next column's value comes next, and its tag is one byte: tags are otherwise of 128 and more.
      each = next;
      field++;
      at++;
    } else {
      if (load<u32>(at) == endRecordBytes) {
        const stated = takeVarint(at + 4);
        at = varintEnd;
        checksum = <u32>stated;
        // PyODPS's compiled writer sends checksums of 2^31 and more sign-extended to 64 bits.
        if (at > end) break;
        if (!at || (stated != <u64>checksum && stated != <u64>(<i64>(<i32>checksum)))) return 0;
        fedEnd = to;
        for (each = next; each < columnsEnd; each += column.columnBytes) putNull(each, row);
        return at;
      }
      const tag = takeVarint(at);
      at = varintEnd;
      // What ends at or before the end was read from there; what ends beyond it is not all there.
      if (at > end) break;
      if (!at || tag >>> 32) return 0;
      const stated = <u32>tag >>> 3;
      if (stated <= field || stated > columnCount) return 0;
      each = next;
      while (++field < stated) {
        putNull(each, row);
        each += column.columnBytes;
      }
      if (column.tagOf(each) != <u32>tag) return 0;
    }
    store<u32>(to, field);
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
        store<u64>(to, value, 4);
        to += 12;
        // Eight bytes whatever the width: what is too much is the next row's, or room behind the last.
        store<u64>(values + (row << column.sizeOf(each)), value);
        break;
      }
      case column.kindDouble: {
        const bits = load<u64>(at);
        at += 8;
        store<u64>(to, bits, 4);
        to += 12;
        store<u64>(values + (row << 3), bits);
        break;
      }
      case column.kindFloat: {
        const bits = load<u32>(at);
        at += 4;
        store<u32>(to, bits, 4);
        to += 8;
        store<u32>(values + (row << 2), bits);
        break;
      }
      case column.kindBoolean: {
        const flag = <u32>load<u8>(at);
        if (flag > 1) return 0;
        at++;
        store<u8>(to, <u8>flag, 4);
        to += 5;
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
        store<u64>(to, seconds, 4);
        store<u32>(to, <u32>(nanos >>> 1), 12);
        to += 16;
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
        to = feed(to + 4, at, length);
        putSpan(values, row, at, length);
        at += length;
        break;
      }
      case column.kindNested: {
        const from = at;
        at = walkNested(column.typeOf(each), at, end, to + 4);
        if (!at) return 0;
        to = walkEnd;
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
        if (length > maxFieldBytes) return 0;
        if (at > end || length > <u32>(end - at)) {
          breaksOff = true;
          return 0;
        }
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
        to = feed(to + 4, at, length);
        if (kind != column.kindDecimal) putSpan(values, row, at, length);
        at += length;
      }
    }
  }
  breaksOff = true;
  return 0;
}

/** Copies what a checksum is of; the address behind it. Overruns by up to 15 bytes. */
// @ts-ignore
@inline
function feed(to: usize, at: usize, length: u32): usize {
  if (length > 256) memory.copy(to, at, length);
  else copyText(to, at, length);
  return to + length;
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
