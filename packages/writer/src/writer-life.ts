import type { WriterError } from "./errors.ts";

type State<Result> =
  | { readonly kind: "open" }
  | { readonly kind: "closing"; readonly done: Promise<Result> }
  | { readonly kind: "closed"; readonly done: Promise<Result> }
  | { readonly kind: "failed"; readonly error: WriterError };

/** A writer's life: open, then closing and closed with a result, or failed with an error that every call repeats. */
export class WriterLife<Result> {
  readonly #closedError: () => WriterError;
  #state: State<Result> = { kind: "open" };

  /** `closedError` makes the error of a call after `close`. */
  constructor(closedError: () => WriterError) {
    this.#closedError = closedError;
  }

  /** Throws unless rows may still be written. */
  checkOpen(): void {
    if (this.#state.kind !== "open") throw this.refusal();
  }

  /** Throws the error that the writer failed with, if it did. */
  checkAlive(): void {
    if (this.#state.kind === "failed") throw this.#state.error;
  }

  get isClosed(): boolean {
    return this.#state.kind === "closed";
  }

  /** Closes once: `finish` is run by the first call, whose outcome all calls share. */
  close(finish: () => Promise<Result>): Promise<Result> {
    switch (this.#state.kind) {
      case "open": {
        const done = finish();
        this.#state = { kind: "closing", done };
        return done;
      }
      case "closing":
      case "closed":
        return this.#state.done;
      case "failed":
        return Promise.reject(this.#state.error);
    }
  }

  /** The result is there: from now on nothing can fail. */
  settle(): void {
    if (this.#state.kind === "closing") this.#state = { kind: "closed", done: this.#state.done };
  }

  /** Ends the life with an error; `false` when it had ended before, and the error is nobody's. */
  fail(error: WriterError): boolean {
    if (this.#state.kind === "failed" || this.#state.kind === "closed") return false;
    this.#state = { kind: "failed", error };
    return true;
  }

  /** What a call that comes too late is told. */
  refusal(): WriterError {
    return this.#state.kind === "failed" ? this.#state.error : this.#closedError();
  }
}
