import type { WriteRules } from "../record/field-writers.ts";
import { type ColumnPlan, opDecimal, opString, type TypePlan } from "../record/type-plan.ts";
import type { DecimalRoom } from "../values/decimal.ts";
import { int64 } from "../wire/int64.ts";
import { NestedEncoder } from "./nested-encoder.ts";
import {
  largestWhole,
  rawMark,
  slotEncoded,
  slotInstant,
  slotInt64,
  slotKind,
  slotText,
  textMark,
  wholeMark,
} from "./slot-kinds.ts";

/** Slots of a full tape, unless one row has more. */
const tapeSlots = 16_384;
/** More rows at a time are no quicker. */
const tapeRows = 1024;
/** The tape is full once it has so many UTF-16 units of text, or bytes of raw values. */
export const fullText: number = 128 * 1024;
/** Longer texts, and more raw bytes in one row, are left to the long way. */
const longestText = 32 * 1024;
/** Room for the raw bytes of a full tape and one more row. */
export const rawRoom: number = fullText + longestText;

/** The upper word of NULL in a slot that holds a double; the lower one is 0. */
const nullDouble = 0x7ff8dead;
/** The same in a slot that holds a 64-bit integer: -2^63, which a BIGINT may not be. */
export const nullInt64 = -0x80000000;
const canonicalNan = 0x7ff80000;

/** What rows are held against. */
export interface TapeRules extends WriteRules {
  readonly maxRecordBytes: number;
}

/**
 * The memory of a value tape: one 64-bit slot a value whatever its type, two for an instant, and the text of each
 * column strung together, because one long string is encoded several times quicker than many short ones. What is
 * short, or bytes already, is among the raw bytes.
 */
export class TapeStore {
  rowCount = 0;
  readonly floats: Float64Array;
  readonly ints: Int32Array;
  readonly bigints: BigInt64Array;
  /** By column: the text of its rows. A new array for each tapeful: engines store into new ones quicker. */
  texts: string[];
  /** Raw bytes of all columns, in the order of their slots. */
  readonly raw: Uint8Array;
  rawLength = 0;
  /** UTF-16 units in {@link texts}. */
  textUnits = 0;
  readonly slotsPerRow: number;
  /** Most bytes that a row takes besides its text: per slot a tag and a varint, then the end of the record. */
  readonly rowBytesAtMost: number;
  /** By column: what its slots hold. */
  readonly kinds: readonly number[];
  /** By column: the upper word of NULL; 0 where NULL is not allowed. */
  readonly nulls: Int32Array;
  /** Texts up to so many units surely have few enough bytes. */
  readonly maxUnits: number;
  /** Counts how often the tape was emptied, which a value's own code may do while its row is being put down. */
  emptied = 0;
  /**
   * Whether the rows were put down together: text of the columns that are {@link deferred} is then still to be looked
   * at.
   */
  areTogether = false;
  /** By column: whether text may be looked at later, for many rows at a time. */
  readonly deferred: boolean[];
  /** By column of decimals: the digits that they may have. */
  readonly decimals: readonly (DecimalRoom | undefined)[];
  readonly #capacity: number;
  readonly #maxFieldBytes: number;
  readonly #nested: NestedEncoder;

