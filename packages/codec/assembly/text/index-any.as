// Where fields end in text of any layout: byte by byte at what may matter, 16 at a time over what does not.

import { results } from "../layout";
import {
  delimiterAt,
  delimiterByte,
  delimiterLength,
  endsRecord,
  escapeByte,
  hasEscapes,
  isQuoted,
  lineEnd,
  quoteByte,
  recordEndAt,
  recordEndLength,
} from "./dialect";

/** As `indexLines`. */
export function indexAny(text: usize, length: u32, index: usize, indexEnd: usize): u32 {
  const end = text + length;
  const delimiters = i8x16.splat(<i8>delimiterByte);
  const ends = i8x16.splat(recordEndLength ? <i8>load<u8>(recordEndAt) : 10);
  const returns = i8x16.splat(recordEndLength ? <i8>load<u8>(recordEndAt) : 13);
  const marks = i8x16.splat(quoteByte < 256 ? <i8>quoteByte : escapeByte < 256 ? <i8>escapeByte : <i8>delimiterByte);
  let at = text;
  let to = index;
  let covered: u32 = 0;
  let flags: u32 = 0;
  store<u32>(results, 0, 4);
  while (at < end && to < indexEnd) {
    // At the start of a field.
    flags = 0;
    if (load<u8>(at) == quoteByte) {
      const close = closingQuote(at + 1, end);
      if (!close) break;
      flags = sawEscape ? isQuoted | hasEscapes : isQuoted;
      at = close + 1;
      if (at >= end) break;
    }
    let ended = false;
    for (;;) {
      if (!flags) {
        for (;;) {
          const bytes = v128.load(at);
          const found = i8x16.bitmask(
            v128.or(
              v128.or(i8x16.eq(bytes, delimiters), i8x16.eq(bytes, ends)),
              v128.or(i8x16.eq(bytes, returns), i8x16.eq(bytes, marks)),
            ),
          );
          if (found) {
            at += ctz(found);
            break;
          }
          at += 16;
          if (at >= end) break;
        }
      }
      if (at >= end) break;
      const byte = <u32>load<u8>(at);
      // First the record's, which may begin with a field's.
      if (recordEndLength && byte == <u32>load<u8>(recordEndAt)) {
        const found = matches(at, end, recordEndAt, recordEndLength);
        if (found > 1) break;
        if (found) {
          store<u32>(to, <u32>(at - text) | flags | endsRecord);
          to += 4;
          at += recordEndLength;
          covered = <u32>(at - text);
          ended = true;
          break;
        }
      }
      if (byte == delimiterByte) {
        const found = matches(at, end, delimiterAt, delimiterLength);
        if (found > 1) break;
        if (found) {
          store<u32>(to, <u32>(at - text) | flags);
          to += 4;
          at += delimiterLength;
          ended = true;
          break;
        }
      }
      if (recordEndLength) {
        // No line ends.
      } else if (byte == lineEnd) {
        store<u32>(to, <u32>(at - text) | flags | endsRecord);
        to += 4;
        at++;
        covered = <u32>(at - text);
        ended = true;
        break;
      } else if (byte == 10 || byte == 13) {
        // A line feed where lines end with CR, or a CR: only a line feed may follow.
        if (lineEnd == 13) return isOdd(to, index, covered);
        if (at + 1 >= end) break;
        if (load<u8>(at + 1) != 10) return isOdd(to, index, covered);
        at++;
        store<u32>(to, <u32>(at - text) | flags | endsRecord);
        to += 4;
        at++;
        covered = <u32>(at - text);
        ended = true;
        break;
      }
      if (flags & isQuoted || byte == quoteByte) return isOdd(to, index, covered);
      if (byte == escapeByte) {
        // Only without quotes.
        if (at + 1 >= end) break;
        if (isEscapable(<u32>load<u8>(at + 1))) {
          flags = hasEscapes;
          at++;
        }
      }
      at++;
      if (flags) {
        // Escapes are rare: byte by byte from here on.
        while (at < end && !isSpecial(<u32>load<u8>(at))) at++;
      }
    }
    if (!ended) break;
  }
  store<u32>(results, covered);
  return <u32>((to - index) >>> 2);
}

function isOdd(to: usize, index: usize, covered: u32): u32 {
  store<u32>(results, covered);
  store<u32>(results, 1, 4);
  return <u32>((to - index) >>> 2);
}

let sawEscape: bool = false;

/** The quote that closes a field; 0 if it is not there, or if what follows it is not. */
function closingQuote(start: usize, end: usize): usize {
  const quotes = i8x16.splat(<i8>quoteByte);
  const escapes = i8x16.splat(escapeByte < 256 ? <i8>escapeByte : <i8>quoteByte);
  sawEscape = false;
  let at = start;
  while (at < end) {
    const bytes = v128.load(at);
    const found = i8x16.bitmask(v128.or(i8x16.eq(bytes, quotes), i8x16.eq(bytes, escapes)));
    if (!found) {
      at += 16;
      continue;
    }
    at += ctz(found);
    if (at + 1 >= end) return 0;
    if (load<u8>(at) == quoteByte && (escapeByte < 256 || load<u8>(at + 1) != quoteByte)) return at;
    sawEscape = true;
    at += 2;
  }
  return 0;
}

/** 1 if a delimiter stands there, 0 if not, 2 if the bytes end before that can be told. */
function matches(at: usize, end: usize, delimiter: usize, length: u32): u32 {
  for (let offset: u32 = 1; offset < length; offset++) {
    if (at + offset >= end) return 2;
    if (load<u8>(at + offset) != load<u8>(delimiter + offset)) return 0;
  }
  return 1;
}

/** What an escape may stand before where there are no quotes. */
function isEscapable(byte: u32): bool {
  if (byte == escapeByte || byte == delimiterByte) return true;
  return recordEndLength ? byte == <u32>load<u8>(recordEndAt) : byte == 10 || byte == 13;
}

function isSpecial(byte: u32): bool {
  return isEscapable(byte);
}

/**
 * Copies a field with its escapes resolved.
 *
 * @returns where the copy ends.
 */
export function unescape(at: usize, end: usize, to: usize, quoted: u32): usize {
  const mark = quoted && escapeByte == 256 ? quoteByte : escapeByte;
  while (at < end) {
    const byte = <u32>load<u8>(at);
    if (byte == mark && at + 1 < end) {
      const next = <u32>load<u8>(at + 1);
      if (quoteByte < 256 ? next == quoteByte || next == escapeByte : isEscapable(next)) at++;
    }
    store<u8>(to++, load<u8>(at++));
  }
  return to;
}
