import type { SeedResult } from "../run/run-many.ts";

/** Sums over many runs. */
export class Tally {
  readonly #outcomes = new Map<string, number>();
  readonly #faults = new Map<string, number>();
  readonly #states = new Map<string, number>();
  #runs = 0;
  #events = 0;
  #excused = 0;

  get runs(): number {
    return this.#runs;
  }

  add({ result }: SeedResult): void {
    this.#runs += 1;
    this.#events += result.events;
    this.#excused += result.excused ? 1 : 0;
    count(this.#outcomes, result.outcome);
    for (const [kind, times] of Object.entries(result.faults)) {
      count(this.#faults, kind, times);
    }
    for (const state of result.commitStates) {
      count(this.#states, state);
    }
  }

  /** Lines for people; the first sums everything up. */
  lines(run: {
    readonly seconds: number;
    readonly cpuSeconds: number;
    readonly threads: number;
    readonly failed: number;
  }): string[] {
    const { seconds, cpuSeconds, threads, failed } = run;
    return [
      `${this.#runs} schedules, ${failed} failed`,
      `${seconds.toFixed(1)} s in ${threads} threads, ${cpuSeconds.toFixed(1)} s of processor time, ${this.#events} events`,
      `outcomes: ${listed(this.#outcomes)}`,
      `faults: ${listed(this.#faults)}`,
      `commit: ${listed(this.#states)}`,
      `commits that came late or twice to where no client can help it: ${this.#excused}`,
    ];
  }
}

function count(map: Map<string, number>, name: string, times = 1): void {
  map.set(name, (map.get(name) ?? 0) + times);
}

function listed(map: ReadonlyMap<string, number>): string {
  const sorted = [...map].sort(([, a], [, b]) => b - a);
  return sorted.map(([name, times]) => `${name} ${times}`).join(", ");
}
