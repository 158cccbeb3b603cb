import { copyWithin } from "./snappy-block.ts";

/**
 * Decodes one LZ4 block into `output` from `start` on, and returns where it ends there.
 *
 * Matches may reach back before `start`: that is where chained blocks keep their history.
 *
 * @throws Error when the block is damaged; never writes or reads outside of the arrays
 */
export function decodeLz4Block(block: Uint8Array, output: Uint8Array, start: number): number {
  let from = 0;
  let to = start;
  const next = (): number => {
    const byte = block[from];
    if (byte === undefined) {
      throw new Error("an LZ4 block ends within a sequence");
    }
    from += 1;
    return byte;
  };
  const lengthFrom = (nibble: number): number => {
    let length = nibble;
    for (let more = nibble === 15 ? 255 : 0; more === 255; ) {
      more = next();
      length += more;
    }
    return length;
  };

  while (from < block.length) {
    const token = next();
    const literals = lengthFrom(token >> 4);
    if (literals > block.length - from || literals > output.length - to) {
      throw new Error("an LZ4 literal reaches over the end");
    }
    output.set(block.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    if (from === block.length) {
      return to;
    }
    const offset = next() | (next() << 8);
    const count = lengthFrom(token & 15) + 4;
    if (offset === 0 || offset > to || count > output.length - to) {
      throw new Error("an LZ4 match reaches outside of the block");
    }
    copyWithin(output, to, offset, count);
    to += count;
  }
  throw new Error("an LZ4 block has no last literals");
}
