import { crc32c } from "@maxcompute-tunnel/codec";
// @boundaries-ignore parsers are fuzzed in their sources
import { decodeSnappyBlock } from "../../../../packages/emulator/src/tunnel/encoding/snappy-block.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { xxh32 } from "../../../../packages/emulator/src/tunnel/encoding/xxh32.ts";

/** A snappy body whose chunks end where it does, with the checksum of every chunk made right that can be unpacked. */
export function rightSnappy(bytes: Uint8Array): Uint8Array {
  const right = bytes.slice();
  right.set(snappyStart.subarray(0, right.length));
  const view = new DataView(right.buffer);
  for (let at = 0; at + 8 <= right.length; ) {
    const type = right[at]!;
    const said = right[at + 1]! | (right[at + 2]! << 8) | (right[at + 3]! << 16);
    const length = Math.min(said, right.length - at - 4);
    for (let byte = 0; byte < 3; byte++) right[at + 1 + byte] = length >>> (8 * byte);
    const content = right.subarray(at + 8, at + 4 + length);
    if (type < 2 && length >= 4) {
      const data = type === 1 ? content : unpacked(content);
      if (data !== undefined) {
        const crc = crc32c(data);
        view.setUint32(at + 4, (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0, true);
      }
    }
    at += 4 + length;
  }
  return right;
}

/** An lz4 body whose last block ends where it does, with the checksums of its header and its blocks made right. */
export function rightLz4(bytes: Uint8Array): Uint8Array {
  const right = new Uint8Array(bytes.length + (bytes.at(-1) === 0 ? 0 : 4));
  right.set(bytes);
  const view = new DataView(right.buffer);
  if (right.length < 7 || view.getUint32(0, true) !== 0x184d2204) return right;
  const flags = right[4]!;
  const end = 6 + (flags & 8 ? 8 : 0) + (flags & 1 ? 4 : 0);
  if (end >= right.length) return right;
  right[end] = xxh32(right.subarray(4, end)) >>> 8;
  const checksumBytes = flags & 16 ? 4 : 0;
  for (let at = end + 1; at + 12 <= right.length; ) {
    const said = view.getUint32(at, true);
    const length = Math.min(said & 0x7fffffff, right.length - at - 8 - checksumBytes);
    if (said === 0 || length <= 0) break;
    view.setUint32(at, ((said & 0x80000000) | length) >>> 0, true);
    if (checksumBytes > 0) {
      view.setUint32(at + 4 + length, xxh32(right.subarray(at + 4, at + 4 + length)), true);
    }
    at += 4 + length + checksumBytes;
  }
  return right;
}

const snappyStart = Uint8Array.of(0xff, 6, 0, 0, ...Buffer.from("sNaPpY"));

function unpacked(content: Uint8Array): Uint8Array | undefined {
  try {
    return decodeSnappyBlock(content, 65_536);
  } catch {
    return undefined;
  }
}
