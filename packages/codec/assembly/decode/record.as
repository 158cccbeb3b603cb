// One record of a stream -> columns, whatever its fields.
//
// A record is laid out only when it is the common case: fields in order, decimals in plain notation, text in UTF-8,
// all of it there. Whatever else is met is left to the host, which knows the rare cases and the words for errors. What a
// record left in the columns that then turned out not to be one is written over by the next.

import { isPlainDecimal } from "../plain-decimal";
import { copyText } from "../text";
import { bytesTo, endsIn, takeVarint, unzigzag, valueTo, varintEnd } from "../varint";
import * as column from "./columns";
import { decimalHigh, decimalLow, readDecimal } from "./decimal";
import { walkEnd, walkNested } from "./nested-walk";
import { endRecordBytes } from "./plain-records";
import { isUtf8 } from "./utf8";

/** Longer values than this are not met whole. */
// @ts-ignore
@inline const windowBytes: u32 = 1 << 24;
/** Checksum that the record laid out last states, and where that ends which it is of. */
export let checksum: u32 = 0;
export let fedEnd: usize = 0;
/** Whether the record looked at last was good as far as it was there. */
export let breaksOff: bool = false;

/**
 * The address behind a record; 0 when it is not all there, or not the common case.
 *
 * @param fed where that which its checksum is of is written.
 */
export function decodeRecord(
  start: usize,
  end: usize,
  row: usize,
  columns: usize,
  columnsEnd: usize,
  maxFieldBytes: u32,
  fed: usize,
): usize {
  let at = start;
  let to = fed;
  const columnCount = <u32>((columnsEnd - columns) / column.columnBytes);
  breaksOff = false;
  /** The field seen last, and its column's description. */
  let field: u32 = 0;
  let each = columns - column.columnBytes;
  while (at <= end) {
    const next = each + column.columnBytes;
    const byte = <u32>load<u8>(at);
    if (byte < 128 && next < columnsEnd && byte == column.tagOf(next)) {
      // Mostly the next column's value comes next. The byte is its tag only where it is all of it.
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
        for (each = next; each < columnsEnd; each += column.columnBytes) column.putNull(each, row);
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
        column.putNull(each, row);
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
        if (!column.isWithin(each, value)) return 0;
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
        if (!at || !column.isWithin(each, seconds)) return 0;
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
        if (kind != column.kindDecimal) {
          const begin = load<u32>(values + (row << 2));
          store<u32>(values + (row << 2), begin + length, 4);
          feed(column.furtherOf(each) + <usize>begin, at, length);
        }
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
