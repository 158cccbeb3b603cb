import type { Fault, Moment } from "../schedule/fault.ts";
import type { Exchange } from "./exchange.ts";

/** A fault that waits for its moment. */
interface Waiting {
  readonly at: Moment;
  readonly act: () => void;
  /** Events still to pass; `undefined` while its exchange has not come so far. */
  left: number | undefined;
}

/** Watches for the moments that faults of one process wait for. */
export class Moments {
  readonly #waiting = new Set<Waiting>();
  #steps = 0;

  add(fault: Extract<Fault, { readonly at: Moment }>, act: () => void): void {
    const { at } = fault;
    this.#waiting.add({ at, act, left: at.kind === "step" ? at.step : undefined });
  }

  /** Nothing waits any more. */
  clear(): void {
    this.#waiting.clear();
  }

  /** An event is about to reach the process. */
  step(): void {
    this.#steps += 1;
    for (const waiting of [...this.#waiting]) {
      if (waiting.left !== undefined) {
        waiting.left -= 1;
        this.#fireIfDue(waiting);
      }
    }
  }

  phase({ operation, nth }: Exchange, phase: string): void {
    for (const waiting of [...this.#waiting]) {
      const { at } = waiting;
      if (
        at.kind === "exchange" &&
        at.phase === phase &&
        at.on.operation === operation &&
        at.on.nth === nth &&
        waiting.left === undefined
      ) {
        waiting.left = at.steps;
        this.#fireIfDue(waiting);
      }
    }
  }

  #fireIfDue(waiting: Waiting): void {
    if (waiting.left !== undefined && waiting.left <= 0 && this.#waiting.delete(waiting)) {
      waiting.act();
    }
  }
}
