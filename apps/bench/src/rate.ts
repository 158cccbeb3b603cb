export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export interface Measured {
  readonly name: string;
  readonly rowsPerSecond: Spread;
  readonly megabytesPerSecond: Spread;
  /** Rate over that of the first contender in the same round. */
  readonly ratio: Spread;
}

/** Something that can be run again and again. */
export interface Runner {
  readonly name: string;
  readonly run: () => Promise<{ readonly seconds: number; readonly bytes: number }>;
}

/** Runs the contenders by turns, so that whatever slows the machine down slows all of them. */
export async function measure(
  runners: readonly Runner[],
  rows: number,
  rounds: number,
): Promise<readonly Measured[]> {
  const seconds = runners.map((): number[] => []);
  const bytes = runners.map(() => 0);
  // Some rounds that do not count, for the compiler.
  for (let round = -3; round < rounds; round++) {
    for (const [index, runner] of runners.entries()) {
      const run = await runner.run();
      bytes[index] = run.bytes;
      if (round >= 0) seconds[index]?.push(run.seconds);
    }
  }
  const [first = []] = seconds;
  return runners.map(({ name }, index) => {
    const own = seconds[index] ?? [];
    return {
      name,
      rowsPerSecond: spread(own.map((elapsed) => rows / elapsed)),
      megabytesPerSecond: spread(own.map((elapsed) => (bytes[index] ?? 0) / 1e6 / elapsed)),
      ratio: spread(own.map((elapsed, round) => (first[round] ?? Number.NaN) / elapsed)),
    };
  });
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  return { min: at(0), median: at(Math.floor(sorted.length / 2)), max: at(sorted.length - 1) };
}
