// Indexed text -> the records of a pack.
//
// A field that is not plain is handed to the host, which writes it or says that it cannot. A record with anything odd
// about it ends the run: the host takes it alone, and comes back for the next.

import { feed4, feedNumber32, feedNumber64, feedNumberAndByte, feedNumberAndBytes } from "../crc-feeds";
import { byBytes, foldBytes } from "../crc-fold";
import { results } from "../layout";
import { putSmall, putVarint, zigzag } from "../varint";
import { delimiterLength, endsRecord, hasEscapes, isQuoted, lineEnd, position, recordEndLength } from "./dialect";
import { unescape } from "./index-any";
import { doubleBits, isPlainDecimal, notPlain, notPlainBits, plainBoolean, wholeNumber } from "./numbers";
import { daysOfDate, nanoseconds, secondsOfTime } from "./times";
import { charactersOf, copyAscii } from "./utf8";

// How a column's fields are read.
// @ts-ignore
@inline const asInteger: u32 = 0;
// @ts-ignore
@inline const asDouble: u32 = 1;
// @ts-ignore
@inline const asText: u32 = 2;
// @ts-ignore
@inline const asBoolean: u32 = 3;
/** In milliseconds. */
// @ts-ignore
@inline const asDateTime: u32 = 4;
// @ts-ignore
@inline const asDate: u32 = 5;
// @ts-ignore
@inline const asDecimal: u32 = 6;
// @ts-ignore
@inline const asFloat: u32 = 7;
/** Text of at most so many characters. */
// @ts-ignore
@inline const asCharacters: u32 = 8;
/** Seconds and nanoseconds. */
// @ts-ignore
@inline const asTimestamp: u32 = 9;
/** The same, of a wall clock. */
// @ts-ignore
@inline const asWallClock: u32 = 10;
/** Bytes as they are. */
// @ts-ignore
@inline const asBytes: u32 = 11;
/** Nothing: the column is NULL in every row. */
// @ts-ignore
@inline const asNull: u32 = 12;
/** The same bytes in every row. */
// @ts-ignore
@inline const asConstant: u32 = 13;
// All else is the host's.

/**
 * A column's description: how it is read, its field (words); its tag, NOT NULL (1 or 0); characters or digits before
 * the point, digits after it; address and length of a constant on the wire; what it does to a running checksum state:
 * a factor and a summand; 8 bytes unused; then the range of integers, days, milliseconds and seconds (two 64-bit integers).
 */
// @ts-ignore
@inline const columnBytes: usize = 64;

let columns: usize = 0;
let columnCount: u32 = 0;
/** Fields of every record; 0xffffffff for any number. */
let fieldCount: u32 = 0;
/** Null markers: a byte of length, then that many bytes; other ones end the run. */
let markers: usize = 0;
let markersEnd: usize = 0;
let emptyIsNull: bool = true;
let nullInQuotes: bool = false;
let skipsBlank: bool = true;
/** Whether text with blanks at either end is for the host. */
let trims: bool = false;
let maxFieldBytes: u32 = 0;
let maxRecordBytes: u32 = 0;
/** Bytes that a record takes at most beyond those of its text. */
let roomPerRecord: u32 = 0;
/** Where fields with escapes are put without them. */
let scratch: usize = 0;
/** Whether every column reads the field of its own number, and only empty fields are NULL: the usual case. */
let isOrdered: bool = false;

export function setColumns(
  columnsAt: usize,
  count: u32,
  fields: u32,
  markersAt: usize,
  markerBytes: u32,
  flags: u32,
  fieldBytes: u32,
  recordBytes: u32,
  room: u32,
  scratchAt: usize,
): void {
  columns = columnsAt;
  columnCount = count;
  fieldCount = fields;
  markers = markersAt;
  markersEnd = markersAt + markerBytes;
  emptyIsNull = (flags & 1) != 0;
  nullInQuotes = (flags & 2) != 0;
  skipsBlank = (flags & 4) != 0;
  trims = (flags & 8) != 0;
  maxFieldBytes = fieldBytes;
  maxRecordBytes = recordBytes;
  roomPerRecord = room;
  scratch = scratchAt;
  isOrdered = count && fields == count && emptyIsNull && !markerBytes && !nullInQuotes;
  for (let column: u32 = 0; column < count; column++) {
    const at = columnsAt + <usize>column * columnBytes;
    const kind = load<u32>(at);
    if (kind == asNull || kind == asConstant || load<u32>(at, 4) != column) isOrdered = false;
  }
}

/**
 * Writes a field, its tag included, at `out`, for which there is so much room; goes on from a running checksum state
 * and leaves the new one in results[0].
 *
 * @returns the bytes written, -1 when the field is refused, -2 when there is no room.
 */
// @ts-ignore
@external("host", "writeField")
declare function writeField(column: u32, at: usize, length: u32, out: usize, room: u32, state: u32): i32;

