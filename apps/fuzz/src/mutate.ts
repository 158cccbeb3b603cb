import type { Random } from "./random.ts";

/** Changes that leave everything where it is. */
const inPlace = [0, 1, 2, 7] as const;
/** Inputs do not grow beyond this. */
const maxBytes = 8192;
const extremes = [0, 1, 2, 7, 8, 0x0a, 0x0d, 0x20, 0x22, 0x2c, 0x2f, 0x3c, 0x7f, 0x80, 0xc0, 0xff];
const words32 = [0, 1, 0x7f, 0xff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff];
const encoder = new TextEncoder();

/** Changes real bytes in a few places, now and then in many, and sometimes makes all of them up. */
export function mutate(
  random: Random,
  seeds: readonly Uint8Array[],
  seed: number,
  words: readonly string[],
  isPlaced = false,
): Uint8Array {
  if (random.below(64) === 0) return Uint8Array.from({ length: random.below(200) }, () => random.below(256));
  const { buffer, byteOffset, byteLength } = seeds[seed]!;
  // Of a Buffer, `slice` would be no copy, and the seed itself be changed.
  let bytes: Uint8Array = new Uint8Array(buffer, byteOffset, byteLength);
  if (random.below(32) === 0) return bytes;
  for (let left = 1 + random.below(random.below(8) === 0 ? 12 : 3); left > 0; left--) {
    // Where bytes are found by their places, one more or less mostly makes nonsense of all behind it.
    const how =
      isPlaced && random.below(8) > 0 ? random.pick(inPlace) : random.below(words.length > 0 ? 10 : 8);
    bytes = changed(how, random, bytes, seeds, words);
  }
  return bytes.length > maxBytes ? bytes.slice(0, maxBytes) : bytes;
}

function changed(
  how: number,
  random: Random,
  bytes: Uint8Array,
  seeds: readonly Uint8Array[],
  words: readonly string[],
): Uint8Array {
  const at = random.below(bytes.length + 1);
  switch (how) {
    case 0: {
      const copy = bytes.slice();
      if (at < copy.length) copy[at]! ^= 1 << random.below(8);
      return copy;
    }
    case 1: {
      const copy = bytes.slice();
      if (at < copy.length) copy[at] = random.pick(extremes);
      return copy;
    }
    case 2: {
      const copy = bytes.slice();
      if (at + 4 <= copy.length) {
        new DataView(copy.buffer).setUint32(at, random.pick(words32), random.below(2) === 0);
      }
      return copy;
    }
    case 3:
      return spliced(bytes, at, random.below(1 + Math.min(16, bytes.length - at)), noBytes);
    case 4:
      return spliced(
        bytes,
        at,
        random.below(2),
        Uint8Array.from({ length: 1 + random.below(4) }, () => random.below(256)),
      );
    case 5: {
      // Something from here or from another input.
      const from = random.below(2) === 0 ? bytes : random.pick(seeds);
      const start = random.below(from.length + 1);
      return spliced(bytes, at, 0, from.subarray(start, start + random.below(64)));
    }
    case 6:
      return random.below(3) === 0
        ? bytes.slice(0, at)
        : spliced(bytes, at, random.below(3), varint(random.pick(words32)));
    case 7: {
      const copy = bytes.slice();
      if (at < copy.length) copy[at] = random.below(256);
      return copy;
    }
    default:
      return spliced(bytes, at, random.below(4), encoder.encode(random.pick(words)));
  }
}

const noBytes = new Uint8Array(0);

function spliced(bytes: Uint8Array, at: number, removed: number, put: Uint8Array): Uint8Array {
  const tail = bytes.subarray(Math.min(bytes.length, at + removed));
  const result = new Uint8Array(at + put.length + tail.length);
  result.set(bytes.subarray(0, at));
  result.set(put, at);
  result.set(tail, at + put.length);
  return result;
}

/** A number as the record format writes it. */
export function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Uint8Array.from([...bytes, rest]);
}
