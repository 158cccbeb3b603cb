// Copies text and says whether it is UTF-8.

const masks: usize = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);

/** Copies bytes and says whether all are ASCII. Overruns source and target by up to 15. */
// @ts-ignore
@inline
export function copyAscii(target: usize, source: usize, length: u32): bool {
  const first = v128.load(source);
  v128.store(target, first);
  if (length < 16) return !i8x16.bitmask(v128.and(first, v128.load(masks + (16 - <usize>length))));
  let seen = first;
  let at: usize = 16;
  for (; at + 16 <= <usize>length; at += 16) {
    const bytes = v128.load(source + at);
    v128.store(target + at, bytes);
    seen = v128.or(seen, bytes);
  }
  const last = v128.load(source + length - 16);
  v128.store(target + length - 16, last);
  return !i8x16.bitmask(v128.or(seen, last));
}

/** How many characters UTF-8 has; 0xffffffff for bytes that are not UTF-8. */
export function charactersOf(at: usize, length: u32): u32 {
  const end = at + length;
  let characters: u32 = 0;
  while (at < end) {
    const lead = <u32>load<u8>(at);
    characters++;
    if (lead < 0x80) {
      at++;
      continue;
    }
    // The bytes that follow, with those beyond the end as zeros, which continue nothing.
    const left = <u32>(end - at);
    let rest = load<u32>(at) >>> 8;
    if (left < 4) rest &= (1 << ((left - 1) << 3)) - 1;
    const second = rest & 0xff;
    if (lead < 0xe0) {
      if (lead < 0xc2 || (rest & 0xc0) != 0x80) return 0xffffffff;
      at += 2;
    } else if (lead < 0xf0) {
      if ((rest & 0xc0c0) != 0x8080 || (lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f)) {
        return 0xffffffff;
      }
      at += 3;
    } else {
      if (
        (rest & 0xc0c0c0) != 0x808080 ||
        lead > 0xf4 ||
        (lead == 0xf0 && second < 0x90) ||
        (lead == 0xf4 && second > 0x8f)
      ) {
        return 0xffffffff;
      }
      at += 4;
    }
  }
  return characters;
}
