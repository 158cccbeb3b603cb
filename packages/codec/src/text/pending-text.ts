import { CodecError } from "../errors.ts";
import type { TextRecords } from "./text-records.ts";

/** Feeds the bytes of a stream to the records, however they are cut, and keeps those of the record not yet whole. */
export class PendingText {
  /** Bytes of all whole records so far. */
  consumed = 0;
  /** How many bytes are kept. */
  length = 0;
  readonly #records: TextRecords;
  #kept: Uint8Array = new Uint8Array(0);
  /** A long record kept is looked at again once it has so many bytes, so that it takes linear time. */
  #lookAt = 0;

  constructor(records: TextRecords) {
    this.#records = records;
  }

  /** The bytes kept. */
  get kept(): Uint8Array {
    return this.#kept.subarray(0, this.length);
  }

  push(bytes: Uint8Array): void {
    if (this.length === 0) {
      this.keep(bytes.subarray(this.#take(bytes, false)));
      return;
    }
    if (this.waits(bytes)) return;
    this.#append(bytes);
    const { kept } = this;
    this.keep(kept.subarray(this.#take(kept, false)));
  }

  /** Keeps bytes that come behind those kept, if they are not worth a look yet. */
  waits(bytes: Uint8Array): boolean {
    if (this.length + bytes.length >= this.#lookAt) return false;
    this.#append(bytes);
    return true;
  }

  end(): void {
    this.#take(this.kept, true);
    this.length = 0;
  }

  /** Keeps bytes in place of those kept: a record that is not whole. */
  keep(rest: Uint8Array): void {
    this.#lookAt = rest.length > shortRecordBytes ? rest.length * 2 : 0;
    if (this.#kept.length < rest.length) this.#kept = new Uint8Array(Math.max(rest.length * 2, 4096));
    this.#kept.set(rest, 0);
    this.length = rest.length;
    const { maxRecordBytes, lineEnds } = this.#records;
    if (rest.length <= maxRecordBytes) return;
    throw new CodecError(
      "record-too-large",
      `line ${lineEnds + 1}: Expected a record of at most ${maxRecordBytes} bytes; a quote may not be closed`,
      { line: lineEnds + 1, offset: this.consumed },
    );
  }

  /** Takes whole records from the start of bytes, and gives where they end. */
  #take(bytes: Uint8Array, final: boolean): number {
    const records = this.#records;
    records.offset = this.consumed;
    const at = records.take(bytes, 0, bytes.length, final);
    records.countLines(bytes, at);
    this.consumed += at;
    return at;
  }

  #append(bytes: Uint8Array): void {
    const length = this.length + bytes.length;
    if (this.#kept.length < length) {
      const roomy = new Uint8Array(length * 2);
      roomy.set(this.kept);
      this.#kept = roomy;
    }
    this.#kept.set(bytes, this.length);
    this.length = length;
  }
}

const shortRecordBytes = 65_536;
