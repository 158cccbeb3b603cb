// A record: its fields parsed, encoded and checksummed in one pass.

import { feed4, feedNumber32, feedNumber64, feedNumberAndByte, feedNumberAndBytes } from "../crc-feeds";
import { byBytes, foldBytes } from "../crc-fold";
import { results } from "../layout";
import { putSmall, putVarint, zigzag } from "../varint";
import {
  asBoolean,
  asBytes,
  asCharacters,
  asConstant,
  asDate,
  asDateTime,
  asDecimal,
  asDouble,
  asFloat,
  asInteger,
  asNull,
  asText,
  asTimestamp,
  asWallClock,
  columnBytes,
  columnCount,
  columns,
  emptyIsNull,
  markers,
  markersEnd,
  maxFieldBytes,
  nullInQuotes,
  scratch,
  trims,
} from "./columns";
import { delimiterLength, endsRecord, hasEscapes, isQuoted, position } from "./dialect";
import { unescape } from "./index-any";
import { doubleBits, isPlainDecimal, notPlain, notPlainBits, plainBoolean, wholeNumber } from "./numbers";
import { daysOfDate, nanoseconds, secondsOfTime } from "./times";
import { charactersOf, copyAscii } from "./utf8";

/**
 * Writes a field, its tag included, at `out`, for which there is so much room; goes on from a running checksum state
 * and leaves the new one in results[0].
 *
 * @returns the bytes written, -1 when the field is refused, -2 when there is no room.
 */
// @ts-ignore
@external("host", "writeField")
declare function writeField(column: u32, at: usize, length: u32, out: usize, room: u32, state: u32): i32;

// What writeRecord returns besides addresses.
// @ts-ignore
@inline export const refused: usize = 0;
// @ts-ignore
@inline export const noRoom: usize = 1;
/** The record has fewer fields than columns. */
// @ts-ignore
@inline export const endsEarly: usize = 2;

/** What the host may take of the output for the fields of a record. */
export let spareRoom: u32 = 0;
/** Whether a CR before a line end belongs to that. */
export let takesReturn: bool = false;
/** Checksum of the record written last. */
export let checksum: u32 = 0;

/** Writes a record, and gives where it ends; or that a field of it is refused, or that there is no room. */
export function writeRecord(text: usize, recordAt: usize, entry: usize, lastEntry: usize, out: usize): usize {
  return write(false, text, recordAt, entry, lastEntry, out);
}

/** The same in the usual case, see `isOrdered`; or says that the record ends early. */
export function writeOrdered(text: usize, recordAt: usize, entry: usize, lastEntry: usize, out: usize): usize {
  return write(true, text, recordAt, entry, lastEntry, out);
}

