/** What `write` gives back while there is something to wait for: one promise over any number of reasons. */
export class WriteGate {
  #reasons = 0;
  #gate: PromiseWithResolvers<void> | undefined;

  /** `undefined` while nothing holds the caller back. */
  get wait(): Promise<void> | undefined {
    return this.#gate?.promise;
  }

  /** Holds callers back until the promise, which must not reject, resolves. */
  holdFor(reason: Promise<void> | undefined): void {
    if (reason === undefined) return;
    this.#reasons += 1;
    if (this.#gate === undefined) {
      this.#gate = Promise.withResolvers<void>();
      // Whoever did not wait learns of the failure from the next call.
      this.#gate.promise.catch(() => {});
    }
    const gate = this.#gate;
    reason.then(() => {
      if (this.#gate !== gate) return;
      this.#reasons -= 1;
      if (this.#reasons === 0) this.#open(gate);
    });
  }

  /** Turns those who wait away with an error. */
  fail(error: unknown): void {
    this.#gate?.reject(error);
    this.#gate = undefined;
    this.#reasons = 0;
  }

  #open(gate: PromiseWithResolvers<void>): void {
    this.#gate = undefined;
    gate.resolve();
  }
}
