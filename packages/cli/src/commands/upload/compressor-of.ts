import type { Compressor } from "@maxcompute-tunnel/writer";
import type { CompressionName } from "./upload-flags.ts";

/** The compressor behind a name on the command line; loaded only when it is asked for. */
export async function compressorOf(name: CompressionName | undefined): Promise<Compressor | boolean> {
  if (name === undefined || name === "none") return false;
  const compressors = await import("@maxcompute-tunnel/writer/node");
  switch (name) {
    case "deflate":
      return compressors.nodeDeflate();
    case "zstd":
      return compressors.nodeZstd();
    case "snappy":
      return compressors.nodeSnappy();
    case "lz4":
      return compressors.nodeLz4();
  }
}
