/** Bytes that arrive in pieces of any size and are taken in pieces of a given one. */
export class ByteQueue {
  #bytes: Uint8Array = new Uint8Array(64 * 1024);
  #from = 0;
  #to = 0;

  get length(): number {
    return this.#to - this.#from;
  }

  /** Adds a copy of bytes. */
  add(bytes: Uint8Array): void {
    const length = this.length + bytes.length;
    if (this.#to + bytes.length > this.#bytes.length) {
      const target = length > this.#bytes.length ? new Uint8Array(length * 2) : this.#bytes;
      target.set(this.#bytes.subarray(this.#from, this.#to), 0);
      this.#bytes = target;
      this.#to = this.length;
      this.#from = 0;
    }
    this.#bytes.set(bytes, this.#to);
    this.#to += bytes.length;
  }

  /** The next `count` bytes without taking them, or `undefined` when they are not all there. */
  peek(count: number): Uint8Array | undefined {
    return this.length < count ? undefined : this.#bytes.subarray(this.#from, this.#from + count);
  }

  /** The next `count` bytes, or `undefined` when they are not all there. Valid until bytes are added. */
  take(count: number): Uint8Array | undefined {
    const piece = this.peek(count);
    this.#from += piece?.length ?? 0;
    return piece;
  }
}
