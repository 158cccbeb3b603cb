/**
 * Runs at most so many blocks at a time, in order of arrival.
 *
 * `run` must not reject: what to do about a failed block is decided by whoever owns the queue.
 */
export class BlockQueue<Block> {
  readonly #parallel: number;
  readonly #run: (block: Block) => Promise<void>;
  readonly #waiting: { readonly block: Block; readonly start: () => void }[] = [];
  readonly #unfinished = new Set<Promise<void>>();
  #running = 0;

  constructor(parallel: number, run: (block: Block) => Promise<void>) {
    this.#parallel = parallel;
    this.#run = run;
  }

  /** Whether a block pushed now would start at once. */
  get hasRoom(): boolean {
    return this.#running < this.#parallel;
  }

  /** Blocks pushed and not finished. */
  get size(): number {
    return this.#running + this.#waiting.length;
  }

  /** Adds a block. `undefined` when it starts at once, otherwise a promise of the moment it starts or is dropped. */
  push(block: Block): Promise<void> | undefined {
    if (this.hasRoom) {
      this.#start(block);
      return undefined;
    }
    return new Promise<void>((resolve) => this.#waiting.push({ block, start: resolve }));
  }

  /** Forgets the blocks that have not started. */
  dropWaiting(): readonly Block[] {
    const dropped = this.#waiting.splice(0);
    for (const entry of dropped) entry.start();
    return dropped.map((entry) => entry.block);
  }

  /** Waits until nothing is running or waiting. */
  async drained(): Promise<void> {
    while (this.#unfinished.size > 0) await Promise.all(this.#unfinished);
  }

  #start(block: Block): void {
    this.#running += 1;
    const done = this.#run(block).finally(() => {
      this.#running -= 1;
      this.#unfinished.delete(done);
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#start(next.block);
      next.start();
    });
    this.#unfinished.add(done);
  }
}
