import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import { snappyUncompress } from "hyparquet/src/snappy.js";
import { unpackLz4, unpackLz4Frames } from "../../input/lz4.ts";

/**
 * Unpacks a page's bytes.
 *
 * @param unpackedBytes what they become, as the page says
 * @throws Error without a place
 */
export function unpackPage(bytes: Uint8Array, codec: string, unpackedBytes: number): Uint8Array {
  if (unpackedBytes > largestPage) throw new Error(`a page of ${unpackedBytes} bytes`);
  const page = unpackAs(bytes, codec, unpackedBytes);
  if (page.byteLength !== unpackedBytes) {
    throw new Error(`a page of ${page.byteLength} bytes where ${unpackedBytes} are promised`);
  }
  // What zlib gives is a Buffer, whose `slice` is no copy.
  return new Uint8Array(page.buffer, page.byteOffset, page.byteLength);
}

function unpackAs(bytes: Uint8Array, codec: string, unpackedBytes: number): Uint8Array {
  // An empty page may have no bytes at all.
  if (unpackedBytes === 0) return bytes.subarray(0, 0);
  const limit = { maxOutputLength: unpackedBytes };
  switch (codec) {
    case "UNCOMPRESSED":
      return bytes;
    case "SNAPPY": {
      const page = new Uint8Array(unpackedBytes);
      snappyUncompress(bytes, page);
      return page;
    }
    case "GZIP":
      return gunzipSync(bytes, limit);
    case "BROTLI":
      return brotliDecompressSync(bytes, limit);
    case "ZSTD":
      return zstdDecompressSync(bytes, limit);
    case "LZ4_RAW":
      return unpackLz4(bytes, unpackedBytes);
    case "LZ4":
      return unpackLz4Frames(bytes, unpackedBytes);
    default:
      throw new Error(`the compression ${codec}, which is not read`);
  }
}

const largestPage = 1024 * 1024 * 1024;
