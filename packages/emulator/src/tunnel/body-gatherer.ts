/** Size of the pieces that a body is looked at in. */
const pieceBytes = 128 * 1024;
const keptBuffers = 64;
const spare: Uint8Array[] = [];

/**
 * Gathers a body that arrives in crumbs into pieces of 128 KiB.
 *
 * One piece is handled while the next one fills, so a body takes two buffers whatever its size; both are used again
 * for later bodies. (The Go client sends every tag and value as an HTTP chunk of its own, 26 for a row.)
 */
export class BodyGatherer {
  readonly #handle: (piece: Uint8Array) => Promise<void>;
  #filling: Uint8Array = spare.pop() ?? new Uint8Array(pieceBytes);
  #other: Uint8Array | undefined;
  #used = 0;
  #busy: Promise<void> | undefined;

  /** `handle` gets one piece at a time and may use it until its promise resolves. */
  constructor(handle: (piece: Uint8Array) => Promise<void>) {
    this.#handle = handle;
  }

  /** Copies bytes. A promise means: add nothing more until it resolves. */
  add(bytes: Uint8Array): Promise<void> | undefined {
    let rest = bytes;
    for (;;) {
      const room = pieceBytes - this.#used;
      if (rest.length < room) {
        this.#filling.set(rest, this.#used);
        this.#used += rest.length;
        return undefined;
      }
      this.#filling.set(rest.subarray(0, room), this.#used);
      this.#used = pieceBytes;
      rest = rest.subarray(room);
      if (this.#busy !== undefined) {
        const left = rest;
        return this.#busy.then(() => {
          this.#handOver();
          return this.add(left);
        });
      }
      this.#handOver();
    }
  }

  /** Hands over what is left and waits until all is handled. */
  async end(): Promise<void> {
    await this.#busy;
    if (this.#used > 0) {
      this.#handOver();
      await this.#busy;
    }
  }

  /** Waits for the piece being handled and gives the buffers back; nothing may be added afterwards. */
  async release(): Promise<void> {
    await this.#busy?.catch(() => undefined);
    for (const buffer of [this.#filling, this.#other]) {
      if (buffer !== undefined && spare.length < keptBuffers) {
        spare.push(buffer);
      }
    }
    this.#other = undefined;
  }

  #handOver(): void {
    const piece = this.#filling;
    this.#filling = this.#other ?? spare.pop() ?? new Uint8Array(pieceBytes);
    const length = this.#used;
    this.#other = piece;
    this.#used = 0;
    const busy = this.#handle(piece.subarray(0, length)).then(() => {
      this.#busy = undefined;
    });
    // A failure is seen by whoever waits for the promise; nobody may be waiting yet.
    busy.catch(() => undefined);
    this.#busy = busy;
  }
}
