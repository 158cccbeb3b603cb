// Records of which nothing is unusual -> columns: columns in order, each with its value or NULL, values of the kinds that
// tables mostly have and of the lengths that they mostly have.
//
// A record is held against its columns: no tag is looked up, only whether the next column's is there. What is not there is
// NULL, or something unusual: then the end of the record is not there either. Nothing is decided here, and nothing is
// called, around which all that is at hand would have to be put away: a record that is not plain is read another way.

import { bytesTo, endsIn, gather, unzigzag, valueTo } from "../varint";
import * as column from "./columns";
import { nines, zeros } from "./constant-vectors";
import { shortDigits } from "./decimal";
import { highProduct, powerOfTen } from "./large-numbers";
import { errorsIn } from "./utf8";

/** The tag that ends a record, 268427264, as the four bytes that it takes. */
// @ts-ignore
@inline export const endRecordBytes: u32 = 0x7fffc080;

/** Behind the last plain record: its address, the row after it, where what the next one's checksum is of goes. */
export let plainEnd: usize = 0;
export let plainRows: u32 = 0;
export let plainFed: usize = 0;
/** The checksum that it states. */
export let plainSum: u32 = 0;

/**
 * Lays out records up to the first that is not plain, or so many.
 *
 * @param to where that which checksums are of is written.
 * @param sums for each row a word: the checksum that its record states.
 * @param last what the record before states, see {@link matches}.
 */
