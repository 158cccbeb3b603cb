// Which of a column's values are there.

/** How many of so many flags are 0. Reads up to 15 bytes beyond the last. */
export function countNulls(flags: usize, rows: u32): u32 {
  let set: u32 = 0;
  let row: u32 = 0;
  for (; row + 16 <= rows; row += 16) set += popcnt(i8x16.bitmask(i8x16.ne(v128.load(flags + row), i8x16.splat(0))));
  for (; row < rows; row++) set += <u32>load<u8>(flags + row);
  return rows - set;
}
