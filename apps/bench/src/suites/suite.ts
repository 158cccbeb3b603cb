import type { Stamp } from "../harness/machine.ts";
import type { Rounds } from "../harness/rounds.ts";
import type { Line } from "../harness/sample.ts";
import type { Peers } from "../peers/peers.ts";

/** How much is measured. */
export interface BenchContext {
  /** Seconds in place of minutes, to see that everything runs and that results are right. */
  readonly short: boolean;
  readonly peers: Peers;
  readonly progress: (text: string) => void;
}

/** What a suite measured, as it is kept. */
export interface SuiteResult {
  readonly id: string;
  readonly title: string;
  /** What is done, by whom, on what. */
  readonly text: string;
  /** What the bytes of its runs are, if they say anything. */
  readonly bytes?: string;
  /** The line that others are compared with. */
  readonly baseline?: string;
  readonly stamp: Stamp;
  readonly seconds: number;
  readonly lines: readonly Line[];
  readonly curves?: readonly Curve[];
}

/** How a cost grows with something. */
export interface Curve {
  readonly id: string;
  readonly title: string;
  readonly x: string;
  readonly y: "rows/s" | "MB/s" | "values/s";
  readonly text: string;
  readonly series: readonly { readonly name: string; readonly points: readonly Point[] }[];
}

export interface Point {
  readonly x: number;
  readonly line: Line;
  /** Values of a row, where values are counted. */
  readonly values?: number;
}

/** A suite before it is stamped. */
export type Measured = Omit<SuiteResult, "stamp" | "seconds">;

export type Suite = (context: BenchContext) => Promise<Measured>;

/** Rounds of a suite whose contenders serve runs, which are repeated until they are long enough to compare. */
export function manyRounds({ short, progress }: BenchContext): Rounds {
  return short
    ? { rounds: 1, progress }
    : { rounds: 5, warmUpSeconds: 2, turnSeconds: 0.7, patienceMs: 200, progress };
}

/**
 * More of them, and longer ones, each in a process that began for it: for what compilers decide as it runs, on a machine
 * whose cores are quicker and slower from second to second.
 */
export function manyStarts(context: BenchContext): Rounds {
  const rounds = manyRounds(context);
  return context.short ? rounds : { ...rounds, rounds: 7, turnSeconds: 2, startsAnew: true };
}
