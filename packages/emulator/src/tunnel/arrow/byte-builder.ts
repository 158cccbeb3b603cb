/** A buffer of a column that grows as values come. */
export class ByteBuilder {
  #bytes: Uint8Array = new Uint8Array(64);
  #view: DataView = new DataView(this.#bytes.buffer);
  length = 0;

  /** Makes room for so many bytes more and returns where to write them. */
  room(bytes: number): DataView {
    const needed = this.length + bytes;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, this.length));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return this.#view;
  }

  append(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Leaves so many bytes as zeros. */
  skip(bytes: number): void {
    this.room(bytes);
    this.length += bytes;
  }

  /** Sets one bit; every byte before it is there then. */
  setBit(index: number, on: boolean): void {
    const at = index >> 3;
    if (at >= this.length) {
      this.skip(at + 1 - this.length);
    }
    if (on) {
      this.#bytes[at] = (this.#bytes[at] ?? 0) | (1 << (index & 7));
    }
  }

  /** Hands the bytes over and begins anew. */
  take(): Uint8Array {
    const bytes = this.#bytes.subarray(0, this.length);
    this.#bytes = new Uint8Array(64);
    this.#view = new DataView(this.#bytes.buffer);
    this.length = 0;
    return bytes;
  }
}
