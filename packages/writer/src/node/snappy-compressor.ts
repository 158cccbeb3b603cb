import { crc32c } from "@maxcompute-tunnel/codec";
import { type Compressor, type CompressorStream, compressByStream } from "../compression/compressor.ts";
import { loadPeer } from "./peer.ts";

/**
 * Snappy in its framing format, compressed on the thread pool by the optional peer `snappy`.
 *
 * @throws WriterError `compressor-missing` when the package is not installed
 */
export async function nodeSnappy(): Promise<Compressor> {
  const { compress } = await loadPeer("snappy", () => import("snappy"));
  const compressor: Compressor = {
    contentEncoding: "x-snappy-framed",
    stream: () => framedStream((piece) => compress(piece)),
    compress: (chunks) => compressByStream(compressor, chunks),
  };
  return compressor;
}

/** The frame of its own that opens a stream: type 0xff, six bytes, "sNaPpY". */
const streamIdentifier: readonly number[] = [0xff, 6, 0, 0, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59];
const pieceBytes = 65536;

/** Every write ends in whole frames, so there is never anything to flush. */
function framedStream(compress: (piece: Uint8Array) => Promise<Uint8Array>): CompressorStream {
  let opened = false;
  const opening = (): Uint8Array[] => {
    if (opened) return [];
    opened = true;
    return [Uint8Array.from(streamIdentifier)];
  };
  return {
    async write(chunk) {
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < chunk.byteLength; at += pieceBytes)
        pieces.push(chunk.subarray(at, at + pieceBytes));
      const packed = await Promise.all(pieces.map(compress));
      const output = opening();
      for (const [index, piece] of pieces.entries()) {
        const small = packed[index];
        const pays = small !== undefined && small.byteLength < piece.byteLength;
        output.push(frame(pays ? 0 : 1, piece, pays ? small : piece));
      }
      return output;
    },
    flush: async () => [],
    end: async () => opening(),
    abort: () => {},
  };
}

/** One frame: its type, the length of what follows (24 bits), the masked CRC-32C of the plain bytes, the payload. */
function frame(type: 0 | 1, plain: Uint8Array, payload: Uint8Array): Uint8Array {
  const framed = new Uint8Array(8 + payload.byteLength);
  const view = new DataView(framed.buffer);
  view.setUint32(0, type | ((4 + payload.byteLength) << 8), true);
  const checksum = crc32c(plain) >>> 0;
  view.setUint32(4, ((checksum >>> 15) | (checksum << 17)) + 0xa282ead8, true);
  framed.set(payload, 8);
  return framed;
}
