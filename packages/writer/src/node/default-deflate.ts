import type { Compressor } from "../compression/compressor.ts";
import { nodeDeflate } from "./zlib-compressors.ts";

/** What `compress: true` means on Node. */
export function defaultDeflate(): Compressor {
  return nodeDeflate();
}
