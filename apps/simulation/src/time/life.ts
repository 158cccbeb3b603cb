import type { EventOptions, Scheduler } from "./scheduler.ts";

/**
 * One life of a process, from its start to its crash. Whatever it waits for goes through here, so that a crash is
 * simply that nothing reaches it any more: its promises stay as they are, for ever.
 */
export class Life {
  readonly name: string;
  readonly #scheduler: Scheduler;
  readonly #onStep: (step: number) => void;
  #alive = true;
  #steps = 0;

  /** `onStep` is told before each event that reaches the process, and may end the life. */
  constructor(scheduler: Scheduler, name: string, onStep: (step: number) => void = () => undefined) {
    this.#scheduler = scheduler;
    this.name = name;
    this.#onStep = onStep;
  }

  get alive(): boolean {
    return this.#alive;
  }

  get now(): number {
    return this.#scheduler.now;
  }

  end(): void {
    this.#alive = false;
  }

  /** Lets something reach the process, unless it is dead or dies of it. */
  reach(run: () => void): void {
    if (!this.#alive) {
      return;
    }
    this.#steps += 1;
    this.#onStep(this.#steps);
    if (this.#alive) {
      run();
    }
  }

  after(delayMs: number, run: () => void, options: EventOptions): () => void {
    const { label, ground = "foreground" } = options;
    return this.#scheduler.schedule(delayMs, () => this.reach(run), {
      label: `${this.name}: ${label}`,
      ground,
    });
  }

  wait(delayMs: number, label: string): Promise<void> {
    return new Promise((resolve) => {
      this.after(delayMs, resolve, { label });
    });
  }

  /** Waits, or rejects with the signal's reason as soon as that aborts. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const abort = (): void => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = this.after(
        delayMs,
        () => {
          signal?.removeEventListener("abort", abort);
          resolve();
        },
        { label: "timer" },
      );
      signal?.addEventListener("abort", abort, { once: true });
    });
  }
}
