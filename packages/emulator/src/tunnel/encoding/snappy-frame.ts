import { crc32c } from "@maxcompute-tunnel/codec";
import { ByteQueue } from "./byte-queue.ts";
import type { FrameDecoder } from "./frame-decoder.ts";
import { decodeSnappyBlock } from "./snappy-block.ts";

const streamIdentifier = "sNaPpY";
/** A chunk holds at most this much data. */
const maxDataBytes = 65_536;
/** What that can be compressed to at worst, with its checksum. */
const maxChunkBytes = 4 + 32 + maxDataBytes + Math.floor(maxDataBytes / 6);

/** Decodes the Snappy framing format (`x-snappy-framed`), checking the checksum of every chunk. */
export function snappyFrameDecoder(): FrameDecoder {
  const queue = new ByteQueue();
  let skip = 0;
  let started = false;

  const readChunk = (type: number, chunk: Uint8Array): Uint8Array | undefined => {
    if (type === 0xff) {
      if (Buffer.from(chunk).toString("latin1") !== streamIdentifier) {
        throw new Error("the Snappy stream identifier is wrong");
      }
      started = true;
      return undefined;
    }
    if (!started) {
      throw new Error("the body does not begin with the Snappy stream identifier");
    }
    if (type > 0x01) {
      throw new Error(`a Snappy chunk has the unknown type ${type}`);
    }
    if (chunk.length < 4) {
      throw new Error("a Snappy chunk is too short for its checksum");
    }
    const checksum = new DataView(chunk.buffer, chunk.byteOffset).getUint32(0, true);
    const content = chunk.subarray(4);
    const data = type === 0x00 ? decodeSnappyBlock(content, maxDataBytes) : Uint8Array.from(content);
    if (data.length > maxDataBytes) {
      throw new Error("a Snappy chunk holds more than 65536 bytes");
    }
    if (masked(crc32c(data)) !== checksum) {
      throw new Error("a Snappy chunk does not fit its checksum");
    }
    return data;
  };

  return {
    push(bytes) {
      queue.add(bytes);
      const decoded: Uint8Array[] = [];
      for (;;) {
        skip -= queue.take(Math.min(skip, queue.length))?.length ?? 0;
        const head = skip > 0 ? undefined : queue.peek(4);
        if (head === undefined) {
          return decoded;
        }
        const [type = 0, low = 0, middle = 0, high = 0] = head;
        const length = low | (middle << 8) | (high << 16);
        if (type >= 0x80 && type <= 0xfe) {
          queue.take(4);
          skip = length;
          continue;
        }
        if (length > maxChunkBytes) {
          throw new Error(`a Snappy chunk claims ${length} bytes`);
        }
        const chunk = queue.take(4 + length);
        if (chunk === undefined) {
          return decoded;
        }
        const data = readChunk(type, chunk.subarray(4));
        if (data !== undefined && data.length > 0) {
          decoded.push(data);
        }
      }
    },
    end() {
      if (!started || skip > 0 || queue.length > 0) {
        throw new Error("the Snappy stream ends within a chunk");
      }
    },
  };
}

/** Checksums are stored rotated and shifted, so that data holding checksums does not confuse them. */
function masked(checksum: number): number {
  return (((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0;
}
