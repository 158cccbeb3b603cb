// UTF-8 as the Unicode standard has it: no overlong forms, no surrogates, nothing beyond U+10FFFF.

/** 0 for bytes that are not UTF-8, 1 for ASCII alone, 2 for other text. Reads up to 15 bytes beyond the end. */
// @ts-ignore
@inline
export function isUtf8(at: usize, length: u32): u32 {
  return isAscii(at, length) ? 1 : isLongUtf8(at, at + length);
}

function isLongUtf8(start: usize, end: usize): u32 {
  let at = start;
  while (at < end) {
    const lead = <u32>load<u8>(at);
    if (lead < 0x80) {
      at++;
      while (at + 16 <= end && !i8x16.bitmask(v128.load(at))) at += 16;
    } else if (lead < 0xe0) {
      if (lead < 0xc2 || at + 2 > end || !continues(at + 1)) return 0;
      at += 2;
    } else if (lead < 0xf0) {
      if (at + 3 > end || !continues(at + 1) || !continues(at + 2)) return 0;
      const second = <u32>load<u8>(at, 1);
      if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f)) return 0;
      at += 3;
    } else {
      if (lead > 0xf4 || at + 4 > end) return 0;
      if (!continues(at + 1) || !continues(at + 2) || !continues(at + 3)) return 0;
      const second = <u32>load<u8>(at, 1);
      if ((lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) return 0;
      at += 4;
    }
  }
  return 2;
}

// @ts-ignore
@inline
function continues(at: usize): bool {
  return (load<u8>(at) & 0xc0) == 0x80;
}

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
