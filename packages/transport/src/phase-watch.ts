import type { Sleep } from "./sleep.ts";

/** What an attempt is waiting for. */
export type Phase = "connection" | "first-byte" | "sending" | "receiving";

/** A timer that is set anew for each phase of an attempt and rests while the caller is the slow one. */
export class PhaseWatch {
  readonly #sleep: Sleep;
  readonly #onExpired: (phase: Phase, ms: number) => void;
  #current: AbortController | undefined;

  constructor(sleep: Sleep, onExpired: (phase: Phase, ms: number) => void) {
    this.#sleep = sleep;
    this.#onExpired = onExpired;
  }

  /** Starts a phase, and ends the one before. */
  begin(phase: Phase, ms: number): void {
    this.rest();
    if (ms === Number.POSITIVE_INFINITY) return;
    const mine = new AbortController();
    this.#current = mine;
    this.#sleep(ms, mine.signal).then(
      () => {
        if (this.#current === mine) this.#onExpired(phase, ms);
      },
      () => undefined,
    );
  }

  /** Ends the phase: nothing is being waited for. */
  rest(): void {
    this.#current?.abort(over);
    this.#current = undefined;
  }
}

/** Given so that no error with a stack is made for every megabyte. */
const over = "the phase is over";
