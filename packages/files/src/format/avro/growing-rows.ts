/** Bits that are added one by one: which values there are. */
export class PresentRows {
  #bits: Uint8Array = new Uint8Array(128);
  #length = 0;
  #missing = 0;

  add(isThere: boolean): void {
    const at = this.#length++;
    if (at >> 3 >= this.#bits.length) this.#bits = larger(this.#bits, this.#bits.length + 1);
    if (isThere) this.#bits[at >> 3]! |= 1 << (at & 7);
    else this.#missing += 1;
  }

  finish(): {
    readonly length: number;
    readonly offset: 0;
    readonly nullCount: number;
    readonly nullBitmap: Uint8Array;
  } {
    const length = this.#length;
    const nullBitmap = this.#bits.slice(0, (length + 7) >> 3);
    const nullCount = this.#missing;
    this.#bits.fill(0);
    this.#length = 0;
    this.#missing = 0;
    return { length, offset: 0, nullCount, nullBitmap };
  }
}

type Elements = Int32Array | BigInt64Array | Float32Array | Float64Array;

/** Numbers that are added one by one. */
export class NumberRows {
  #values: Elements;
  #length = 0;

  constructor(kind: new (length: number) => Elements) {
    this.#values = new kind(1024);
  }

  add(value: number | bigint): void {
    if (this.#length === this.#values.length) this.#values = larger(this.#values, this.#length + 1);
    this.#values[this.#length++] = value as never;
  }

  /** Leaves a place out. */
  skip(): void {
    this.add(this.#values instanceof BigInt64Array ? 0n : 0);
  }

  finish(): Elements {
    const values = this.#values.slice(0, this.#length);
    this.#length = 0;
    return values;
  }
}

/** Bytes that are added value by value. */
export class ByteRows {
  #bytes: Uint8Array = new Uint8Array(4096);
  #end = 0;
  readonly #ends = new NumberRows(Int32Array);

  add(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#bytes.length)
      this.#bytes = larger(this.#bytes, this.#end + bytes.length);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
    this.#ends.add(this.#end);
  }

  finish(): { readonly values: Uint8Array; readonly valueOffsets: Int32Array } {
    const ends = this.#ends.finish() as Int32Array;
    const valueOffsets = new Int32Array(ends.length + 1);
    valueOffsets.set(ends, 1);
    const values = this.#bytes.slice(0, this.#end);
    this.#end = 0;
    return { values, valueOffsets };
  }
}

function larger<Array extends Elements | Uint8Array>(values: Array, needed: number): Array {
  const length = Math.max(values.length * 2, needed);
  const next = new (values.constructor as new (length: number) => Array)(length);
  next.set(values as never);
  return next;
}
