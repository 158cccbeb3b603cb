/** Lets one waiter wait until something has happened. */
export class Wakeup {
  #wake: (() => void) | undefined;
  #happened = false;

  wake(): void {
    this.#happened = true;
    this.#wake?.();
  }

  /** Resolves once something has happened since the last wait. @throws the signal's reason when it is aborted */
  async wait(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (!this.#happened) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      signal.addEventListener("abort", resolve as () => void, { once: true });
      try {
        await promise;
      } finally {
        signal.removeEventListener("abort", resolve as () => void);
        this.#wake = undefined;
      }
      signal.throwIfAborted();
    }
    this.#happened = false;
  }
}
