import { crc32c } from "@maxcompute-tunnel/codec";
import { type Compressor, compressByStream } from "@maxcompute-tunnel/writer";

/**
 * Snappy frames whose chunks are stored as they are: a real container with real checksums that takes no thread, so that
 * its output comes at one moment only.
 */
export const storedSnappy: Compressor = {
  contentEncoding: "x-snappy-framed",
  compress: (chunks) => compressByStream(storedSnappy, chunks),
  stream: () => {
    let begun = false;
    const begin = (): Uint8Array[] => {
      const head = begun ? [] : [Uint8Array.of(0xff, 6, 0, 0, ...new TextEncoder().encode("sNaPpY"))];
      begun = true;
      return head;
    };
    return {
      write: async (chunk) => [...begin(), ...[...pieces(chunk)].map(storedChunk)],
      flush: async () => begin(),
      end: async () => begin(),
      abort: () => undefined,
    };
  },
};

const chunkBytes = 65_536;

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += chunkBytes) {
    yield bytes.subarray(from, from + chunkBytes);
  }
}

/** Type 1, three bytes of length, the masked checksum, the bytes. */
function storedChunk(bytes: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(8 + bytes.length);
  const length = bytes.length + 4;
  const sum = crc32c(bytes);
  chunk.set([1, length & 0xff, (length >> 8) & 0xff, length >> 16]);
  new DataView(chunk.buffer).setUint32(4, (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0, true);
  chunk.set(bytes, 8);
  return chunk;
}
