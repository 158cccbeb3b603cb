import type { Compressor } from "./compressor.ts";
import { webDeflate } from "./deflate.ts";

/** What `compress: true` means where there is no `node:zlib`. On Node the package's imports map names another file. */
export function defaultDeflate(): Compressor {
  return webDeflate();
}
