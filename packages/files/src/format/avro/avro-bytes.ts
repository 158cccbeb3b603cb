/** Bytes of a stream, taken in lengths that suit the reader. */
export class AvroBytes {
  readonly #chunks: AsyncGenerator<Uint8Array>;
  #held: Uint8Array = new Uint8Array(0);
  /** Offset in the stream of the next byte. */
  offset = 0;

  constructor(chunks: AsyncGenerator<Uint8Array>) {
    this.#chunks = chunks;
  }

  /** So many bytes, or fewer where the stream ends; they stay in the queue. */
  async peek(length: number): Promise<Uint8Array> {
    if (this.#held.length < length) {
      const parts = [this.#held];
      let have = this.#held.length;
      while (have < length) {
        const next = await this.#chunks.next();
        if (next.done === true) break;
        parts.push(next.value);
        have += next.value.length;
      }
      this.#held = Buffer.concat(parts);
    }
    return this.#held.subarray(0, length);
  }

  /** @throws Error where the stream ends before */
  async take(length: number): Promise<Uint8Array> {
    const bytes = await this.peek(length);
    if (bytes.length < length) throw new Error(`it ends ${length - bytes.length} bytes too soon`);
    this.#held = this.#held.subarray(length);
    this.offset += length;
    return bytes;
  }

  async close(): Promise<void> {
    await this.#chunks.return(undefined);
  }
}