export function layOutPlain(
  start: usize,
  end: usize,
  firstRow: u32,
  maxRows: u32,
  columns: usize,
  columnsEnd: usize,
  maxFieldBytes: u32,
  maxRecordBytes: u32,
  fed: usize,
  sums: usize,
  last: u32,
): void {
  let from = start;
  let row: usize = firstRow;
  plainEnd = from;
  plainRows = firstRow;
  plainFed = fed;
  plainSum = last;
  while (from < end && <u32>row < maxRows) {
    let at = from;
    let to = fed;
    for (let each = columns; each < columnsEnd; each += column.columnBytes) {
      const tag = column.tagWordOf(each);
      if ((<u32>load<u16>(at) ^ tag) & (tag >>> 16)) {
        column.putNull(each, row);
        continue;
      }
      at += column.bytesOfTagWord(tag);
      // Behind a value there is the end of its record at least.
      if (at >= end) return;
      store<u32>(to, column.numberOf(each));
      switch (column.kindOf(each)) {
        case column.kindInteger: {
          const word = load<u64>(at);
          const ends = endsIn(word);
          let bits: u64;
          if (ends) {
            bits = valueTo(ends, word);
            at += bytesTo(ends);
          } else {
            const rest = <u32>load<u16>(at, 8);
            if ((rest & 0x80) == 0) {
              bits = gather(word) | (<u64>rest << 56);
              at += 9;
            } else {
              if (rest > 0x1ff) return;
              bits = gather(word) | (<u64>(rest & 0x7f) << 56) | (<u64>(rest >>> 8) << 63);
              at += 10;
            }
          }
          const value = unzigzag(bits);
          if (!column.isWithin(each, value)) return;
          store<i64>(to, value, 4);
          to += 12;
          // Eight bytes whatever the width: what is too much is the next row's, or room behind the last.
          store<i64>(column.valuesOf(each) + (row << column.sizeOf(each)), value);
          break;
        }
        case column.kindDouble: {
          const bits = load<u64>(at);
          at += 8;
          store<u64>(to, bits, 4);
          to += 12;
          store<u64>(column.valuesOf(each) + (row << 3), bits);
          break;
        }
        case column.kindFloat: {
          const bits = load<u32>(at);
          at += 4;
          store<u32>(to, bits, 4);
          to += 8;
          store<u32>(column.valuesOf(each) + (row << 2), bits);
          break;
        }
        case column.kindBoolean: {
          const flag = <u32>load<u8>(at);
          if (flag > 1) return;
          at++;
          store<u8>(to, <u8>flag, 4);
          to += 5;
          store<u8>(column.valuesOf(each) + row, <u8>flag);
          break;
        }
        case column.kindInstant:
        case column.kindNanoseconds: {
          const word = load<u64>(at);
          const ends = endsIn(word);
          if (!ends) return;
          at += bytesTo(ends);
          const seconds = unzigzag(valueTo(ends, word));
          if (!column.isWithin(each, seconds)) return;
          const second = load<u64>(at);
          const secondEnds = endsIn(second);
          if (!secondEnds) return;
          at += bytesTo(secondEnds);
          const twice = valueTo(secondEnds, second);
          if (twice & 1 || twice > 1999999998) return;
          const nanos = <u32>(twice >>> 1);
          store<i64>(to, seconds, 4);
          store<u32>(to, nanos, 12);
          to += 16;
          const values = column.valuesOf(each);
          const isCount = column.kindOf(each) == column.kindNanoseconds;
          store<i64>(values + (row << 3), isCount ? seconds * 1000000000 + <i64>nanos : seconds);
          if (!isCount) store<u32>(column.furtherOf(each) + (row << 2), nanos);
          break;
        }
        case column.kindDecimal: {
          const length = <u32>load<u8>(at);
          at++;
          if (length > 15 || length > maxFieldBytes || <i32>(end - at) < <i32>length) return;
          const text = v128.load(at);
          v128.store(to, text, 4);
          const raw = i8x16.sub(text, v128.load(zeros));
          const isDigit = i8x16.le_u(raw, v128.load(nines));
          // What is no digit, with the end as the last of it.
          const minus = <u32>(load<u8>(at) == 0x2d);
          const past: u32 = 1 << length;
          const others = (~(<u32>i8x16.bitmask(isDigit)) | past) & ((past << 1) - 1) & ~minus;
          const point = <u32>ctz(others);
          const whole = point - minus;
          const scale = column.scaleOf(each);
          if (whole - 1 >= column.sizeOf(each) + <u32>(load<u8>(at + minus) == 0x30)) return;
          let fraction: u32 = 0;
          if (point != length) {
            fraction = length - point - 1;
            if (others != ((1 << point) | past) || load<u8>(at + point) != 0x2e || fraction - 1 >= scale) return;
          }
          if (scale - fraction > 18) return;
          const power = powerOfTen(scale - fraction);
          const digits = shortDigits(v128.and(raw, isDigit), length, fraction);
          let low = digits * power;
          // Up to 18 digits fit 64 bits.
          let high: u64 = 0;
          if (whole + scale > 18) high = highProduct(digits, power);
          if (minus) {
            low = -low;
            high = ~high + <u64>(low == 0);
          }
          const target = column.valuesOf(each) + (row << 4);
          store<u64>(target, low);
          store<u64>(target, high, 8);
          to += 4 + length;
          at += length;
          break;
        }
        case column.kindBytes:
        case column.kindText:
        case column.kindDecimalText: {
          let length = <u32>load<u8>(at);
          at++;
          if (length > 127) {
            const second = <u32>load<u8>(at);
            at++;
            if (second > 127) return;
            length = (length & 127) | (second << 7);
          }
          if (length > maxFieldBytes || <i32>(end - at) < <i32>length) return;
          to += 4;
          const values = column.valuesOf(each);
          const begin = load<u32>(values + (row << 2));
          store<u32>(values + (row << 2), begin + length, 4);
          let target = column.furtherOf(each) + <usize>begin;
          const first = v128.load(at);
          v128.store(to, first);
          v128.store(target, first);
          let isMore: u32;
          if (length <= 16) {
            isMore = i8x16.bitmask(first) & ((1 << length) - 1);
          } else {
            // The last sixteen are looked at whatever was before.
            const tail = at + length - 16;
            const shift = to - at;
            target -= at;
            let seen = v128.or(first, v128.load(tail));
            for (let next = at + 16; next < tail; next += 16) {
              const bytes = v128.load(next);
              v128.store(next + shift, bytes);
              v128.store(next + target, bytes);
              seen = v128.or(seen, bytes);
            }
            const bytes = v128.load(tail);
            v128.store(tail + shift, bytes);
            v128.store(tail + target, bytes);
            isMore = i8x16.bitmask(seen);
          }
          const kind = column.kindOf(each);
          if (kind != column.kindBytes) {
            if (kind == column.kindDecimalText) {
              if (length > 15) return;
              const minus = <u32>(load<u8>(at) == 0x2d);
              const past: u32 = 1 << length;
              const isDigit = i8x16.le_u(i8x16.sub(first, v128.load(zeros)), v128.load(nines));
              const others = (~(<u32>i8x16.bitmask(isDigit)) | past) & ((past << 1) - 1) & ~minus;
              const point = <u32>ctz(others);
              if (point - minus - 1 >= column.sizeOf(each) + <u32>(load<u8>(at + minus) == 0x30)) return;
              if (point != length) {
                const fraction = length - point - 1;
                if (others != ((1 << point) | past) || load<u8>(at + point) != 0x2e) return;
                if (fraction - 1 >= column.scaleOf(each)) return;
              }
            } else if (isMore) {
              if (errorsIn(at, length)) return;
              store<u32>(each, 1, 56);
            }
          }
          to += length;
          at += length;
          break;
        }
        default:
          return;
      }
    }
    if (load<u32>(at) != endRecordBytes) return;
    const word = load<u64>(at, 4);
    const ends = endsIn(word);
    if (!ends) return;
    const stated = valueTo(ends, word);
    at += 4 + bytesTo(ends);
    if (stated >>> 32 || at > end || <u32>(at - from) > maxRecordBytes || to == fed) return;
    store<u32>(fed, load<u32>(fed) ^ last);
    last = <u32>stated;
    store<u32>(sums + (row << 2), last);
    row++;
    fed = to;
    from = at;
    plainEnd = at;
    plainRows = <u32>row;
    plainFed = to;
    plainSum = last;
  }
}
