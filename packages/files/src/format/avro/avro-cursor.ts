/** Reads Avro's values out of bytes. @throws RangeError behind their end */
export class AvroCursor {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  byte(): number {
    return this.#view.getUint8(this.at++);
  }

  float(): number {
    this.at += 4;
    return this.#view.getFloat32(this.at - 4, true);
  }

  double(): number {
    this.at += 8;
    return this.#view.getFloat64(this.at - 8, true);
  }

  /** A number of up to 64 bits; as a `bigint` where it has to be one. */
  long(): number | bigint {
    let low = 0;
    let factor = 1;
    for (let count = 0; count < 7; count += 1) {
      const byte = this.byte();
      low += (byte & 0x7f) * factor;
      if (byte < 0x80) return low % 2 === 0 ? low / 2 : -(low + 1) / 2;
      factor *= 128;
    }
    let wide = BigInt(low);
    for (let shift = 49n; shift <= 63n; shift += 7n) {
      const byte = this.byte();
      wide |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, (wide >> 1n) ^ -(wide & 1n));
    }
    throw new RangeError("a number of more than 64 bits");
  }

  /** A number that counts what follows. */
  count(): number {
    const count = Number(this.long());
    if (Number.isSafeInteger(count)) return count;
    throw new RangeError(`a count of ${count}`);
  }

  take(length: number): Uint8Array {
    if (!(length >= 0 && length <= this.left)) throw new RangeError(`a value of ${length} bytes`);
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}
