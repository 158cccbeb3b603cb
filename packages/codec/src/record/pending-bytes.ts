/** A buffer larger than this is given back once it is empty. */
const keptCapacity = 1024 * 1024;

/** Bytes that wait for more: a buffer that grows with what arrives, never by what was announced. */
export class PendingBytes {
  bytes: Uint8Array = new Uint8Array(0);
  length = 0;

  /** @param atMost how many bytes it will ever have to hold. */
  append(more: Uint8Array, atMost: number = Number.POSITIVE_INFINITY): void {
    const length = this.length + more.length;
    if (length > this.bytes.length) {
      const grown = new Uint8Array(Math.min(atMost, Math.max(length, this.bytes.length * 2, 256)));
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
    }
    this.bytes.set(more, this.length);
    this.length = length;
  }

  /** Drops bytes from the front. */
  consume(count: number): void {
    if (count === 0) return;
    this.bytes.copyWithin(0, count, this.length);
    this.length -= count;
    if (this.length === 0 && this.bytes.length > keptCapacity) this.bytes = new Uint8Array(0);
  }
}
