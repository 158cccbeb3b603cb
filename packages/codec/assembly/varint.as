// Variable-length integers, written and read without a loop: the groups of seven bits are spread or gathered eight
// at a time.

/** Writes a tag or a length: mostly one byte. */
// @ts-ignore
@inline
export function putSmall(at: usize, value: u32): usize {
  if (value < 128) {
    store<u8>(at, value);
    return at + 1;
  }
  return putBytewise(at, value);
}

/** Writes up to 64 bits. Overwrites up to 8 bytes. */
// @ts-ignore
@inline
export function putVarint(at: usize, value: u64): usize {
  if (value < 128) {
    store<u8>(at, <u8>value);
    return at + 1;
  }
  if (value >>> 56) return putBytewise(at, value);
  const bytes: u64 = ((63 - clz<u64>(value)) * 9 + 73) >>> 6;
  let spread = ((value & 0x00fffffff0000000) << 4) | (value & 0x000000000fffffff);
  spread = ((spread & 0x0fffc0000fffc000) << 2) | (spread & 0x00003fff00003fff);
  spread = ((spread & 0x3f803f803f803f80) << 1) | (spread & 0x007f007f007f007f);
  store<u64>(at, spread | (0x8080808080808080 >>> ((9 - bytes) << 3)));
  return at + <usize>bytes;
}

function putBytewise(at: usize, value: u64): usize {
  while (value > 127) {
    store<u8>(at++, <u8>(value & 127) | 128);
    value >>>= 7;
  }
  store<u8>(at++, <u8>value);
  return at;
}

// @ts-ignore
@inline
export function zigzag(value: i64): u64 {
  return (<u64>value << 1) ^ <u64>(value >> 63);
}

// @ts-ignore
@inline
export function unzigzag(value: u64): i64 {
  return <i64>(value >>> 1) ^ -(<i64>value & 1);
}

/** Where the varint taken last ends; 0 when it had more than 64 bits. */
export let varintEnd: usize = 0;

/** Reads up to 64 bits. Reads up to 10 bytes beyond `at`, whatever they are. */
// @ts-ignore
@inline
export function takeVarint(at: usize): u64 {
  const first = load<u8>(at);
  if (first < 128) {
    varintEnd = at + 1;
    return first;
  }
  const word = load<u64>(at);
  const ends = ~word & 0x8080808080808080;
  if (!ends) return takeLong(at, word);
  const bits = ctz(ends) + 1;
  varintEnd = at + <usize>(bits >>> 3);
  return gather(word & (~(<u64>0) >>> (64 - bits)));
}

/** Of more than eight bytes. */
function takeLong(at: usize, word: u64): u64 {
  const low = gather(word);
  const ninth = <u64>load<u8>(at, 8);
  if (ninth < 128) {
    varintEnd = at + 9;
    return low | (ninth << 56);
  }
  const tenth = <u64>load<u8>(at, 9);
  varintEnd = tenth > 1 ? 0 : at + 10;
  return low | ((ninth & 127) << 56) | (tenth << 63);
}

/** Where the bytes of a word that end a varint are: their top bits. 0 when eight bytes do not end it. */
// @ts-ignore
@inline
export function endsIn(word: u64): u64 {
  return ~word & 0x8080808080808080;
}

/** How many bytes a varint takes, of {@link endsIn} its word. */
// @ts-ignore
@inline
export function bytesTo(ends: u64): usize {
  return <usize>((ctz(ends) + 1) >>> 3);
}

/** A varint, of its word and {@link endsIn} that. */
// @ts-ignore
@inline
export function valueTo(ends: u64, word: u64): u64 {
  return gather(word & (ends ^ (ends - 1)));
}

/** The groups of seven bits of eight bytes, together. */
// @ts-ignore
@inline
export function gather(word: u64): u64 {
  let value = word & 0x7f7f7f7f7f7f7f7f;
  value = ((value & 0x7f007f007f007f00) >>> 1) | (value & 0x007f007f007f007f);
  value = ((value & 0x3fff00003fff0000) >>> 2) | (value & 0x00003fff00003fff);
  return ((value & 0x0fffffff00000000) >>> 4) | (value & 0x000000000fffffff);
}
