import { Worker } from "node:worker_threads";
import type { RunResult } from "./run-schedule.ts";
import type { SeedRun } from "./run-seed.ts";

/** The result of one of many runs. */
export interface SeedResult {
  readonly run: SeedRun;
  readonly result: Omit<RunResult, "lines">;
}

type Message = ({ readonly kind: "result" } & SeedResult) | { readonly kind: "idle" };

/** Runs are handed out in batches of this many. */
const batchSize = 25;

/**
 * Runs many seeds in several threads, each run in one of them, and tells each result. Ends early once `isEnough` says
 * so. Rejects when a thread fails, which no run may make it do.
 */
export async function runMany(
  runs: Iterable<SeedRun>,
  options: {
    readonly threads: number;
    readonly onResult: (result: SeedResult) => void;
    readonly isEnough?: () => boolean;
  },
): Promise<void> {
  const { threads, onResult, isEnough = () => false } = options;
  const source = runs[Symbol.iterator]();
  const nextBatch = (): SeedRun[] => {
    const batch: SeedRun[] = [];
    while (batch.length < batchSize && !isEnough()) {
      const next = source.next();
      if (next.done === true) {
        break;
      }
      batch.push(next.value);
    }
    return batch;
  };
  await Promise.all(
    Array.from({ length: threads }, async () => {
      // What a run leaves behind dies young; looking at it seldom saves a tenth of the time.
      const worker = new Worker(new URL("./worker.js", import.meta.url), {
        resourceLimits: { maxYoungGenerationSizeMb: 128 },
      });
      try {
        await new Promise<void>((resolve, reject) => {
          const give = (): void => {
            const batch = nextBatch();
            if (batch.length === 0) {
              resolve();
            } else {
              worker.postMessage(batch);
            }
          };
          worker.on("error", reject);
          worker.on("message", (message: Message) => {
            if (message.kind === "idle") {
              give();
            } else {
              onResult(message);
            }
          });
          give();
        });
      } finally {
        await worker.terminate();
      }
    }),
  );
}
