// @boundaries-ignore parsers are fuzzed in their sources
import type { FrameDecoder } from "../../../../packages/emulator/src/tunnel/encoding/frame-decoder.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import type { FrameEncoder } from "../../../../packages/emulator/src/tunnel/encoding/frame-encoder.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { lz4FrameEncoder } from "../../../../packages/emulator/src/tunnel/encoding/lz4-encoder.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { lz4FrameDecoder } from "../../../../packages/emulator/src/tunnel/encoding/lz4-frame.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { snappyFrameEncoder } from "../../../../packages/emulator/src/tunnel/encoding/snappy-encoder.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { snappyFrameDecoder } from "../../../../packages/emulator/src/tunnel/encoding/snappy-frame.ts";
import { type FuzzTarget, refusing, type Verdict } from "../fuzz-target.ts";
import { rightLz4, rightSnappy } from "./right-frames.ts";

const encoder = new TextEncoder();
const plain = [
  "",
  "a",
  "abcabcabcabcabcabcabcabcabcabcabc".repeat(4),
  "the quick brown fox jumps over the lazy dog, the lazy dog",
  Array.from({ length: 300 }, (_, index) => `${index * 7919}`).join(","),
].map((text) => encoder.encode(text));

/** Bodies in the framing format of snappy. */
export const snappy: FuzzTarget = {
  name: "bodies in snappy",
  share: 60,
  seeds: plain.map((bytes) => encoded(snappyFrameEncoder(), bytes)),
  repair: rightSnappy,
  read: (bytes) => unpack(snappyFrameDecoder(), bytes, 65_536),
};

/** Bodies in frames of lz4. */
export const lz4: FuzzTarget = {
  name: "bodies in lz4",
  share: 60,
  seeds: [
    ...plain.map((bytes) => encoded(lz4FrameEncoder(), bytes)),
    // Chained blocks, a content size and checksums of blocks, as the official libraries write them.
    ...[
      "04224d186040820b000080616263616263616263616200000000",
      "04224d1874400c0000000000000010 0c000080616263616263616263616263aabbccdd00000000aabbccdd",
      "502a4d1803000000010203 04224d186040820100008061 00000000",
    ].map((hex) => new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex"))),
  ],
  repair: rightLz4,
  read: (bytes) => unpack(lz4FrameDecoder(), bytes, 4 * 1024 * 1024),
};

function encoded(to: FrameEncoder, bytes: Uint8Array): Uint8Array {
  return Buffer.concat([to.begin(), ...(bytes.length > 0 ? [to.block(bytes)] : []), to.end()]);
}

function unpack(from: FrameDecoder, bytes: Uint8Array, blockBytes: number): Verdict {
  return refusing(
    (error) => error instanceof Error && error.constructor === Error,
    () => {
      let length = 0;
      for (const half of [bytes.subarray(0, bytes.length >> 1), bytes.subarray(bytes.length >> 1)]) {
        for (const piece of from.push(half)) length += piece.length;
      }
      from.end();
      // Each block has at least four bytes, and gives no more than a whole one.
      if (length > Math.ceil(bytes.length / 4) * blockBytes)
        throw new RangeError(`${length} bytes of ${bytes.length}`);
    },
  );
}
