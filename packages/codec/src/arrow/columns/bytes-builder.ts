import { type ArrowType, typeUtf8 } from "./arrow-types.ts";
import type { ColumnBuilder, RunPart } from "./column-builder.ts";
import type { ColumnData } from "./column-data.ts";
import { GrowingArray } from "./growing-array.ts";
import { appendFlags } from "./number-builders.ts";
import { Validity } from "./validity.ts";

const encoder: TextEncoder = /*@__PURE__*/ new TextEncoder();

/** Texts, and values of bytes. */
export class BytesBuilder implements ColumnBuilder {
  readonly #type: ArrowType;
  readonly #bytes: GrowingArray<Uint8Array<ArrayBuffer>> = new GrowingArray<Uint8Array<ArrayBuffer>>(
    Uint8Array,
  );
  readonly #offsets: GrowingArray<Int32Array<ArrayBuffer>> = new GrowingArray<Int32Array<ArrayBuffer>>(
    Int32Array,
  );
  readonly #validity: Validity = new Validity();

  constructor(type: ArrowType) {
    this.#type = type;
    this.#offsets.push(0);
  }

  get byteLength(): number {
    return this.#bytes.length + this.#offsets.length * 4;
  }

  append(value: unknown): void {
    this.#validity.append(value !== null);
    if (value !== null) {
      const isText = this.#type.typeId === typeUtf8;
      this.#bytes.append((isText ? encoder.encode(value as string) : value) as Uint8Array<ArrayBuffer>);
    }
    this.#offsets.push(this.#bytes.length);
  }

  appendPart(part: RunPart, column: number): void {
    const { run, from, count } = part;
    const { bytes, words } = run.kernel.memory;
    const { values, further } = run.columns[column]!;
    const ends = (values >> 2) + from;
    const start = words[ends]!;
    const base = this.#bytes.length - start;
    const taken = bytes.subarray(further + start, further + words[ends + count]!);
    this.#bytes.append(taken as Uint8Array<ArrayBuffer>);
    const at = this.#offsets.length;
    const offsets = this.#offsets.extend(count);
    for (let row = 0; row < count; row++) offsets[at + row] = base + words[ends + row + 1]!;
    appendFlags(this.#validity, part, column);
  }

  take(): ColumnData {
    const valueOffsets = this.#offsets.take();
    const values = this.#bytes.take();
    this.#offsets.push(0);
    const length = valueOffsets.length - 1;
    const nulls = this.#validity.take();
    return { type: this.#type, length, offset: 0, ...nulls, valueOffsets, values, children: [] };
  }
}
