/** Counts the blocks in memory: being made, waiting, and handed out. */
export class HeldBlocks {
  readonly #limit: number;
  readonly #onFree: () => void;
  #held = 0;

  constructor(limit: number, onFree: () => void) {
    this.#limit = limit;
    this.#onFree = onFree;
  }

  get hasRoom(): boolean {
    return this.#held < this.#limit;
  }

  hold(): void {
    this.#held += 1;
  }

  free(): void {
    this.#held -= 1;
    this.#onFree();
  }
}
