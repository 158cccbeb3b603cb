import type { Timestamp } from "../../schema/instant.ts";
import type { ArrowType } from "./arrow-types.ts";
import type { ColumnBuilder, RunPart } from "./column-builder.ts";
import type { ColumnData, ColumnValues } from "./column-data.ts";
import { GrowingArray } from "./growing-array.ts";
import { appendFlags, type NumberArray, NumberBuilder } from "./number-builders.ts";
import { Validity } from "./validity.ts";

/** The kernel lays nested values out as the bytes they are: their values come one by one. */
function cannotAppendPart(): never {
  throw new TypeError("Expected the values of a nested column one by one");
}

/** Arrays of any length. */
export class ListBuilder implements ColumnBuilder {
  readonly #type: ArrowType;
  readonly #elements: ColumnBuilder;
  readonly #offsets: GrowingArray<Int32Array<ArrayBuffer>> = new GrowingArray<Int32Array<ArrayBuffer>>(
    Int32Array,
  );
  readonly #validity: Validity = new Validity();
  #elementCount = 0;

  constructor(type: ArrowType, elements: ColumnBuilder) {
    this.#type = type;
    this.#elements = elements;
    this.#offsets.push(0);
  }

  get byteLength(): number {
    return this.#elements.byteLength + this.#offsets.length * 4;
  }

  append(value: unknown): void {
    this.#validity.append(value !== null);
    for (const element of (value ?? []) as unknown[]) {
      this.#elements.append(element);
      this.#elementCount++;
    }
    this.#offsets.push(this.#elementCount);
  }

  appendPart(): void {
    cannotAppendPart();
  }

  take(): ColumnData {
    const valueOffsets = this.#offsets.take();
    this.#offsets.push(0);
    this.#elementCount = 0;
    const length = valueOffsets.length - 1;
    const children = [this.#elements.take()];
    return { type: this.#type, length, offset: 0, ...this.#validity.take(), valueOffsets, children };
  }
}

/** Maps: lists of entries, each a struct of a key and a value. */
export class MapBuilder extends ListBuilder {
  constructor(type: ArrowType, keys: ColumnBuilder, values: ColumnBuilder) {
    super(type, new StructBuilder(type.children![0]!.type, [keys, values]));
  }
}

/** Structs, whose values are arrays of their fields'. */
export class StructBuilder implements ColumnBuilder {
  readonly #type: ArrowType;
  readonly #fields: readonly ColumnBuilder[];
  readonly #validity: Validity = new Validity();

  constructor(type: ArrowType, fields: readonly ColumnBuilder[]) {
    this.#type = type;
    this.#fields = fields;
  }

  get byteLength(): number {
    return this.#fields.reduce((sum, field) => sum + field.byteLength, 1);
  }

  append(value: unknown): void {
    this.#validity.append(value !== null);
    this.#fields.forEach((field, index) => {
      field.append(value === null ? null : (value as unknown[])[index]);
    });
  }

  appendPart(): void {
    cannotAppendPart();
  }

  take(): ColumnData {
    const { length } = this.#validity;
    const children = this.#fields.map((field) => field.take());
    return { type: this.#type, length, offset: 0, ...this.#validity.take(), children };
  }
}

/** Seconds and nanoseconds. */
export class InstantBuilder implements ColumnBuilder {
  readonly #type: ArrowType;
  readonly #seconds: NumberBuilder;
  readonly #nanos: NumberBuilder;
  readonly #validity: Validity = new Validity();

  constructor(type: ArrowType) {
    this.#type = type;
    this.#seconds = new NumberBuilder(type.children![0]!.type, BigInt64Array);
    this.#nanos = new NumberBuilder(type.children![1]!.type, Int32Array);
  }

  get byteLength(): number {
    return this.#seconds.byteLength + this.#nanos.byteLength;
  }

  append(value: unknown): void {
    this.#validity.append(value !== null);
    const instant = value as Timestamp | null;
    this.#seconds.append(instant?.seconds ?? null);
    this.#nanos.append(instant?.nanos ?? null);
  }

  appendPart(part: RunPart, column: number): void {
    this.#seconds.appendPart(part, column);
    this.#nanos.appendFrom(part, column, part.run.columns[column]!.further);
    appendFlags(this.#validity, part, column);
  }

  take(): ColumnData {
    const { length } = this.#validity;
    const children = [this.#seconds.take(), this.#nanos.take()];
    return { type: this.#type, length, offset: 0, ...this.#validity.take(), children };
  }
}

/** Vectors: so many floating point numbers each. */
export class FixedListBuilder implements ColumnBuilder {
  readonly #type: ArrowType;
  readonly #make: NumberArray;
  readonly #elements: GrowingArray<ColumnValues>;
  readonly #validity: Validity = new Validity();
  readonly #size: number;

  constructor(type: ArrowType, make: NumberArray) {
    this.#type = type;
    this.#make = make;
    this.#size = type.listSize ?? 0;
    this.#elements = new GrowingArray<ColumnValues>(make as unknown as new (length: number) => ColumnValues);
  }

  get byteLength(): number {
    return this.#elements.length * this.#make.BYTES_PER_ELEMENT;
  }

  append(value: unknown): void {
    this.#validity.append(value !== null);
    const at = this.#elements.length;
    const elements = this.#elements.extend(this.#size) as Float64Array;
    if (value === null) elements.fill(0, at, at + this.#size);
    else elements.set(value as number[], at);
  }

  appendPart(part: RunPart, column: number): void {
    const { run, from, count } = part;
    const { bytes, words } = run.kernel.memory;
    const { values, flags } = run.columns[column]!;
    const elementBytes = this.#make.BYTES_PER_ELEMENT;
    const at = this.#elements.length;
    const elements = this.#elements.extend(this.#size * count);
    const target = new Uint8Array(elements.buffer, at * elementBytes, this.#size * count * elementBytes);
    const step = this.#size * elementBytes;
    for (let row = 0; row < count; row++) {
      if (bytes[flags + from + row] === 0) continue;
      const start = words[(values >> 2) + (from + row) * 2]!;
      target.set(bytes.subarray(start, start + step), row * step);
    }
    appendFlags(this.#validity, part, column);
  }

  take(): ColumnData {
    const { length } = this.#validity;
    const values = this.#elements.take();
    const [item] = this.#type.children!;
    const child: ColumnData = {
      type: item!.type,
      length: values.length,
      offset: 0,
      nullCount: 0,
      values,
      children: [],
    };
    return { type: this.#type, length, offset: 0, ...this.#validity.take(), children: [child] };
  }
}
