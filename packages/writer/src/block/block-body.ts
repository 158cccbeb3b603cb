import type { Compressor, CompressorStream } from "../compression/compressor.ts";
import { isIdentity } from "../compression/resolve-compressor.ts";
import type { BudgetAccount } from "./memory-budget.ts";

/**
 * The request body of one block as it gathers, booked on a memory account byte by byte.
 *
 * With a compressor, chunks are compressed while the block is still being built, and given back as they are: a block
 * in memory is soon as small as it will be on the wire.
 */
export class BlockBody {
  readonly #account: BudgetAccount;
  readonly #stream: CompressorStream | undefined;
  #output: Uint8Array[] = [];
  #work: Promise<void> = Promise.resolve();
  #heldBytes = 0;
  #encodedBytes = 0;
  #discarded = false;

  constructor(compressor: Compressor, account: BudgetAccount) {
    this.#account = account;
    this.#stream = isIdentity(compressor) ? undefined : compressor.stream();
  }

  /** Bytes this body holds now, compressed and still to be compressed. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Bytes taken over so far, before compression. */
  get encodedBytes(): number {
    return this.#encodedBytes;
  }

  /** Takes encoded bytes over. `alreadyBooked` of them are on the account from an earlier reservation. */
  add(chunks: readonly Uint8Array[], alreadyBooked = 0): void {
    let bytes = 0;
    for (const given of chunks) {
      const chunk = compact(given);
      bytes += chunk.byteLength;
      const stream = this.#stream;
      if (stream === undefined) this.#output.push(chunk);
      else this.#enqueue(async () => this.#exchange(chunk.byteLength, await stream.write(chunk)));
    }
    this.#encodedBytes += bytes;
    this.#heldBytes += bytes;
    this.#account.take(bytes - alreadyBooked);
  }

  /** Everything that is to be sent. Rejects when compression failed. */
  async finish(): Promise<readonly Uint8Array[]> {
    const stream = this.#stream;
    if (stream !== undefined) this.#enqueue(async () => this.#exchange(0, await stream.end()));
    await this.#work;
    return this.#output;
  }

  /**
   * Gives all memory back, chunks of this size to be used again: nobody reads the block any more. What a compressor was
   * given, or made, is its own.
   */
  recycle(chunkBytes: number): void {
    if (this.#stream === undefined && !this.#discarded) {
      const buffers = this.#output.map(({ buffer }) => buffer as ArrayBuffer);
      this.#account.recycle(buffers.filter(({ byteLength }) => byteLength === chunkBytes));
    }
    this.discard();
  }

  /** Gives all memory back. Safe to call twice. */
  discard(): void {
    if (this.#discarded) return;
    this.#discarded = true;
    this.#stream?.abort();
    this.#account.take(-this.#heldBytes);
    this.#heldBytes = 0;
    // Not emptied: an aborted request may still be reading the list it was given.
    this.#output = [];
  }

  #enqueue(step: () => Promise<void>): void {
    this.#work = this.#work.then(() => (this.#discarded ? undefined : step()));
    // `finish` reports it; a body that is discarded before has nobody to report to.
    this.#work.catch(() => {});
  }

  #exchange(before: number, after: readonly Uint8Array[]): void {
    if (this.#discarded) return;
    let difference = -before;
    for (const chunk of after) {
      difference += chunk.byteLength;
      this.#output.push(chunk);
    }
    this.#heldBytes += difference;
    this.#account.take(difference);
  }
}

/** Copies a chunk that keeps a much larger buffer alive, so that memory counted is memory used. */
function compact(chunk: Uint8Array): Uint8Array {
  return chunk.byteLength * 2 < chunk.buffer.byteLength ? chunk.slice() : chunk;
}
