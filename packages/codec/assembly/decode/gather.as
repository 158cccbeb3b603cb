// What was laid out row by row -> what the host takes away column by column.

import { results } from "../layout";
import { copyText } from "../text";
import { unitsOfBytes } from "./utf8";

/** How many of so many flags are 0. Reads up to 15 bytes beyond the last. */
export function countNulls(flags: usize, rows: u32): u32 {
  let set: u32 = 0;
  let row: u32 = 0;
  for (; row + 16 <= rows; row += 16) set += popcnt(i8x16.bitmask(i8x16.ne(v128.load(flags + row), i8x16.splat(0))));
  for (; row < rows; row++) set += <u32>load<u8>(flags + row);
  return rows - set;
}

/**
 * Puts the bytes of a column's values one behind the other, and where each begins and the last ends into `offsets`
 * (words); with `units` not 0, the same in UTF-16 units there. May write up to 15 bytes too many.
 */
export function gatherBytes(values: usize, rows: u32, bytes: usize, offsets: usize, units: usize): void {
  let to = bytes;
  let unit: u32 = 0;
  for (let row: usize = 0; row < <usize>rows; row++) {
    const at = <usize>load<u32>(values + (row << 3));
    const length = load<u32>(values + (row << 3), 4);
    store<u32>(offsets + (row << 2), <u32>(to - bytes));
    if (units) {
      store<u32>(units + (row << 2), unit);
      unit += unitsOfBytes(at, length);
    }
    if (length > 256) memory.copy(to, at, length);
    else if (length) copyText(to, at, length);
    to += length;
  }
  store<u32>(offsets + (<usize>rows << 2), <u32>(to - bytes));
  if (units) store<u32>(units + (<usize>rows << 2), unit);
  store<u32>(results, unit);
}