// @ts-ignore
@inline
function write(ordered: bool, text: usize, recordAt: usize, entry: usize, lastEntry: usize, out: usize): usize {
  let state: u32 = 0xffffffff;
  let spare = scratch;
  let column = columns;
  let at = out;
  const count = <u32>((lastEntry - entry) >>> 2) + 1;
  const gap = delimiterLength;
  const plainNulls = emptyIsNull && markers == markersEnd;
  /** Fields mostly come one after the other: where the next one begins. */
  let nextSlot = entry;
  let nextFrom = recordAt;
  const columnsEnd = columns + <usize>columnCount * columnBytes;
  for (; column < columnsEnd; column += columnBytes) {
    const kind = load<u32>(column);
    let from: usize;
    let to: usize;
    let flags: u32;
    if (ordered) {
      from = nextFrom;
      flags = load<u32>(nextSlot);
      to = text + (flags & position);
      nextFrom = to + gap;
      if (flags > position) {
        if (flags & endsRecord) {
          if (nextSlot != lastEntry) return endsEarly;
          if (takesReturn && to > from && load<u8>(to - 1) == 13) to--;
        }
        if (flags & isQuoted) {
          from++;
          to--;
        }
      }
      nextSlot += 4;
      if (from == to && !(flags & isQuoted)) {
        if (load<u32>(column, 12)) return refused;
        continue;
      }
    } else {
      const field = load<u32>(column, 4);
      if (kind >= asNull) {
        if (kind == asNull) {
          if (load<u32>(column, 12)) return refused;
          continue;
        }
        if (kind == asConstant) {
          const length = load<u32>(column, 28);
          memory.copy(at, load<u32>(column, 24), length);
          at += length;
          state = product(state, load<u32>(column, 32)) ^ load<u32>(column, 36);
          continue;
        }
      }
      if (field >= count) {
        if (load<u32>(column, 12)) return refused;
        continue;
      }
      const slot = entry + (<usize>field << 2);
      flags = load<u32>(slot);
      from = nextFrom;
      if (slot != nextSlot) from = field ? text + (load<u32>(slot - 4) & position) + gap : recordAt;
      to = text + (flags & position);
      nextSlot = slot + 4;
      nextFrom = to + gap;
      if (takesReturn && slot == lastEntry && to > from && load<u8>(to - 1) == 13) to--;
      if (flags & isQuoted) {
        from++;
        to--;
        if (nullInQuotes && isMarker(from, <u32>(to - from))) {
          if (load<u32>(column, 12)) return refused;
          continue;
        }
      } else if (plainNulls ? from == to : isMarker(from, <u32>(to - from))) {
        if (load<u32>(column, 12)) return refused;
        continue;
      }
    }
    if (flags & hasEscapes) {
      const copied = unescape(from, to, spare, flags & isQuoted);
      from = spare;
      to = copied;
      spare = copied + 16;
    }
    const length = <u32>(to - from);
    const number = <u32>((column - columns) / columnBytes) + 1;
    const tag = load<u32>(column, 8);
    switch (kind) {
      case asInteger: {
        const value = wholeNumber(from, to);
        if (value < load<i64>(column, 48) || value > load<i64>(column, 56)) break;
        state = feedNumber64(state, number, <u64>value);
        at = putVarint(putSmall(at, tag), zigzag(value));
        continue;
      }
      case asDouble: {
        const bits = length ? doubleBits(from, to) : notPlainBits;
        if (bits == notPlainBits) break;
        state = feedNumber64(state, number, bits);
        at = putSmall(at, tag);
        store<u64>(at, bits);
        at += 8;
        continue;
      }
      case asText:
      case asCharacters:
      case asBytes: {
        if (length > maxFieldBytes) break;
        if (trims && length && (load<u8>(from) <= 32 || load<u8>(to - 1) <= 32)) break;
        const begin = putSmall(putSmall(at, tag), length);
        if (!copyAscii(begin, from, length)) {
          if (kind != asBytes) {
            const characters = charactersOf(from, length);
            if (characters == 0xffffffff || (kind == asCharacters && characters > load<u32>(column, 16))) break;
          }
        } else if (kind == asCharacters && length > load<u32>(column, 16)) break;
        state =
          length < byBytes
            ? feedNumberAndBytes(state, number, from, length)
            : foldBytes(feed4(state, number), from, length);
        at = begin + length;
        continue;
      }
      case asBoolean: {
        const flag = plainBoolean(from, length);
        if (flag > 1) break;
        state = feedNumberAndByte(state, number, flag);
        at = putSmall(at, tag);
        store<u8>(at, flag);
        at++;
        continue;
      }
      case asDateTime: {
        const seconds = secondsOfTime(from, to, false);
        if (seconds == notPlain) break;
        let value = seconds * 1000;
        const nanos = nanoseconds;
        if (nanos) {
          if (nanos % 1000000) break;
          value += <i64>(nanos / 1000000);
        }
        if (value < load<i64>(column, 48) || value > load<i64>(column, 56)) break;
        state = feedNumber64(state, number, <u64>value);
        at = putVarint(putSmall(at, tag), zigzag(value));
        continue;
      }
      case asDate: {
        const days = length == 10 ? daysOfDate(from) : notPlain;
        if (days < load<i64>(column, 48) || days > load<i64>(column, 56)) break;
        state = feedNumber64(state, number, <u64>days);
        at = putVarint(putSmall(at, tag), zigzag(days));
        continue;
      }
      case asDecimal: {
        if (length > maxFieldBytes || !length) break;
        if (!isPlainDecimal(from, to, load<u32>(column, 16), load<u32>(column, 20))) break;
        const begin = putSmall(putSmall(at, tag), length);
        copyAscii(begin, from, length);
        state = feedNumberAndBytes(state, number, from, length);
        at = begin + length;
        continue;
      }
      case asFloat: {
        const bits = length ? doubleBits(from, to) : notPlainBits;
        if (bits == notPlainBits) break;
        const power = <u32>(bits >>> 52) & 0x7ff;
        // Zero, or a number that is a normal float whichever way it is rounded, and no tie of two floats.
        if (bits << 1 && (power < 898 || power > 1149 || (bits & 0x1fffffff) == 0x10000000)) break;
        const float = reinterpret<u32>(<f32>reinterpret<f64>(bits));
        state = feedNumber32(state, number, float);
        at = putSmall(at, tag);
        store<u32>(at, float);
        at += 4;
        continue;
      }
      case asTimestamp:
      case asWallClock: {
        const seconds = secondsOfTime(from, to, kind == asWallClock);
        if (seconds < load<i64>(column, 48) || seconds > load<i64>(column, 56)) break;
        const nanos = nanoseconds;
        state = feed4(feedNumber64(state, number, <u64>seconds), nanos);
        at = putVarint(putVarint(putSmall(at, tag), zigzag(seconds)), zigzag(nanos));
        continue;
      }
      default:
    }
    // Not for the kernel.
    const used = <u32>(at - out);
    const written = spareRoom > used ? writeField(number - 1, from, length, at, spareRoom - used, state) : -2;
    if (written < 0) return written == -1 ? refused : noRoom;
    at += <u32>written;
    state = load<u32>(results);
  }
  checksum = ~state;
  // The tag that ends a record.
  store<u32>(at, 0x7fffc080);
  return putVarint(at + 4, checksum);
}

/** Of polynomials over GF(2), modulo that of CRC-32C; see src/wire/crc32c-combine.ts. */
function product(a: u32, b: u32): u32 {
  let sum: u32 = 0;
  for (; a; a <<= 1) {
    if (<i32>a < 0) sum ^= b;
    b = b & 1 ? (b >>> 1) ^ 0x82f63b78 : b >>> 1;
  }
  return sum;
}

/** Whether bytes are one of the null markers. */
function isMarker(at: usize, length: u32): bool {
  if (!length) return emptyIsNull;
  for (let marker = markers; marker < markersEnd; ) {
    const bytes = <u32>load<u8>(marker++);
    if (bytes == length) {
      let same: u32 = 0;
      while (same < bytes && load<u8>(at + same) == load<u8>(marker + same)) same++;
      if (same == bytes) return true;
    }
    marker += bytes;
  }
  return false;
}