/**
 * Encodes records, up to one that is odd, or for which there is no room.
 *
 * @param start where in the text the first record begins.
 * @param first entry of the index that is not before it.
 * @param ends takes a word for each row: where in the output it ends.
 * @returns rows written. Left in results: [0] running state of the checksum of checksums, [1] where the next record
 *   begins, [2] the next entry, [3] bytes written, [4] blank lines passed over, [5] 0 at the end of the index, 1 when
 *   out of room, 2 before an odd record.
 */
export function encodeText(
  text: usize,
  start: u32,
  first: usize,
  last: usize,
  out: usize,
  outEnd: usize,
  ends: usize,
  maxRows: u32,
  packState: u32,
): u32 {
  const afterRecord = recordEndLength ? recordEndLength : 1;
  takesReturn = !recordEndLength && lineEnd == 10;
  let at = out;
  let rows: u32 = 0;
  let blank: u32 = 0;
  let status: u32 = 0;
  let entry = first;
  let recordAt = text + start;
  // Entries of a record that the host took alone.
  while (entry < last && text + (load<u32>(entry) & position) < recordAt) entry += 4;
  let next = entry;
  const ordered = isOrdered;
  const toLast = (<usize>fieldCount - 1) << 2;
  for (;;) {
    if (ordered && entry + toLast < last && load<u32>(entry + toLast) & endsRecord) {
      // The record's last field, unless one of those before it is.
      const lastEntry = entry + toLast;
      const end = text + (load<u32>(lastEntry) & position);
      const room = <u32>(end - recordAt) + roomPerRecord;
      if (rows == maxRows || at + room > outEnd) {
        status = 1;
        break;
      }
      spareRoom = <u32>(outEnd - at) - room;
      const written = writeOrdered(text, recordAt, entry, lastEntry, at);
      if (written > endsEarly && <u32>(written - at) <= maxRecordBytes) {
        at = written;
        packState = feed4(packState, checksum);
        store<u32>(ends + (<usize>rows << 2), <u32>(at - out));
        rows++;
        next = lastEntry + 4;
        entry = next;
        recordAt = end + afterRecord;
        continue;
      }
      if (written != endsEarly) {
        status = written == noRoom ? 1 : 2;
        break;
      }
    }
    // Find the record's last field.
    while (next < last && !(load<u32>(next) & endsRecord)) next += 4;
    if (next >= last) break;
    const lastEntry = next;
    next += 4;
    const count = <u32>((next - entry) >>> 2);
    const end = text + (load<u32>(lastEntry) & position);
    if (count != fieldCount) {
      if (fieldCount != 0xffffffff || count == 1) {
        const isBlank = count == 1 && (end == recordAt || (takesReturn && end == recordAt + 1 && load<u8>(recordAt) == 13));
        if (!isBlank || !skipsBlank) {
          if (fieldCount != 0xffffffff) {
            status = 2;
            break;
          }
        } else {
          blank++;
          entry = next;
          recordAt = end + afterRecord;
          continue;
        }
      }
    }
    const room = <u32>(end - recordAt) + roomPerRecord;
    if (rows == maxRows || at + room > outEnd) {
      status = 1;
      break;
    }
    spareRoom = <u32>(outEnd - at) - room;
    const written = writeRecord(text, recordAt, entry, lastEntry, at);
    if (written <= noRoom || <u32>(written - at) > maxRecordBytes) {
      status = written == noRoom ? 1 : 2;
      break;
    }
    at = written;
    packState = feed4(packState, checksum);
    store<u32>(ends + (<usize>rows << 2), <u32>(at - out));
    rows++;
    entry = next;
    recordAt = end + afterRecord;
  }
  store<u32>(results, packState);
  store<u32>(results, <u32>(recordAt - text), 4);
  store<u32>(results, <u32>entry, 8);
  store<u32>(results, <u32>(at - out), 12);
  store<u32>(results, blank, 16);
  store<u32>(results, status, 20);
  return rows;
}

// What writeRecord returns besides addresses.
// @ts-ignore
@inline const refused: usize = 0;
// @ts-ignore
@inline const noRoom: usize = 1;
/** The record has fewer fields than columns. */
// @ts-ignore
@inline const endsEarly: usize = 2;

/** What the host may take of the output for the fields of a record. */
let spareRoom: u32 = 0;
/** Whether a CR before a line end belongs to that. */
let takesReturn: bool = false;
/** Checksum of the record written last. */
let checksum: u32 = 0;

/** Writes a record, and gives where it ends; or that a field of it is refused, or that there is no room. */
function writeRecord(text: usize, recordAt: usize, entry: usize, lastEntry: usize, out: usize): usize {
  return write(false, text, recordAt, entry, lastEntry, out);
}

/** The same in the usual case, see {@link isOrdered}; or says that the record ends early. */
function writeOrdered(text: usize, recordAt: usize, entry: usize, lastEntry: usize, out: usize): usize {
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
