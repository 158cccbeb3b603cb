/**
 * Memory of blocks that were stored, kept for the blocks to come: a chunk that is dropped is only gone when garbage is
 * collected, and until then the next one comes on top of it.
 */
export class ChunkPool {
  readonly #bySize = new Map<number, Uint8Array<ArrayBuffer>[]>();
  #bytes = 0;

  /** Bytes that wait here. */
  get byteLength(): number {
    return this.#bytes;
  }

  /** Takes memory over, whole buffers at a time; nobody else may read or write it any more. */
  give(buffers: Iterable<ArrayBuffer>): void {
    for (const buffer of buffers) {
      const size = buffer.byteLength;
      const spares = this.#bySize.get(size);
      if (spares === undefined) this.#bySize.set(size, [new Uint8Array(buffer)]);
      else spares.push(new Uint8Array(buffer));
      this.#bytes += size;
    }
  }

  /** A chunk of exactly this size, with whatever was in it. */
  take(bytes: number): Uint8Array<ArrayBuffer> | undefined {
    const spare = this.#bySize.get(bytes)?.pop();
    if (spare !== undefined) this.#bytes -= bytes;
    return spare;
  }

  /** Lets go of memory until no more than this waits. */
  trim(mostBytes: number): void {
    for (const [size, spares] of this.#bySize) {
      while (this.#bytes > mostBytes && spares.pop() !== undefined) this.#bytes -= size;
      if (this.#bytes <= mostBytes) return;
      this.#bySize.delete(size);
    }
  }
}
