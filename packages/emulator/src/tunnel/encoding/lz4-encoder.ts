import type { FrameEncoder } from "./frame-encoder.ts";
import { findMatches } from "./match-finder.ts";

/** Magic number, version 1 with independent blocks of at most 64 KiB, and the header's checksum byte. */
const frameHeader = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82];
const maxBlockBytes = 65_536;
const storedPlain = 0x80000000;

/**
 * Writes LZ4 frames (`x-lz4-frame`, `x-odps-lz4-frame`).
 *
 * protocol: MaxCompute Tunnel, table download: blocks are independent, the Java client reads no others.
 */
export function lz4FrameEncoder(): FrameEncoder {
  return {
    blockBytes: maxBlockBytes,
    begin: () => Uint8Array.from(frameHeader),
    block(data) {
      const packed = encodeLz4Block(data);
      const pays = packed.length < data.length;
      const content = pays ? packed : data;
      const block = new Uint8Array(4 + content.length);
      new DataView(block.buffer).setUint32(0, content.length + (pays ? 0 : storedPlain), true);
      block.set(content, 4);
      return block;
    },
    end: () => new Uint8Array(4),
  };
}

/** One LZ4 block. */
function encodeLz4Block(data: Uint8Array): Uint8Array {
  const output = new Uint8Array(data.length + Math.ceil(data.length / 255) + 16);
  let to = 0;
  const more = (length: number): void => {
    let rest = length;
    for (; rest >= 255; rest -= 255) {
      output[to++] = 255;
    }
    output[to++] = rest;
  };
  const sequence = (from: number, end: number, matchLength: number): void => {
    const count = end - from;
    output[to++] = (Math.min(count, 15) << 4) | Math.min(matchLength, 15);
    if (count >= 15) {
      more(count - 15);
    }
    output.set(data.subarray(from, end), to);
    to += count;
  };
  const end = findMatches(data, (literalFrom, at, offset, length) => {
    sequence(literalFrom, at, length - 4);
    output[to++] = offset & 255;
    output[to++] = offset >> 8;
    if (length - 4 >= 15) {
      more(length - 4 - 15);
    }
  });
  sequence(end, data.length, 0);
  return output.subarray(0, to);
}
