import type { Compressor } from "../compression/compressor.ts";

/** Settings of the zlib compressors. */
export interface LevelOptions {
  /** 1 is fast, higher is smaller. @default 1 */
  readonly level?: number;
}

/** Deflate (zlib container) on the thread pool: what `compress: true` means on Node. */
export function nodeDeflate(options: LevelOptions = {}): Compressor {
  void options;
  throw new Error("not ready");
}

/** Zstandard on the thread pool: the best choice where the service takes it. */
export function nodeZstd(options: LevelOptions = {}): Compressor {
  void options;
  throw new Error("not ready");
}

/** Framed Snappy, by the optional peer `snappy`. */
export async function nodeSnappy(): Promise<Compressor> {
  throw new Error("not ready");
}

/** LZ4 frames, by the optional peer `lz4-napi`. */
export async function nodeLz4(): Promise<Compressor> {
  throw new Error("not ready");
}
