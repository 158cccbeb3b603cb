import * as zlib from "node:zlib";
import { type Compressor, type CompressorStream, compressByStream } from "../compression/compressor.ts";
import { WriterError } from "../errors.ts";

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
    () => zlib.createDeflate({ level, memLevel: 9, chunkSize: roomBytes }),
    zlib.constants.Z_SYNC_FLUSH,
  );
}

/**
 * Zstandard on the thread pool: smaller and faster than deflate, where the service takes it.
 *
 * @throws WriterError `compressor-missing` before Node 22.15, which has none
 */
export function nodeZstd(options: LevelOptions = {}): Compressor {
  const { level = 1 } = options;
  if (typeof zlib.createZstdCompress !== "function") {
    throw new WriterError("Zstandard needs Node 22.15 or newer; use deflate on older ones", {
      code: "compressor-missing",
    });
  }
  return zlibCompressor(
    "zstd",
    () =>
      zlib.createZstdCompress({
        params: { [zlib.constants.ZSTD_c_compressionLevel]: level },
        chunkSize: roomBytes,
      }),
    zlib.constants.ZSTD_e_flush,
  );
}

/**
 * How much output a compressor may make before it has to come back for more room. Coming back goes through the event
 * loop, where it waits behind the encoder: the small default costs a third of the throughput of the whole chain.
 */
const roomBytes = 512 * 1024;

function zlibCompressor(
  contentEncoding: string,
  open: () => zlib.Deflate | zlib.ZstdCompress,
  flushKind: number,
): Compressor {
  const compressor: Compressor = {
    contentEncoding,
    stream: () => zlibStream(open(), flushKind),
    compress: (chunks) => compressByStream(compressor, chunks),
  };
  return compressor;
}

function zlibStream(engine: zlib.Deflate | zlib.ZstdCompress, flushKind: number): CompressorStream {
  let output: Uint8Array[] = [];
  let failure: Error | undefined;
  engine.on("data", (chunk: Uint8Array) => output.push(chunk));
  engine.on("error", (error) => {
    failure = error;
  });
  const step = (start: (done: (error?: Error | null) => void) => void): Promise<readonly Uint8Array[]> =>
    new Promise((resolve, reject) => {
      if (failure !== undefined) {
        reject(failure);
        return;
      }
      const onClose = (): void => reject(failure ?? new Error("The compressor was aborted"));
      engine.once("close", onClose);
      start((error) => {
        engine.off("close", onClose);
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
    write: (chunk) => step((done) => engine.write(chunk, done)),
    flush: () => step((done) => engine.flush(flushKind, () => done())),
    end: () =>
      step((done) => {
        engine.once("end", () => done());
        engine.end();
      }),
    abort: () => {
      engine.destroy();
    },
  };
}
