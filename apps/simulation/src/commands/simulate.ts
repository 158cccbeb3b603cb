import { Tally } from "../report/tally.ts";
import { runMany, type SeedResult } from "../run/run-many.ts";
import type { SeedRun } from "../run/run-seed.ts";

/** Which schedules are run. */
export interface SimulateOptions {
  readonly schedules: number;
  /** The first seed. */
  readonly seed: number;
  readonly threads: number;
  readonly defect?: string | undefined;
  readonly say: (line: string) => void;
}

const mostShown = 10;

/** Runs many schedules, shows those that failed, and sums up. True when none did. */
export async function simulate({ schedules, seed, threads, defect, say }: SimulateOptions): Promise<boolean> {
  const began = performance.now();
  const tally = new Tally();
  const failures: SeedResult[] = [];
  await runMany(seedsFrom(seed, schedules, defect), {
    threads,
    onResult(result) {
      tally.add(result);
      if (result.result.violations.length === 0) {
        return;
      }
      failures.push(result);
      if (failures.length <= mostShown) {
        say(`seed ${result.run.seed}: ${result.result.violations.join("; ")}`);
        say(
          `  replay with: pnpm simulation --replay ${result.run.seed}${defect === undefined ? "" : ` --defect ${defect}`}`,
        );
      }
    },
  });
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage();
  const cpuSeconds = (user + system) / 1e6;
  for (const line of tally.lines({ seconds, cpuSeconds, threads, failed: failures.length })) {
    say(line);
  }
  return failures.length === 0 && tally.runs === schedules;
}

function* seedsFrom(first: number, count: number, defect: string | undefined): Generator<SeedRun> {
  for (let seed = first; seed < first + count; seed += 1) {
    yield { seed, defect };
  }
}
