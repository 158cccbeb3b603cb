/** Unpacks one LZ4 block. @throws Error when it is damaged */
export function unpackLz4(input: Uint8Array, outputBytes: number): Uint8Array {
  const output = new Uint8Array(outputBytes);
  const written = unpackInto(input, output, 0);
  if (written !== outputBytes) throw new Error(`LZ4 data that ends after ${written} bytes`);
  return output;
}

/**
 * Unpacks what the codec `LZ4` of Parquet may stand for: Hadoop's way, in which each block has the sizes of what it
 * becomes and of itself before it, or a block alone. Writers did both under one name.
 */
export function unpackLz4Frames(input: Uint8Array, outputBytes: number): Uint8Array {
  const output = new Uint8Array(outputBytes);
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  let at = 0;
  let written = 0;
  try {
    while (at + 8 <= input.byteLength) {
      const becomes = view.getUint32(at);
      const size = view.getUint32(at + 4);
      at += 8;
      if (size > input.byteLength - at || becomes > outputBytes - written) throw new Error("no such frame");
      const end = unpackInto(input.subarray(at, at + size), output, written);
      if (end !== written + becomes) throw new Error("no such frame");
      written = end;
      at += size;
    }
    if (at === input.byteLength && written === outputBytes) return output;
  } catch {
    // Then it is a block alone.
  }
  return unpackLz4(input, outputBytes);
}

/**
 * Unpacks LZ4's frame format, as Arrow uses it.
 *
 * @throws Error when it is damaged
 */
export function unpackLz4Frame(input: Uint8Array): Uint8Array {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  if (view.getUint32(0, true) !== 0x184d2204) throw new Error("LZ4 data that is no frame");
  const flags = view.getUint8(4);
  const blockBytes = 1 << (8 + 2 * ((view.getUint8(5) >> 4) & 7));
  const [hasBlockSums, hasSize, hasDictionary] = [flags & 0x10, flags & 0x08, flags & 0x01];
  if (hasDictionary !== 0) throw new Error("LZ4 data that needs a dictionary");
  let at = hasSize === 0 ? 7 : 15;
  let output = new Uint8Array(Math.max(blockBytes, input.length * 4));
  let written = 0;
  for (;;) {
    const size = view.getUint32(at, true);
    at += 4;
    if (size === 0) return output.subarray(0, written);
    if (output.length < written + blockBytes) {
      const larger = new Uint8Array(Math.max(output.length * 2, written + blockBytes));
      larger.set(output.subarray(0, written));
      output = larger;
    }
    const bytes = size & 0x7fff_ffff;
    if (bytes > input.length - at) throw new Error("LZ4 data that is cut off");
    const block = input.subarray(at, at + bytes);
    // A block may point back into those before it.
    if (size === bytes) written = unpackInto(block, output, written, 0);
    else {
      output.set(block, written);
      written += bytes;
    }
    at += bytes + (hasBlockSums === 0 ? 0 : 4);
  }
}

/** Gives where in the output it ended; `lowest` is as far as it may point back. */
function unpackInto(input: Uint8Array, output: Uint8Array, start: number, lowest = start): number {
  let from = 0;
  let to = start;
  const length = (nibble: number): number => {
    if (nibble < 15) return nibble;
    let total = nibble;
    for (let byte = 255; byte === 255; total += byte) {
      if (from >= input.length) throw new Error("LZ4 data that is cut off");
      byte = input[from++]!;
    }
    return total;
  };
  while (from < input.length) {
    const token = input[from++]!;
    const literals = length(token >> 4);
    if (from + literals > input.length || to + literals > output.length)
      throw new Error("LZ4 data that is too long");
    output.set(input.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    if (from >= input.length) break;
    const distance = input[from]! | (input[from + 1]! << 8);
    from += 2;
    const match = length(token & 15) + 4;
    if (distance === 0 || distance > to - lowest || to + match > output.length) {
      throw new Error("LZ4 data that points outside");
    }
    if (distance >= match) output.copyWithin(to, to - distance, to - distance + match);
    else for (let index = 0; index < match; index += 1) output[to + index] = output[to + index - distance]!;
    to += match;
  }
  return to;
}
