import { type Compressor, type CompressorStream, compressByStream } from "../compression/compressor.ts";
import { loadPeer } from "./peer.ts";

/**
 * LZ4 frames with independent blocks (some readers take no others), compressed on the thread pool by the optional
 * peer `lz4-napi`.
 *
 * @throws WriterError `compressor-missing` when the package is not installed
 */
export async function nodeLz4(): Promise<Compressor> {
  const { compress } = await loadPeer("lz4-napi", () => import("lz4-napi"));
  const compressor: Compressor = {
    contentEncoding: "x-lz4-frame",
    stream: () => frameStream((piece) => compress(piece)),
    compress: (chunks) => compressByStream(compressor, chunks),
  };
  return compressor;
}

/** Magic number, version 1 with independent blocks of at most 4 MiB, and the header's checksum byte. */
const frameHeader: readonly number[] = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73];
const blockBytes = 4 * 1024 * 1024;
const storedPlain = 0x80000000;
/** The library puts the plain length in front of each block, where a frame has the compressed one. */
const prefixBytes = 4;

/** Every write ends in whole blocks, so there is never anything to flush. */
function frameStream(compress: (piece: Uint8Array) => Promise<Uint8Array>): CompressorStream {
  let opened = false;
  const opening = (): Uint8Array[] => {
    if (opened) return [];
    opened = true;
    return [Uint8Array.from(frameHeader)];
  };
  return {
    async write(chunk) {
      const output = opening();
      for (let at = 0; at < chunk.byteLength; at += blockBytes) {
        const piece = chunk.subarray(at, at + blockBytes);
        const packed = (await compress(piece)).subarray(prefixBytes);
        const pays = packed.byteLength < piece.byteLength;
        output.push(block(pays ? packed : piece, pays ? 0 : storedPlain));
      }
      return output;
    },
    flush: async () => [],
    end: async () => [...opening(), new Uint8Array(4)],
    abort: () => {},
  };
}

function block(payload: Uint8Array, mark: number): Uint8Array {
  const framed = new Uint8Array(4 + payload.byteLength);
  new DataView(framed.buffer).setUint32(0, payload.byteLength + mark, true);
  framed.set(payload, 4);
  return framed;
}
