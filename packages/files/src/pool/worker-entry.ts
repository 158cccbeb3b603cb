import { existsSync } from "node:fs";

/**
 * What a worker thread runs, which lies beside this file: its source where that runs; otherwise the bundle that the build
 * makes, which begins in half the time; or, where there is none, as in a bundle of somebody else's, the entry by itself.
 */
export function workerEntry(
  here: string = import.meta.url,
  exists: (file: URL) => boolean = existsSync,
): URL {
  if (here.endsWith(".ts")) return new URL("./pack-worker.ts", here);
  const bundled = new URL("./worker/pack-worker.cjs", here);
  return exists(bundled) ? bundled : new URL("./pack-worker.js", here);
}
