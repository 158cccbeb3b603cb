import type { EngineOptions } from "../../record/options.ts";
import { crc32c } from "../../wire/crc32c.ts";
import { loadColumnsKernel } from "./columns-kernel.ts";

/** The CRC-32C of some bytes, going on from the checksum of those before them. */
export type RunChecksum = (bytes: Uint8Array, previous?: number) => number;

/** Shorter runs are done before the kernel would have begun. */
const worthCopying = 2048;
/** Bytes that are copied into the kernel's memory at a time: few enough to stay in the processor's cache. */
const copiedAtOnce = 128 * 1024;
/** The kernel reads so much beyond the end. */
const slack = 16;

/** Long runs go through the kernel, where it may be used and can be. */
export function runChecksum(kernel: EngineOptions["kernel"] = "auto"): RunChecksum {
  return kernel === "js" ? crc32c : checksumOfRun;
}

function checksumOfRun(bytes: Uint8Array, previous = 0): number {
  const kernel = bytes.length < worthCopying ? undefined : loadColumnsKernel();
  if (kernel === undefined) return crc32c(bytes, previous);
  const { memory } = kernel;
  memory.reserve(Math.min(bytes.length, copiedAtOnce) + slack);
  let state = ~previous;
  for (let at = 0; at < bytes.length; at += copiedAtOnce) {
    const piece = bytes.subarray(at, at + copiedAtOnce);
    memory.bytes.set(piece, memory.base);
    state = kernel.feedRun(state, memory.base, piece.length);
  }
  return ~state >>> 0;
}