  /** @throws RangeError when there is no memory for it. */
  constructor(columns: readonly ColumnPlan[], rules: TapeRules) {
    this.kinds = columns.map((column) => slotKind(column.op));
    this.nulls = Int32Array.from(columns, (column, index) => {
      if (!column.nullable && !rules.anyValue) return 0;
      return this.kinds[index] === slotInt64 ? nullInt64 : nullDouble;
    });
    this.slotsPerRow = columns.length + this.kinds.filter((kind) => kind === slotInstant).length;
    this.rowBytesAtMost = this.slotsPerRow * 15 + 9;
    this.#capacity = Math.max(1, Math.min(tapeRows, Math.floor(tapeSlots / Math.max(this.slotsPerRow, 1))));
    this.floats = new Float64Array(this.#capacity * this.slotsPerRow);
    this.ints = new Int32Array(this.floats.buffer);
    this.bigints = new BigInt64Array(this.floats.buffer);
    this.texts = columns.map(() => "");
    this.deferred = columns.map(({ op }) => op === opString || op === opDecimal);
    this.decimals = columns.map(({ op, type }) => (op === opDecimal ? type.decimal : undefined));
    const hasRaw = this.kinds.includes(slotText) || this.kinds.includes(slotEncoded);
    this.raw = hasRaw ? new Uint8Array(rawRoom) : noBytes;
    this.maxUnits = Math.min(longestText, Math.floor(rules.maxFieldBytes / 3));
    this.#maxFieldBytes = rules.maxFieldBytes;
    this.#nested = new NestedEncoder(rules, rules.maxRecordBytes);
  }

  get isFull(): boolean {
    return this.rowCount === this.#capacity || this.textUnits >= fullText || this.rawLength >= fullText;
  }

  /** Most bytes that the rows can take in a pack. */
  get byteLengthAtMost(): number {
    return this.rowCount * this.rowBytesAtMost + this.textUnits * 3 + this.rawLength;
  }

  clear(): void {
    this.emptied++;
    this.rowCount = 0;
    this.rawLength = 0;
    this.texts = this.kinds.map(() => "");
    this.textUnits = 0;
    this.areTogether = false;
  }

  /** False for what is too far from 0 to be taken. */
  putWhole(slot: number, value: number): boolean {
    this.floats[slot] = value + wholeMark;
    return Math.abs(value) <= largestWhole;
  }

  /** Any NaN becomes the canonical one: others might mean NULL. */
  putNan(slot: number): void {
    this.ints[slot * 2] = 0;
    this.ints[slot * 2 + 1] = canonicalNan;
  }

  /** False for text that is too long to be taken, or has a lone surrogate. */
  putText(index: number, slot: number, value: string): boolean {
    if (value.length > this.maxUnits || !value.isWellFormed()) return false;
    this.texts[index] += value;
    this.floats[slot] = value.length + textMark;
    this.textUnits += value.length;
    return true;
  }

  /** Copies bytes; false when there are too many. */
  putBytes(slot: number, value: Uint8Array): boolean {
    const { length } = value;
    if (length > this.#maxFieldBytes || this.rawLength + length > rawRoom) return false;
    this.raw.set(value, this.rawLength);
    this.rawLength += length;
    this.floats[slot] = length + rawMark;
    return true;
  }

  /** Encodes a value with elements; false when it is too long to be taken. */
  putNested(slot: number, type: TypePlan, value: unknown): boolean {
    const length = this.#nested.encode(type, value, this.raw, this.rawLength);
    if (length < 0) return false;
    this.rawLength += length;
    this.floats[slot] = length + rawMark;
    return true;
  }

  /** Seconds as they were left in `int64`. */
  putInstant(slot: number, nanos: number): boolean {
    this.ints[slot * 2] = int64.low;
    this.ints[slot * 2 + 1] = int64.high;
    this.floats[slot + 1] = nanos + wholeMark;
    return true;
  }

  /** Cuts off what a refused row left. Rare, so that the text of the others is counted only now. */
  dropTextOfRow(): void {
    let offset = 0;
    for (let index = 0; index < this.kinds.length; index++, offset++) {
      const kind = this.kinds[index];
      if (kind === slotInstant) offset++;
      if (kind !== slotText) continue;
      let units = 0;
      for (let row = 0; row < this.rowCount; row++) {
        const marked = this.floats[row * this.slotsPerRow + offset]!;
        if (marked < rawMark) units += marked - textMark;
      }
      const text = this.texts[index]!;
      if (text.length > units) this.texts[index] = text.slice(0, units);
    }
  }
}

const noBytes: Uint8Array = /*@__PURE__*/ new Uint8Array(0);
