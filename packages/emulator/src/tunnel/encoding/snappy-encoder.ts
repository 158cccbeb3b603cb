import { crc32c } from "@maxcompute-tunnel/codec";
import type { FrameEncoder } from "./frame-encoder.ts";
import { findMatches } from "./match-finder.ts";

const streamIdentifier = [0xff, 6, 0, 0, ...Buffer.from("sNaPpY")];
/** A chunk holds at most this much data. */
const maxDataBytes = 65_536;

/** Writes the Snappy framing format (`x-snappy-framed`). */
export function snappyFrameEncoder(): FrameEncoder {
  return {
    blockBytes: maxDataBytes,
    begin: () => Uint8Array.from(streamIdentifier),
    block(data) {
      const packed = encodeSnappyBlock(data);
      const pays = packed.length < data.length;
      const content = pays ? packed : data;
      const chunk = new Uint8Array(8 + content.length);
      const view = new DataView(chunk.buffer);
      view.setUint32(0, (pays ? 0x00 : 0x01) | ((content.length + 4) << 8), true);
      view.setUint32(4, masked(crc32c(data)), true);
      chunk.set(content, 8);
      return chunk;
    },
    end: () => new Uint8Array(0),
  };
}

/** One Snappy block of at most 64 KiB of data. */
function encodeSnappyBlock(data: Uint8Array): Uint8Array {
  // Literals take a tag of up to three bytes each 64 KiB, copies never more than what they stand for.
  const output = new Uint8Array(32 + data.length + Math.ceil(data.length / 6));
  let to = 0;
  for (let rest = data.length; ; rest >>>= 7) {
    output[to++] = rest < 128 ? rest : (rest & 127) | 128;
    if (rest < 128) {
      break;
    }
  }
  const literal = (from: number, end: number): void => {
    const count = end - from;
    if (count === 0) {
      return;
    }
    const tag = count - 1;
    if (tag < 60) {
      output[to++] = tag << 2;
    } else if (tag < 256) {
      output[to++] = 60 << 2;
      output[to++] = tag;
    } else {
      output[to++] = 61 << 2;
      output[to++] = tag & 255;
      output[to++] = tag >> 8;
    }
    output.set(data.subarray(from, end), to);
    to += count;
  };
  const end = findMatches(data, (literalFrom, at, offset, length) => {
    literal(literalFrom, at);
    for (let rest = length; rest > 0; ) {
      const count = Math.min(rest, 64);
      output[to++] = ((count - 1) << 2) | 2;
      output[to++] = offset & 255;
      output[to++] = offset >> 8;
      rest -= count;
    }
  });
  literal(end, data.length);
  return output.subarray(0, to);
}

/** Checksums are stored rotated and shifted, so that data holding checksums does not confuse them. */
function masked(checksum: number): number {
  return (((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0;
}
