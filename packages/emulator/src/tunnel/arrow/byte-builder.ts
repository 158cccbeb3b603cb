/** Up to so many UTF-16 units a loop over them is quicker than a call to the platform's encoder. */
const shortText = 48;

/** A buffer of a column that grows as values come. */
export class ByteBuilder {
  #bytes: Buffer<ArrayBuffer> = Buffer.from(new ArrayBuffer(64));
  #view: DataView = new DataView(this.#bytes.buffer);
  length = 0;

  /** Makes room for so many bytes more and returns where to write them. */
  room(bytes: number): DataView {
    const needed = this.length + bytes;
    if (needed > this.#bytes.length) {
      const grown = Buffer.from(new ArrayBuffer(Math.max(needed, this.#bytes.length * 2)));
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

  /** Appends a text as UTF-8. */
  appendText(text: string): void {
    const units = text.length;
    this.room(units * 3);
    const bytes = this.#bytes;
    const start = this.length;
    let at = 0;
    if (units <= shortText) {
      for (; at < units; at++) {
        const unit = text.charCodeAt(at);
        if (unit > 127) {
          break;
        }
        bytes[start + at] = unit;
      }
    }
    this.length += at === units ? units : bytes.write(text, start, "utf8");
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
    this.#bytes = Buffer.from(new ArrayBuffer(64));
    this.#view = new DataView(this.#bytes.buffer);
    this.length = 0;
    return bytes;
  }
}
