// Where records end, without their fields: for text as `indexLines` takes it.

import { results } from "../layout";
import { delimiterByte, lineEnd, quoteByte, strayEnd } from "./dialect";
import { mask, parity } from "./masks";

// What the byte before the text was. Bits of the state.
// @ts-ignore
@inline const isInside: u32 = 1;
// @ts-ignore
@inline const isEnd: u32 = 2;
// @ts-ignore
@inline const isClosing: u32 = 4;
// @ts-ignore
@inline const isStray: u32 = 8;

/**
 * Counts records, and says where the first and the last of them end, up to a quote or line end that is not where it
 * may be.
 *
 * @param from the first record end wanted is behind this place, or there.
 * @returns how many records end. Left in results: [0] bytes looked at, [1] whether what comes next is odd, [2] where
 *   the record ends that is the first to end at `from` or behind it (0 for none), [3] where the last one ends (0 for
 *   none), [4] the new state, [5] line ends, in quotes and out.
 */
export function splitLines(text: usize, length: u32, strict: u32, from: u32, state: u32): u32 {
  const delimiters = i8x16.splat(<i8>delimiterByte);
  const lines = i8x16.splat(<i8>lineEnd);
  const strays = i8x16.splat(<i8>strayEnd);
  const quotes = i8x16.splat(<i8>quoteByte);
  const noQuotes: v128 = i8x16.splat(quoteByte == 256 ? 0 : -1);
  const noStrays: v128 = i8x16.splat(strict ? -1 : 0);
  let inside: u64 = state & isInside ? ~(<u64>0) : 0;
  let wasEnd: u64 = state & isEnd ? 1 : 0;
  let wasClosing: u64 = state & isClosing ? 1 : 0;
  let wasStray: u64 = state & isStray ? 1 : 0;
  let records: u32 = 0;
  let lineEnds: u32 = 0;
  let first: u32 = 0;
  let last: u32 = 0;
  let at: u32 = 0;
  let isOdd: u32 = 0;
  for (; at < length; at += 64) {
    const a = v128.load(text + at);
    const b = v128.load(text + at, 16);
    const c = v128.load(text + at, 32);
    const d = v128.load(text + at, 48);
    const left = length - at;
    const valid: u64 = left < 64 ? (<u64>1 << left) - 1 : ~(<u64>0);
    const lineMask = mask(i8x16.eq(a, lines), i8x16.eq(b, lines), i8x16.eq(c, lines), i8x16.eq(d, lines)) & valid;
    const qa = v128.and(i8x16.eq(a, quotes), noQuotes), qb = v128.and(i8x16.eq(b, quotes), noQuotes);
    const qc = v128.and(i8x16.eq(c, quotes), noQuotes), qd = v128.and(i8x16.eq(d, quotes), noQuotes);
    const sa = v128.and(i8x16.eq(a, strays), noStrays), sb = v128.and(i8x16.eq(b, strays), noStrays);
    const sc = v128.and(i8x16.eq(c, strays), noStrays), sd = v128.and(i8x16.eq(d, strays), noStrays);
    const special = v128.or(v128.or(v128.or(qa, qb), v128.or(qc, qd)), v128.or(v128.or(sa, sb), v128.or(sc, sd)));
    let ends = lineMask;
    let counted = valid;
    if (v128.any_true(special) || (inside | wasClosing | wasStray)) {
      const delimiterMask = mask(
        i8x16.eq(a, delimiters),
        i8x16.eq(b, delimiters),
        i8x16.eq(c, delimiters),
        i8x16.eq(d, delimiters),
      );
      const quoteMask = mask(qa, qb, qc, qd) & valid;
      const strayMask = mask(sa, sb, sc, sd) & valid;
      const within = parity(quoteMask) ^ inside;
      const fieldEnds = (lineMask | delimiterMask) & valid;
      const real = fieldEnds & ~within;
      const opening = quoteMask & within;
      const closing = quoteMask & ~within;
      const afterClosing = (closing << 1) | wasClosing;
      const outside = strayMask & ~within;
      let odd = opening & ~((real << 1) | wasEnd | afterClosing);
      odd |= afterClosing & ~(fieldEnds | strayMask | quoteMask);
      odd |= lineEnd == 10 ? ((outside << 1) | wasStray) & ~lineMask : outside;
      odd &= valid;
      ends = lineMask & ~within;
      if (odd) {
        counted = (odd & (0 - odd)) - 1;
        ends &= counted;
        isOdd = 1;
      }
      const end = left < 64 ? left - 1 : 63;
      inside = within >>> end & 1 ? ~(<u64>0) : 0;
      wasEnd = (real >>> end) & 1;
      wasClosing = (closing >>> end) & 1;
      wasStray = (outside >>> end) & 1;
    } else {
      const end = left < 64 ? left - 1 : 63;
      wasClosing = 0;
      wasStray = 0;
      wasEnd = (lineMask >>> end) & 1;
      if (!wasEnd) wasEnd = load<u8>(text + at + end) == delimiterByte ? 1 : 0;
    }
    lineEnds += <u32>popcnt(lineMask & counted);
    if (ends) {
      records += <u32>popcnt(ends);
      last = at + 64 - <u32>clz(ends);
      if (!first) {
        // A record that ends with the byte before `from` ends there.
        if (at + 64 >= from) {
          const skip: u64 = from > at + 1 ? ~(<u64>0) << (from - at - 1) : ~(<u64>0);
          const wanted = ends & skip;
          if (wanted) first = at + <u32>ctz(wanted) + 1;
        }
      }
    }
    if (isOdd) {
      at += <u32>popcnt(counted);
      break;
    }
  }
  store<u32>(results, isOdd ? at : length);
  store<u32>(results, isOdd, 4);
  store<u32>(results, first, 8);
  store<u32>(results, last, 12);
  store<u32>(
    results,
    (inside ? isInside : 0) | (wasEnd ? isEnd : 0) | (wasClosing ? isClosing : 0) | (wasStray ? isStray : 0),
    16,
  );
  store<u32>(results, lineEnds, 20);
  return records;
}
