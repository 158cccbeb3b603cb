import { type Compressor, type CompressorStream, compressByStream } from "./compressor.ts";

/**
 * Deflate (zlib container) by the platform's `CompressionStream`, for browsers, Deno and workers.
 *
 * Its level is the platform's choice and its streams cannot be flushed: where rows trickle in slowly, prefer no
 * compression. On Node, `nodeDeflate` from `@maxcompute-tunnel/writer/node` has neither limit.
 */
export function webDeflate(): Compressor {
  const compressor: Compressor = {
    contentEncoding: "deflate",
    stream: openStream,
    compress: (chunks) => compressByStream(compressor, chunks),
  };
  return compressor;
}

function openStream(): CompressorStream {
  const { readable, writable } = new CompressionStream("deflate");
  const writer = writable.getWriter();
  const reader = readable.getReader();
  let output: Uint8Array[] = [];
  const pump = async (): Promise<void> => {
    for (let next = await reader.read(); !next.done; next = await reader.read()) output.push(next.value);
  };
  const pumping = pump();
  // A failure also rejects the write or the close that met it; this only keeps it from going unhandled.
  pumping.catch(() => {});
  const takeOutput = (): readonly Uint8Array[] => {
    const taken = output;
    output = [];
    return taken;
  };
  return {
    async write(chunk) {
      await writer.write(chunk as Uint8Array<ArrayBuffer>);
      return takeOutput();
    },
    async flush() {
      return takeOutput();
    },
    async end() {
      await writer.close();
      await pumping;
      return takeOutput();
    },
    abort() {
      output = [];
      writer.abort().catch(() => {});
    },
  };
}
