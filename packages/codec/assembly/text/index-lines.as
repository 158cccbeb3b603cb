// Where fields end, 64 bytes at a time: for delimiters of one byte, line ends, and quotes that are written twice.
//
// Whether a byte is inside quotes is the parity of the quotes before it, as long as quotes stand only where they may:
// one that opens behind a delimiter or line end, one that closes before one of them. That is looked at too, and where
// it does not hold, the index ends.

import { results } from "../layout";
import { mask, parity } from "./masks";
import { delimiterByte, endsRecord, hasEscapes, isQuoted, lineEnd, quoteByte, strayEnd } from "./dialect";

/**
 * Indexes text that begins with a record.
 *
 * @param strict whether a CR (of text whose lines end with LF) must be followed by LF, and a LF (of the other) be quoted.
 * @returns the number of entries. Left in results: [0] how many bytes they cover, [1] whether what comes next is odd.
 */
export function indexLines(text: usize, length: u32, strict: u32, index: usize, indexEnd: usize): u32 {
  const delimiters = i8x16.splat(<i8>delimiterByte);
  const lines = i8x16.splat(<i8>lineEnd);
  const strays = i8x16.splat(<i8>strayEnd);
  const quotes = i8x16.splat(<i8>quoteByte);
  const noQuotes: v128 = i8x16.splat(quoteByte == 256 ? 0 : -1);
  const noStrays: v128 = i8x16.splat(strict ? -1 : 0);
  let to = index;
  /** All ones inside quotes. */
  let inside: u64 = 0;
  /** Flags of the field that goes on. */
  let flags: u32 = 0;
  // What the byte before the block was; before the first there is a record end.
  let wasEnd: u64 = 1;
  let wasClosing: u64 = 0;
  let wasStray: u64 = 0;
  let at: u32 = 0;
  for (; at < length; at += 64) {
    if (to + 256 > indexEnd) break;
    const a = v128.load(text + at);
    const b = v128.load(text + at, 16);
    const c = v128.load(text + at, 32);
    const d = v128.load(text + at, 48);
    const la = i8x16.eq(a, lines), lb = i8x16.eq(b, lines), lc = i8x16.eq(c, lines), ld = i8x16.eq(d, lines);
    const lineMask = mask(la, lb, lc, ld);
    let ends = mask(
      v128.or(i8x16.eq(a, delimiters), la),
      v128.or(i8x16.eq(b, delimiters), lb),
      v128.or(i8x16.eq(c, delimiters), lc),
      v128.or(i8x16.eq(d, delimiters), ld),
    );
    const qa = v128.and(i8x16.eq(a, quotes), noQuotes), qb = v128.and(i8x16.eq(b, quotes), noQuotes);
    const qc = v128.and(i8x16.eq(c, quotes), noQuotes), qd = v128.and(i8x16.eq(d, quotes), noQuotes);
    const sa = v128.and(i8x16.eq(a, strays), noStrays), sb = v128.and(i8x16.eq(b, strays), noStrays);
    const sc = v128.and(i8x16.eq(c, strays), noStrays), sd = v128.and(i8x16.eq(d, strays), noStrays);
    const left = length - at;
    const valid: u64 = left < 64 ? (<u64>1 << left) - 1 : ~(<u64>0);
    ends &= valid;
    const special = v128.or(v128.or(v128.or(qa, qb), v128.or(qc, qd)), v128.or(v128.or(sa, sb), v128.or(sc, sd)));
    if (v128.any_true(special) || (inside | wasClosing | wasStray)) {
      const quoteMask = mask(qa, qb, qc, qd) & valid;
      const strayMask = mask(sa, sb, sc, sd) & valid;
      const within = parity(quoteMask) ^ inside;
      const real = ends & ~within;
      const opening = quoteMask & within;
      const closing = quoteMask & ~within;
      const afterClosing = (closing << 1) | wasClosing;
      const outside = strayMask & ~within;
      let odd = opening & ~(((real << 1) | wasEnd) | afterClosing);
      odd |= afterClosing & ~(ends | strayMask | quoteMask);
      odd |= lineEnd == 10 ? ((outside << 1) | wasStray) & ~lineMask : outside;
      odd &= valid;
      let doubled = opening & afterClosing;
      let seen = quoteMask;
      let left2 = odd ? real & ((odd & (0 - odd)) - 1) : real;
      while (left2) {
        const bit = left2 & (0 - left2);
        const before = bit - 1;
        if (seen & before) {
          flags |= isQuoted;
          seen &= ~before;
        }
        if (doubled & before) {
          flags |= hasEscapes;
          doubled &= ~before;
        }
        store<u32>(to, (at + <u32>ctz(bit)) | flags | (lineMask & bit ? endsRecord : 0));
        to += 4;
        flags = 0;
        left2 &= left2 - 1;
      }
      if (odd) {
        store<u32>(results, at + <u32>ctz(odd));
        store<u32>(results, 1, 4);
        return <u32>((to - index) >>> 2);
      }
      if (seen) flags |= isQuoted;
      if (doubled) flags |= hasEscapes;
      inside = <u64>(<i64>within >> 63);
      wasEnd = real >>> 63;
      wasClosing = closing >>> 63;
      wasStray = outside >>> 63;
    } else {
      wasEnd = ends >>> 63;
      wasClosing = 0;
      wasStray = 0;
      if (ends) {
        const count = <u32>popcnt(ends);
        let slot = to;
        to += count << 2;
        // Eight at a time without asking how many there are: most blocks have fewer.
        store<u32>(slot, entry(ends, lineMask, at) | flags);
        flags = 0;
        ends &= ends - 1;
        store<u32>(slot, entry(ends, lineMask, at), 4);
        ends &= ends - 1;
        store<u32>(slot, entry(ends, lineMask, at), 8);
        ends &= ends - 1;
        store<u32>(slot, entry(ends, lineMask, at), 12);
        ends &= ends - 1;
        store<u32>(slot, entry(ends, lineMask, at), 16);
        ends &= ends - 1;
        store<u32>(slot, entry(ends, lineMask, at), 20);
        ends &= ends - 1;
        store<u32>(slot, entry(ends, lineMask, at), 24);
        ends &= ends - 1;
        store<u32>(slot, entry(ends, lineMask, at), 28);
        ends &= ends - 1;
        slot += 32;
        while (ends) {
          store<u32>(slot, entry(ends, lineMask, at));
          slot += 4;
          ends &= ends - 1;
        }
      }
    }
  }
  store<u32>(results, at < length ? at : length);
  store<u32>(results, 0, 4);
  return <u32>((to - index) >>> 2);
}

/** The entry of the lowest bit. */
// @ts-ignore
@inline
function entry(ends: u64, lineMask: u64, at: u32): u32 {
  const bit = ctz(ends);
  return (at + <u32>bit) | (<u32>((lineMask >>> bit) & 1) << 30);
}

/** How many bytes have a value. */
export function countBytes(at: usize, length: u32, byte: u32): u32 {
  const wanted = i8x16.splat(<i8>byte);
  let count: u32 = 0;
  const end = at + length;
  for (; at + 64 <= end; at += 64) {
    count += <u32>popcnt(
      mask(
        i8x16.eq(v128.load(at), wanted),
        i8x16.eq(v128.load(at, 16), wanted),
        i8x16.eq(v128.load(at, 32), wanted),
        i8x16.eq(v128.load(at, 48), wanted),
      ),
    );
  }
  for (; at < end; at++) count += <u32>(load<u8>(at) == byte);
  return count;
}
