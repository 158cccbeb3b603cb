import { defaultDeflate } from "#default-deflate";
import { type Compressor, noCompression } from "./compressor.ts";

/** Turns the `compress` option into a compressor: `true` is deflate, the platform's best. */
export function resolveCompressor(compress: boolean | Compressor | undefined): Compressor {
  if (compress === undefined || compress === false) return noCompression;
  return compress === true ? defaultDeflate() : compress;
}

/** Whether a compressor changes bytes at all. */
export function isIdentity(compressor: Compressor): boolean {
  return compressor.contentEncoding === "identity";
}
