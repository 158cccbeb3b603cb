// UTF-8 as the Unicode standard has it: no overlong forms, no surrogates, nothing beyond U+10FFFF.

/** 0 for bytes that are not UTF-8, 1 for ASCII alone, 2 for other text. Reads up to 15 bytes beyond the end. */
// @ts-ignore
@inline
export function isUtf8(at: usize, length: u32): u32 {
  return isAscii(at, length) ? 1 : hasErrors(at, length) ? 0 : 2;
}

function hasErrors(at: usize, length: u32): bool {
  return errorsIn(at, length) != 0;
}

/**
 * What is wrong with bytes that should be UTF-8: anything but 0. Each byte is looked at with the three before it, sixteen at a
 * time: what its own high half, and both halves of the one before it, can be parts of, has to have nothing wrong in common.
 * (Keiser and Lemire, Validating UTF-8 in less than one instruction per byte)
 */
// @ts-ignore
@inline
export function errorsIn(start: usize, length: u32): u32 {
  const low = v128.load(lowHalf);
  let before = i32x4.splat(0);
  let wrong = i32x4.splat(0);
  let at = start;
  const end = start + length;
  // What follows the last one counts as zeros: a character that breaks off is then wrong.
  for (; at <= end; at += 16) {
    let bytes = v128.load(at);
    if (end - at < 16) bytes = v128.and(bytes, v128.load(leading + 16 - (end - at)));
    const first = v128.shuffle<u8>(before, bytes, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
    const second = v128.shuffle<u8>(before, bytes, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
    const third = v128.shuffle<u8>(before, bytes, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28);
    const firstHigh = i8x16.swizzle(v128.load(ofFirstHigh), v128.and(i16x8.shr_u(first, 4), low));
    const firstLow = i8x16.swizzle(v128.load(ofFirstLow), v128.and(first, low));
    const high = i8x16.swizzle(v128.load(ofHigh), v128.and(i16x8.shr_u(bytes, 4), low));
    // The third byte of three, and the third and fourth of four, have to continue.
    const goesOn = v128.or(
      i8x16.sub_sat_u(second, v128.load(belowThree)),
      i8x16.sub_sat_u(third, v128.load(belowFour)),
    );
    const isTooMuch = v128.and(goesOn, v128.load(topBits));
    wrong = v128.or(wrong, v128.xor(v128.and(v128.and(firstHigh, firstLow), high), isTooMuch));
    before = bytes;
  }
  return <u32>v128.any_true(wrong);
}

// What can be wrong of two bytes, a bit each:
//   1 one that should be continued is not    2 one continues nothing    4 overlong, of three    8 beyond U+10FFFF
//  16 a surrogate    32 overlong, of two    64 overlong, of four, or beyond U+10FFFF    128 both continue
const ofFirstHigh: usize = memory.data<u8>([2, 2, 2, 2, 2, 2, 2, 2, 128, 128, 128, 128, 33, 1, 21, 73]);
const ofFirstLow: usize = memory.data<u8>([
  231, 163, 131, 131, 139, 203, 203, 203, 203, 203, 203, 203, 203, 219, 203, 203,
]);
const ofHigh: usize = memory.data<u8>([1, 1, 1, 1, 1, 1, 1, 1, 230, 174, 186, 186, 1, 1, 1, 1]);
const lowHalf: usize = memory.data<u8>([15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15]);
const belowThree: usize = memory.data<u8>([
  0x60, 0x60, 0x60, 0x60, 0x60, 0x60, 0x60, 0x60, 0x60, 0x60, 0x60, 0x60, 0x60, 0x60, 0x60, 0x60,
]);
const belowFour: usize = memory.data<u8>([
  0x70, 0x70, 0x70, 0x70, 0x70, 0x70, 0x70, 0x70, 0x70, 0x70, 0x70, 0x70, 0x70, 0x70, 0x70, 0x70,
]);
const topBits: usize = memory.data<u8>([
  0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
]);
/** From 16 less so many on: so many lanes of ones, then zeros. */
const leading: usize = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);

/** Of bytes that are more than 16, the last 16 are looked at whatever was before. */
// @ts-ignore
@inline
function isAscii(at: usize, length: u32): bool {
  if (length <= 16) return !(i8x16.bitmask(v128.load(at)) & ((1 << length) - 1));
  let seen = v128.load(at + length - 16);
  for (const last = at + length - 16; at < last; at += 16) seen = v128.or(seen, v128.load(at));
  return !i8x16.bitmask(seen);
}

/** UTF-16 units of well-formed UTF-8. Reads up to 15 bytes beyond the end. */
export function unitsOfBytes(start: usize, length: u32): u32 {
  let at = start;
  let units: u32 = 0;
  // A byte that does not continue a character is a unit, and one that begins a character of four bytes two.
  while (length >= 16) {
    const bytes = v128.load(at);
    units += popcnt(~i8x16.bitmask(i8x16.lt_s(bytes, i8x16.splat(-64))) & 0xffff);
    units += popcnt(i8x16.bitmask(i8x16.ge_u(bytes, i8x16.splat(<i8>0xf0))));
    at += 16;
    length -= 16;
  }
  for (const end = at + length; at < end; at++) {
    const byte = load<u8>(at);
    units += (byte & 0xc0) == 0x80 ? 0 : byte >= 0xf0 ? 2 : 1;
  }
  return units;
}
