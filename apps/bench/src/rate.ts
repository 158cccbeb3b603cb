/** Something to measure: it does its work once and says how many bytes that were. */
export interface Contender {
  readonly name: string;
  readonly run: () => number;
}

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

/** Runs the contenders by turns, so that whatever slows the machine down slows all of them. */
export function measure(contenders: readonly Contender[], rows: number, rounds: number): readonly Measured[] {
  const seconds = contenders.map((): number[] => []);
  const bytes = contenders.map(() => 0);
  // Two rounds that do not count, for the compiler.
  for (let round = -2; round < rounds; round++) {
    for (const [index, contender] of contenders.entries()) {
      const started = performance.now();
      bytes[index] = contender.run();
      const elapsed = (performance.now() - started) / 1000;
      if (round >= 0) seconds[index]?.push(elapsed);
    }
  }
  const [first = []] = seconds;
  return contenders.map(({ name }, index) => {
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
