import { CodecError } from "../errors.ts";
import type { TextRecords } from "./text-records.ts";

/** Feeds the bytes of a stream to the records, however they are cut, and keeps those of the record not yet whole. */
export class PendingText {
  readonly #records: TextRecords;
  /** The bytes kept: the first `#length` of it. */
  #kept: Uint8Array = new Uint8Array(0);
  #length = 0;
  /** A long record kept is looked at again once it has so many bytes, so that it takes linear time. */
  #lookAt = 0;

  constructor(records: TextRecords) {
    this.#records = records;
  }

  /** Bytes of all whole records so far. */
  get consumed(): number {
    return this.#records.offset;
  }

  push(bytes: Uint8Array): void {
    if (this.#length === 0) {
      this.#keep(bytes, this.#take(bytes, bytes.length, false));
      return;
    }
    this.#append(bytes);
    if (this.#length < this.#lookAt) return;
    this.#keep(this.#kept.subarray(0, this.#length), this.#take(this.#kept, this.#length, false));
  }

  end(): void {
    this.#take(this.#kept, this.#length, true);
    this.#length = 0;
  }

  /** Takes whole records from the start of bytes, and gives where they end. */
  #take(bytes: Uint8Array, limit: number, final: boolean): number {
    const records = this.#records;
    const at = records.take(bytes, 0, limit, final);
    records.countLines(bytes, at);
    records.offset += at;
    if (limit - at > records.maxRecordBytes) {
      throw new CodecError(
        "record-too-large",
        `line ${records.lineEnds + 1}: Expected a record of at most ${records.maxRecordBytes} bytes; a quote may not be closed`,
        { line: records.lineEnds + 1, offset: records.offset },
      );
    }
    return at;
  }

  #keep(bytes: Uint8Array, from: number): void {
    const rest = bytes.length - from;
    this.#lookAt = rest > shortRecordBytes ? rest * 2 : 0;
    if (this.#kept.length < rest) this.#kept = new Uint8Array(Math.max(rest * 2, 4096));
    this.#kept.set(bytes.subarray(from), 0);
    this.#length = rest;
  }

  #append(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (this.#kept.length < length) {
      const roomy = new Uint8Array(length * 2);
      roomy.set(this.#kept.subarray(0, this.#length));
      this.#kept = roomy;
    }
    this.#kept.set(bytes, this.#length);
    this.#length = length;
  }
}

const shortRecordBytes = 65_536;
