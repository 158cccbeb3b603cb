import type { Compressor } from "@maxcompute-tunnel/writer";
import type { CompressionName } from "./compression-choice.ts";

/** Compresses blocks in the thread that makes them, on its thread pool. */
export type BlockCompressor = Compressor;

/** A compression that was decided on: plain data. */
export interface DecidedCompression {
  readonly name: CompressionName;
  readonly level: number | undefined;
}

/**
 * The compressor behind a name; loaded when it is asked for.
 *
 * @throws WriterError `compressor-missing`
 */
export async function blockCompressor(decided: DecidedCompression): Promise<BlockCompressor | undefined> {
  if (decided.name === "none") return undefined;
  const { nodeDeflate, nodeLz4, nodeSnappy, nodeZstd } = await import("@maxcompute-tunnel/writer/node");
  const level = decided.level === undefined ? {} : { level: decided.level };
  switch (decided.name) {
    case "zstd":
      return nodeZstd(level);
    case "deflate":
      return nodeDeflate(level);
    case "snappy":
      return nodeSnappy();
    case "lz4":
      return nodeLz4();
  }
}
