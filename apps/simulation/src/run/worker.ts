import { parentPort } from "node:worker_threads";
import type { SeedRun } from "./run-seed.ts";
import { runSeed } from "./run-seed.ts";

// Stacks are only looked at when one run is replayed, and cost a quarter of the time.
Error.stackTraceLimit = 0;

parentPort?.on("message", (runs: readonly SeedRun[]) => {
  void (async () => {
    for (const run of runs) {
      const { lines: _, ...result } = await runSeed(run);
      parentPort?.postMessage({ kind: "result", run, result });
    }
    parentPort?.postMessage({ kind: "idle" });
  })();
});
