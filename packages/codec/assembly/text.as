// UTF-8 text.

/** Copies in steps of 16 bytes: overruns source and target by up to 15, which is quicker than to be exact. */
// @ts-ignore
@inline
export function copyText(target: usize, source: usize, length: u32): void {
  v128.store(target, v128.load(source));
  for (let at: usize = 16; at < length; at += 16) v128.store(target + at, v128.load(source + at));
}

const masks: usize = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);

/** Whether bytes are all ASCII. Reads up to 15 beyond the end. */
// @ts-ignore
@inline
export function isAscii(at: usize, length: u32): bool {
  let seen = i32x4.splat(0);
  while (length > 16) {
    seen = v128.or(seen, v128.load(at));
    at += 16;
    length -= 16;
  }
  return !i8x16.bitmask(v128.or(seen, v128.and(v128.load(at), v128.load(masks + (16 - <usize>length)))));
}

/** Whether there is a character of four bytes, which is two UTF-16 units. Reads up to 15 beyond the end. */
export function hasLongCharacter(at: usize, length: u32): bool {
  const end = at + length;
  for (; at + 16 <= end; at += 16) {
    if (i8x16.bitmask(i8x16.ge_u(v128.load(at), i8x16.splat(<i8>0xf0)))) return true;
  }
  return (i8x16.bitmask(i8x16.ge_u(v128.load(at), i8x16.splat(<i8>0xf0))) & ((1 << <u32>(end - at)) - 1)) != 0;
}

/** 1 when the last character that {@link bytesOfUnits} counted has a unit more than was asked for. */
export let unitsBeyond: u32 = 0;

/** How many bytes so many UTF-16 units take in well-formed UTF-8. */
export function bytesOfUnits(start: usize, units: u32): u32 {
  let at = start;
  let left = <i32>units;
  // A byte that does not continue a character is a unit, and one that begins a character of four bytes two.
  while (left >= 32) {
    const bytes = v128.load(at);
    const continuing = i8x16.bitmask(i8x16.lt_s(bytes, i8x16.splat(-64)));
    const long = i8x16.bitmask(i8x16.ge_u(bytes, i8x16.splat(<i8>0xf0)));
    left -= popcnt(~continuing & 0xffff) + popcnt(long);
    at += 16;
  }
  // The vector may have ended inside a character, whose unit is counted already.
  while ((load<u8>(at) & 0xc0) == 0x80) at++;
  while (left > 0) {
    const lead = <u32>load<u8>(at);
    if (lead < 0x80) at += 1;
    else if (lead < 0xe0) at += 2;
    else if (lead < 0xf0) at += 3;
    else {
      at += 4;
      left--;
    }
    left--;
  }
  unitsBeyond = <u32>-left;
  return <u32>(at - start);
}
