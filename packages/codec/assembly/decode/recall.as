// Short texts met lately, so that the host need not make the same one twice. Each has one place, by what it is: a later
// one takes it from an earlier.

import { copyText } from "../text";
import { unitsOfBytes } from "./utf8";

// @ts-ignore
@inline const places: u32 = 4096;
/** Longer ones are not looked for. */
// @ts-ignore
@inline const longest: u32 = 12;

/** For each place twelve bytes of text, zeros behind it, and its length + 1. */
const known: usize = memory.data(65536, 16);

/** Forgets them all. */
export function forgetTexts(): void {
  memory.fill(known, 0, <usize>places << 4);
}

/**
 * Looks for a column's values, and remembers them. A word a row goes to `codes`: the place of one that was there; the
 * complement of its place, for one that is there from now on; the complement of {@link places} for one that is too long.
 *
 * Those that were not there are put one behind the other at `unknown`, and where each begins and the last ends goes to
 * `offsets`. May write up to 15 bytes too many.
 *
 * @param values for each row where its text begins at `heap`, and behind them where the last one ends.
 * @returns how many were not there.
 */
export function recallTexts(
  values: usize,
  rows: u32,
  heap: usize,
  codes: usize,
  offsets: usize,
  unknown: usize,
): u32 {
  let to = unknown;
  const first = offsets;
  store<u32>(offsets, 0);
  let at = heap + <usize>load<u32>(values);
  for (let row: usize = 0; row < <usize>rows; row++) {
    const next = heap + <usize>load<u32>(values + (row << 2), 4);
    const length = <u32>(next - at);
    let code = ~<i32>places;
    if (length <= longest) {
      let low = load<u64>(at);
      let high = <u64>load<u32>(at, 8);
      if (length < 8) {
        low &= ((<u64>1) << (length << 3)) - 1;
        high = 0;
      } else {
        high &= ((<u64>1) << ((length - 8) << 3)) - 1;
      }
      high |= <u64>(length + 1) << 32;
      const place = <i32>(((low ^ (high * 0xc2b2ae3d27d4eb4f)) * 0x9e3779b97f4a7c15) >>> 52);
      const entry = known + (<usize>place << 4);
      code = place;
      if (load<u64>(entry) != low || load<u64>(entry, 8) != high) {
        store<u64>(entry, low);
        store<u64>(entry, high, 8);
        code = ~place;
      }
    }
    store<i32>(codes + (row << 2), code);
    if (code < 0) {
      if (length > 256) memory.copy(to, at, length);
      else copyText(to, at, length);
      to += length;
      offsets += 4;
      store<u32>(offsets, <u32>(to - unknown));
    }
    at = next;
  }
  return <u32>((offsets - first) >> 2);
}

/** For each text, where it begins in UTF-16 units, and behind them where the last one ends. */
export function countUnits(offsets: usize, rows: u32, heap: usize, units: usize): void {
  let unit: u32 = 0;
  let at = heap + <usize>load<u32>(offsets);
  store<u32>(units, 0);
  for (let row: usize = 1; row <= <usize>rows; row++) {
    const next = heap + <usize>load<u32>(offsets + (row << 2));
    unit += unitsOfBytes(at, <u32>(next - at));
    store<u32>(units + (row << 2), unit);
    at = next;
  }
}
