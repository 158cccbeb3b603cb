import type { WriterClock } from "../src/clock.ts";

/** Time that stands still until it is told to pass. */
export class ManualClock implements WriterClock {
  #now = 0;
  readonly #timers = new Map<number, { readonly at: number; readonly callback: () => void }>();
  #next = 0;

  get pendingTimers(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now;
  }

  startTimer(callback: () => void, delayMs: number): () => void {
    const key = this.#next++;
    this.#timers.set(key, { at: this.#now + delayMs, callback });
    return () => this.#timers.delete(key);
  }

  /** Lets time pass and calls the timers that fall due, in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#timers]
        .filter(([, timer]) => timer.at <= end)
        .sort((a, b) => a[1].at - b[1].at)[0];
      if (due === undefined) break;
      this.#timers.delete(due[0]);
      this.#now = due[1].at;
      due[1].callback();
    }
    this.#now = end;
  }
}
