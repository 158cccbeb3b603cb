import { layDecimal } from "../../kernel/layout-plan.ts";
import { nullCount } from "../../kernel/record-layout.ts";
import type { ArrowType } from "./arrow-types.ts";
import type { ColumnBuilder, RunPart } from "./column-builder.ts";
import type { ColumnData, ColumnValues } from "./column-data.ts";
import { GrowingArray } from "./growing-array.ts";
import { Validity } from "./validity.ts";

/** The arrays that numbers are kept in. */
export type NumberArray =
  | Int8ArrayConstructor
  | Int16ArrayConstructor
  | Int32ArrayConstructor
  | BigInt64ArrayConstructor
  | Float32ArrayConstructor
  | Float64ArrayConstructor;

/** Integers, floating point, days, instants. */
export class NumberBuilder implements ColumnBuilder {
  readonly #type: ArrowType;
  readonly #make: NumberArray;
  readonly #values: GrowingArray<ColumnValues>;
  readonly #validity: Validity = new Validity();

  constructor(type: ArrowType, make: NumberArray) {
    this.#type = type;
    this.#make = make;
    this.#values = new GrowingArray<ColumnValues>(make as unknown as new (length: number) => ColumnValues);
  }

  get byteLength(): number {
    return this.#values.length * this.#make.BYTES_PER_ELEMENT;
  }

  append(value: unknown): void {
    this.#validity.append(value !== null);
    this.#values.push((value ?? (this.#make === BigInt64Array ? 0n : 0)) as number);
  }

  appendPart(part: RunPart, column: number): void {
    this.appendFrom(part, column, part.run.columns[column]!.values);
  }

  /** Takes values that lie at an address of their own. */
  appendFrom(part: RunPart, column: number, values: number): void {
    const at = values + part.from * this.#make.BYTES_PER_ELEMENT;
    this.#values.append(new this.#make(part.run.kernel.memory.bytes.buffer, at, part.count) as ColumnValues);
    appendFlags(this.#validity, part, column);
  }

  take(): ColumnData {
    const { length } = this.#values;
    const values = this.#values.take();
    return { type: this.#type, length, offset: 0, ...this.#validity.take(), values, children: [] };
  }
}

/** Bits. */
export class BooleanBuilder implements ColumnBuilder {
  readonly #type: ArrowType;
  readonly #flags: GrowingArray<Uint8Array<ArrayBuffer>> = new GrowingArray<Uint8Array<ArrayBuffer>>(
    Uint8Array,
  );
  readonly #validity: Validity = new Validity();

  constructor(type: ArrowType) {
    this.#type = type;
  }

  get byteLength(): number {
    return this.#flags.length >> 3;
  }

  append(value: unknown): void {
    this.#validity.append(value !== null);
    this.#flags.push(value === true ? 1 : 0);
  }

  appendPart({ run, from, count }: RunPart, column: number): void {
    const at = run.columns[column]!.values + from;
    this.#flags.append(run.kernel.memory.bytes.subarray(at, at + count));
    appendFlags(this.#validity, { run, from, count }, column);
  }

  take(): ColumnData {
    const flags = this.#flags.take();
    const values = new Uint8Array((flags.length + 7) >> 3);
    for (let at = 0; at < flags.length; at++) values[at >> 3]! |= flags[at]! << (at & 7);
    const { length } = flags;
    return { type: this.#type, length, offset: 0, ...this.#validity.take(), values, children: [] };
  }
}

/** Whole numbers of 128 or 256 bits, as words. */
export class DecimalBuilder implements ColumnBuilder {
  readonly #type: ArrowType;
  readonly #words: number;
  readonly #values: GrowingArray<Uint32Array<ArrayBuffer>> = new GrowingArray<Uint32Array<ArrayBuffer>>(
    Uint32Array,
  );
  readonly #validity: Validity = new Validity();

  constructor(type: ArrowType) {
    this.#type = type;
    this.#words = (type.bitWidth ?? 128) / 32;
  }

  get byteLength(): number {
    return this.#values.length * 4;
  }

  append(value: unknown): void {
    this.#validity.append(value !== null);
    let rest = (value ?? 0n) as bigint;
    const at = this.#values.length;
    const values = this.#values.extend(this.#words);
    for (let word = 0; word < this.#words; word++) {
      values[at + word] = Number(rest & 0xffffffffn);
      rest >>= 32n;
    }
  }

  appendPart(part: RunPart, column: number): void {
    const { run, from, count } = part;
    const { values, lay } = run.columns[column]!;
    if (lay.kind === layDecimal) {
      this.#values.append(new Uint32Array(run.kernel.memory.bytes.buffer, values + from * 16, count * 4));
      appendFlags(this.#validity, part, column);
    } else {
      this.#appendTexts(part, column);
    }
  }

  take(): ColumnData {
    const values = this.#values.take();
    const length = values.length / this.#words;
    return { type: this.#type, length, offset: 0, ...this.#validity.take(), values, children: [] };
  }

  /** Of decimals too long for the kernel, which has seen to it that they fit: plain text. */
  #appendTexts({ run, from, count }: RunPart, column: number): void {
    const { bytes, words } = run.kernel.memory;
    const { flags, values, further } = run.columns[column]!;
    for (let row = from; row < from + count; row++) {
      if (bytes[flags + row] === 0) {
        this.append(null);
        continue;
      }
      let digits = "";
      let missing = 0;
      let isNegative = false;
      const end = further + words[(values >> 2) + row + 1]!;
      for (let at = further + words[(values >> 2) + row]!; at < end; at++) {
        const byte = bytes[at]!;
        if (byte === 0x2d) isNegative = true;
        else if (byte === 0x2e) missing = end - at - 1;
        else digits += String.fromCharCode(byte);
      }
      const value = BigInt(digits) * 10n ** BigInt((this.#type.scale ?? 0) - missing);
      this.append(isNegative ? -value : value);
    }
  }
}

/** Appends which of a part's values are there. */
export function appendFlags(validity: Validity, { run, from, count }: RunPart, column: number): void {
  if (nullCount(run, column) === 0) {
    validity.length += count;
    return;
  }
  const at = run.columns[column]!.flags + from;
  validity.appendFlags(run.kernel.memory.bytes.subarray(at, at + count));
}
