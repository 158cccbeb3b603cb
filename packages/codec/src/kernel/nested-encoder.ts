import { type WriteRules, writeValue } from "../record/field-writers.ts";
import type { TypePlan } from "../record/type-plan.ts";
import { ByteSink } from "../wire/byte-sink.ts";

/** Room that is kept from value to value. */
const keptBytes = 64 * 1024;

/**
 * Encodes values with elements of their own one by one, for the kernel to put among the other fields of their row. The
 * kernel knows the row's checksum up to such a value, and this one what the value adds to a checksum of nothing; how
 * many bytes that were is all it takes to join them.
 */
export class NestedEncoder {
  readonly #sink: ByteSink;
  readonly #rules: WriteRules;

  constructor(rules: WriteRules, maxRecordBytes: number) {
    this.#sink = new ByteSink(keptBytes, maxRecordBytes);
    this.#rules = rules;
  }

  /**
   * Writes the number of bytes that are checksummed and their checksum, both as 32-bit words, then the value.
   *
   * @returns how many bytes were written, or -1 when there is no room for them.
   * @throws InvalidValue
   */
  encode(type: TypePlan, value: unknown, target: Uint8Array, start: number): number {
    const sink = this.#sink;
    sink.dropRecord();
    sink.crc = 0;
    sink.fed = 0;
    try {
      writeValue(sink, type, value, this.#rules);
      const length = sink.recordBytes;
      if (start + length + 8 > target.length) return -1;
      putWord(target, start, sink.fed);
      putWord(target, start + 4, sink.crc);
      const { buf } = sink;
      if (length > 64) target.set(buf.subarray(0, length), start + 8);
      else for (let at = 0; at < length; at++) target[start + 8 + at] = buf[at]!;
      return length + 8;
    } finally {
      if (sink.buf.length > keptBytes) sink.takeChunks();
    }
  }
}

function putWord(target: Uint8Array, at: number, word: number): void {
  target[at] = word;
  target[at + 1] = word >> 8;
  target[at + 2] = word >> 16;
  target[at + 3] = word >> 24;
}
