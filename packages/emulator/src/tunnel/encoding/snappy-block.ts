/**
 * Decodes one Snappy block of at most `maxBytes` decoded bytes.
 *
 * @throws Error when the block is damaged; never writes or reads outside of it
 */
export function decodeSnappyBlock(block: Uint8Array, maxBytes: number): Uint8Array {
  let from = 0;
  const next = (): number => {
    const byte = block[from];
    if (byte === undefined) {
      throw new Error("a Snappy block ends within an element");
    }
    from += 1;
    return byte;
  };
  const little = (bytes: number): number => {
    let value = 0;
    for (let index = 0; index < bytes; index += 1) {
      value += next() * 2 ** (8 * index);
    }
    return value;
  };

  const length = varint(next);
  if (length > maxBytes) {
    throw new Error(`a Snappy block claims ${length} bytes`);
  }
  const output = new Uint8Array(length);
  let to = 0;
  while (from < block.length) {
    const tag = next();
    if ((tag & 3) === 0) {
      const short = tag >> 2;
      const count = (short < 60 ? short : little(short - 59)) + 1;
      if (count > block.length - from || count > length - to) {
        throw new Error("a Snappy literal reaches over the end");
      }
      output.set(block.subarray(from, from + count), to);
      from += count;
      to += count;
      continue;
    }
    const kind = tag & 3;
    const count = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const offset = kind === 1 ? ((tag >> 5) << 8) | next() : little(kind === 2 ? 2 : 4);
    if (offset === 0 || offset > to || count > length - to) {
      throw new Error("a Snappy copy reaches outside of the block");
    }
    copyWithin(output, to, offset, count);
    to += count;
  }
  if (to !== length) {
    throw new Error(`a Snappy block holds ${to} bytes instead of the ${length} it claims`);
  }
  return output;
}

/** Repeats what lies `offset` bytes back; source and target may overlap, which repeats a pattern. */
export function copyWithin(bytes: Uint8Array, to: number, offset: number, count: number): void {
  if (offset >= count) {
    bytes.copyWithin(to, to - offset, to - offset + count);
    return;
  }
  for (let index = to; index < to + count; index += 1) {
    bytes[index] = bytes[index - offset] ?? 0;
  }
}

function varint(next: () => number): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = next();
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) {
      return value;
    }
  }
  throw new Error("the length of a Snappy block is too long");
}
