import type { Line, Run } from "./sample.ts";

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  return { min: at(0), median: at(Math.floor(sorted.length / 2)), max: at(sorted.length - 1) };
}

/** What a run is measured by; more is better. */
export type Rate = (run: Run) => number;

export const rowsPerSecond: Rate = (run) => run.rows / run.seconds;
export const rowsPerCpuSecond: Rate = (run) => run.rows / run.cpuSeconds;
export const bytesPerSecond: Rate = (run) => run.bytes / run.seconds;

/** The quiet runs, or all of them where there are fewer than three quiet ones: nothing is hidden, the table marks it. */
export function countedRuns({ runs }: Line): readonly Run[] {
  const quiet = runs.filter((run) => !run.noisy);
  return quiet.length >= 3 ? quiet : runs;
}

export function isNoisy(line: Line): boolean {
  return countedRuns(line).some((run) => run.noisy);
}

export function rateOf(line: Line, rate: Rate): Spread {
  return spread(countedRuns(line).map(rate));
}

/**
 * How many times the rate of another line, round by round: what slows the machine down slows both. A contender that ran
 * in fewer rounds is compared in those. Undefined when either has no runs.
 */
export function ratioOf(line: Line, other: Line, rate: Rate): Spread | undefined {
  const ratios = line.runs.flatMap((run) => {
    const match = other.runs.find(({ round }) => round === run.round);
    return match === undefined ? [] : [{ ratio: rate(run) / rate(match), noisy: run.noisy || match.noisy }];
  });
  const quiet = ratios.filter(({ noisy }) => !noisy);
  const counted = quiet.length >= 3 ? quiet : ratios;
  return counted.length === 0 ? undefined : spread(counted.map(({ ratio }) => ratio));
}
