import { givePieceBuffer, takePieceBuffer } from "./piece-buffers.ts";

/** How the pieces of a body are handled. */
export interface PieceHandling {
  /** Gets the pieces in order and may use each until its promise resolves. */
  readonly handle: (piece: Uint8Array) => Promise<void>;
  /** How many pieces may be handled at once; more hold the sender back. */
  readonly atOnce: number;
}

/**
 * Gathers a body that arrives in crumbs into pieces: a small one, then large ones while there are buffers for them.
 *
 * One piece fills while others are handled; a body takes one buffer more than it has pieces handled at once, whatever
 * its size. (The Go client sends every tag and value as an HTTP chunk of its own, 26 for a row.)
 */
export class BodyGatherer {
  readonly #handling: PieceHandling;
  #filling: Uint8Array | undefined;
  #used = 0;
  #next: "small" | "large" = "small";
  /** Pieces being handled, oldest first. */
  readonly #underWay: Promise<void>[] = [];
  #failure: { readonly error: unknown } | undefined;
  #released = false;

  constructor(handling: PieceHandling) {
    this.#handling = handling;
  }

  /** Copies bytes. A promise means: add nothing more until it resolves. */
  add(bytes: Uint8Array): Promise<void> | undefined {
    let rest = bytes;
    for (;;) {
      if (this.#failure !== undefined) {
        return Promise.reject(this.#failure.error);
      }
      if (this.#released) {
        return undefined;
      }
      this.#filling ??= this.#takeBuffer();
      const room = this.#filling.length - this.#used;
      if (rest.length < room) {
        this.#filling.set(rest, this.#used);
        this.#used += rest.length;
        return undefined;
      }
      this.#filling.set(rest.length === room ? rest : rest.subarray(0, room), this.#used);
      this.#used += room;
      rest = rest.subarray(room);
      if (this.#underWay.length >= this.#handling.atOnce) {
        const left = rest;
        return this.#oldestDone().then(() => {
          this.#handOver();
          return this.add(left);
        });
      }
      this.#handOver();
    }
  }

  /** Hands over what is left and waits until all is handled. */
  async end(): Promise<void> {
    if (this.#used > 0) {
      if (this.#underWay.length >= this.#handling.atOnce) {
        await this.#oldestDone();
      }
      this.#handOver();
    }
    while (this.#underWay.length > 0) {
      await this.#oldestDone();
    }
    this.#throwFailure();
  }

  /** Waits for the pieces being handled and gives the buffers back; what is not handed over yet is dropped. */
  async release(): Promise<void> {
    this.#released = true;
    await Promise.all(this.#underWay);
    if (this.#filling !== undefined) {
      givePieceBuffer(this.#filling);
      this.#filling = undefined;
      this.#used = 0;
    }
  }

  #takeBuffer(): Uint8Array {
    const buffer = takePieceBuffer(this.#next);
    this.#next = "large";
    return buffer;
  }

  #handOver(): void {
    const buffer = this.#filling;
    if (buffer === undefined || this.#failure !== undefined || this.#released) {
      return;
    }
    const piece = buffer.subarray(0, this.#used);
    this.#filling = undefined;
    this.#used = 0;
    const done: Promise<void> = this.#handling
      .handle(piece)
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .then(() => {
        givePieceBuffer(buffer);
        this.#underWay.splice(this.#underWay.indexOf(done), 1);
      });
    this.#underWay.push(done);
  }

  async #oldestDone(): Promise<void> {
    await this.#underWay[0];
    this.#throwFailure();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) {
      throw this.#failure.error;
    }
  }
}
