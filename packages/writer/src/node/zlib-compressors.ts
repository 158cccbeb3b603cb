import { constants, createDeflate, createZstdCompress, type Deflate, type ZstdCompress } from "node:zlib";
import { type Compressor, type CompressorStream, compressByStream } from "../compression/compressor.ts";

/** Settings of the zlib compressors. */
export interface LevelOptions {
  /** 1 is fast, higher is smaller. @default 1 */
  readonly level?: number;
}

/** Deflate (zlib container) on the thread pool: what `compress: true` means on Node. */
export function nodeDeflate(options: LevelOptions = {}): Compressor {
  const { level = 1 } = options;
  return zlibCompressor(
    "deflate",
    () => createDeflate({ level, memLevel: 9, chunkSize: roomBytes }),
    constants.Z_SYNC_FLUSH,
  );
}

/** Zstandard on the thread pool: smaller and faster than deflate, where the service takes it. */
export function nodeZstd(options: LevelOptions = {}): Compressor {
  const { level = 1 } = options;
  return zlibCompressor(
    "zstd",
    () =>
      createZstdCompress({
        params: { [constants.ZSTD_c_compressionLevel]: level },
        chunkSize: roomBytes,
      }),
    constants.ZSTD_e_flush,
  );
}

/**
 * How much output a compressor may make before it has to come back for more room. Coming back goes through the event
 * loop, where it waits behind the encoder: the small default costs a third of the throughput of the whole chain.
 */
const roomBytes = 512 * 1024;

function zlibCompressor(
  contentEncoding: string,
  open: () => Deflate | ZstdCompress,
  flushKind: number,
): Compressor {
  const compressor: Compressor = {
    contentEncoding,
    stream: () => zlibStream(open(), flushKind),
    compress: (chunks) => compressByStream(compressor, chunks),
  };
  return compressor;
}

function zlibStream(zlib: Deflate | ZstdCompress, flushKind: number): CompressorStream {
  let output: Uint8Array[] = [];
  let failure: Error | undefined;
  zlib.on("data", (chunk: Uint8Array) => output.push(chunk));
  zlib.on("error", (error) => {
    failure = error;
  });
  const step = (start: (done: (error?: Error | null) => void) => void): Promise<readonly Uint8Array[]> =>
    new Promise((resolve, reject) => {
      if (failure !== undefined) {
        reject(failure);
        return;
      }
      const onClose = (): void => reject(failure ?? new Error("The compressor was aborted"));
      zlib.once("close", onClose);
      start((error) => {
        zlib.off("close", onClose);
        if (error) {
          reject(error);
          return;
        }
        const taken = output;
        output = [];
        resolve(taken);
      });
    });
  return {
    write: (chunk) => step((done) => zlib.write(chunk, done)),
    flush: () => step((done) => zlib.flush(flushKind, () => done())),
    end: () =>
      step((done) => {
        zlib.once("end", () => done());
        zlib.end();
      }),
    abort: () => {
      zlib.destroy();
    },
  };
}
