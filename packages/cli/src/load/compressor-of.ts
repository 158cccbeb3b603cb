import type { CompressionChoice } from "@maxcompute-tunnel/files";
import type { Compressor } from "@maxcompute-tunnel/writer";

/** The compressor of blocks that are made on this thread; `auto` measures nothing there and leaves them as they are. */
export async function compressorOf(choice: CompressionChoice): Promise<Compressor | boolean> {
  const name = typeof choice === "string" ? choice : choice.name;
  const level = typeof choice === "string" || choice.level === undefined ? {} : { level: choice.level };
  if (name === "auto" || name === "none") return false;
  const compressors = await import("@maxcompute-tunnel/writer/node");
  switch (name) {
    case "deflate":
      return compressors.nodeDeflate(level);
    case "zstd":
      return compressors.nodeZstd(level);
    case "snappy":
      return compressors.nodeSnappy();
    case "lz4":
      return compressors.nodeLz4();
  }
}
