/**
 * Reads small numbers in runs: many of one, or packed bit by bit, as levels and indices into dictionaries are.
 *
 * @param width bits of each number
 * @throws Error when the bytes end before the numbers do
 */
export function readRuns(
  bytes: Uint8Array,
  start: number,
  end: number,
  width: number,
  output: Uint8Array | Int32Array,
): void {
  if (width > 32) throw new Error(`numbers of ${width} bits`);
  let at = start;
  let seen = 0;
  while (seen < output.length) {
    let header = 0;
    for (let shift = 0, byte = 0x80; byte >= 0x80; shift += 7) {
      if (at >= end || shift > 28) throw new Error("levels or indices that are cut off");
      byte = bytes[at++]!;
      header |= (byte & 0x7f) << shift;
    }
    const count = header >>> 1;
    if ((header & 1) === 1) {
      const packed = Math.min(count * 8, output.length - seen);
      if (at + Math.ceil((packed * width) / 8) > end) throw new Error("levels or indices that are cut off");
      unpackBits(bytes, at, width, output, seen, packed);
      at += count * width;
      seen += packed;
    } else {
      let value = 0;
      for (let shift = 0; shift < width; shift += 8) value |= (bytes[at++] ?? 0) << shift;
      if (at > end || count === 0) throw new Error("levels or indices that are cut off");
      const run = Math.min(count, output.length - seen);
      output.fill(value, seen, seen + run);
      seen += run;
    }
  }
}

function unpackBits(
  bytes: Uint8Array,
  start: number,
  width: number,
  output: Uint8Array | Int32Array,
  first: number,
  count: number,
): void {
  const mask = width === 32 ? -1 : (1 << width) - 1;
  let bit = start * 8;
  for (let index = first; index < first + count; index += 1) {
    const at = Math.floor(bit / 8);
    const shift = bit % 8;
    let value =
      ((bytes[at] ?? 0) |
        ((bytes[at + 1] ?? 0) << 8) |
        ((bytes[at + 2] ?? 0) << 16) |
        ((bytes[at + 3] ?? 0) << 24)) >>>
      shift;
    if (shift + width > 32) value |= (bytes[at + 4] ?? 0) << (32 - shift);
    output[index] = value & mask;
    bit += width;
  }
}

/** Bits that numbers up to this one take. */
export function bitsOf(largest: number): number {
  return 32 - Math.clz32(largest);
}
