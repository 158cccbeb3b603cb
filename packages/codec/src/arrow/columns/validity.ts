/** Which values of a column are there: a bit each, made once the first NULL comes. */
export class Validity {
  length = 0;
  nullCount = 0;
  #bits: Uint8Array<ArrayBuffer> = new Uint8Array(0);

  append(isThere: boolean): void {
    if (!isThere) this.#clear(this.length);
    this.length++;
  }

  /** Appends as many as there are flags, a byte each. */
  appendFlags(flags: Uint8Array): void {
    let at = flags.indexOf(0);
    while (at >= 0) {
      this.#clear(this.length + at);
      at = flags.indexOf(0, at + 1);
    }
    this.length += flags.length;
  }

  /** The bits, and none are left. */
  take(): { readonly nullCount: number; readonly nullBitmap?: Uint8Array<ArrayBuffer> } {
    const { length, nullCount } = this;
    const bits = this.#bits;
    this.length = 0;
    this.nullCount = 0;
    this.#bits = new Uint8Array(0);
    if (nullCount === 0) return { nullCount };
    const bytes = (length + 7) >> 3;
    const nullBitmap = new Uint8Array(bytes).fill(255);
    nullBitmap.set(bits.subarray(0, Math.min(bits.length, bytes)));
    if (length % 8 !== 0) nullBitmap[bytes - 1]! &= (1 << (length % 8)) - 1;
    return { nullCount, nullBitmap };
  }

  #clear(index: number): void {
    const at = index >> 3;
    if (at >= this.#bits.length) {
      const grown = new Uint8Array(Math.max(1024, at * 2)).fill(255);
      grown.set(this.#bits);
      this.#bits = grown;
    }
    this.#bits[at]! &= ~(1 << (index & 7));
    this.nullCount++;
  }
}
