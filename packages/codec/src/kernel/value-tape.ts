import type { WriteRules } from "../record/field-writers.ts";
import type * as plan from "../record/type-plan.ts";
import { firstMs, lastMs } from "../values/calendar.ts";
import { int64 } from "../wire/int64.ts";
import { NestedEncoder } from "./nested-encoder.ts";
import { plainDecimalUnits, putPlainDecimal } from "./plain-decimal.ts";
import { putRareValue } from "./rare-values.ts";
import { slotEncoded, slotInstant, slotInt64, slotKind, slotText } from "./slot-kinds.ts";

/** Slots of a full tape, unless one row has more. */
const tapeSlots = 16_384;
/** More rows at a time are no quicker. */
const tapeRows = 1024;
/** The tape is full once it has so many UTF-16 units of text, or bytes of raw values. */
const fullText = 128 * 1024;
/** Longer texts, and more raw bytes in one row, are left to the long way. */
const longestText = 32 * 1024;
/** Up to so many units of ASCII a loop over them is quicker than all that is done for a text. */
const shortText = 12;
/** Room for the raw bytes of a full tape and one more row. */
const rawRoom = fullText + longestText;

/** The upper word of NULL in a slot that holds a double; the lower one is 0. */
const nullDouble = 0x7ff8dead;
/** The same in a slot that holds a 64-bit integer: -2^63, which a BIGINT may not be. */
const nullInt64 = -0x80000000;
const canonicalNan = 0x7ff80000;

/** What rows are held against. */
export interface TapeRules extends WriteRules {
  readonly maxRecordBytes: number;
}

/**
 * Rows on their way to the kernel: one 64-bit slot a value whatever its type, two for an instant, and the text of each
 * column strung together, because one long string is encoded several times quicker than many short ones.
 *
 * It takes only what it knows to be right. A row that it refuses has to go the long way, which says what is wrong
 * with it, if anything is.
 */
export class ValueTape {
  rowCount = 0;
  readonly floats: Float64Array;
  /** By column: the text of its rows. */
  readonly texts: string[];
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
  readonly #columns: readonly plan.ColumnPlan[];
  readonly #ops: Uint8Array;
  /** By column: the range of an integer. */
  readonly #min: Int32Array;
  readonly #max: Int32Array;
  /** By column: the upper word of NULL; 0 where NULL is not allowed. */
  readonly #nulls: Int32Array;
  readonly #capacity: number;
  readonly #ints: Int32Array;
  readonly #bigints: BigInt64Array;
  readonly #rules: TapeRules;
  readonly #nested: NestedEncoder;
  /** Texts up to so many units surely have few enough bytes. */
  readonly #maxUnits: number;
  /** Counts how often the tape was emptied, which a value's own code may do while its row is being put down. */
  #emptied = 0;

  /** @throws RangeError when there is no memory for it. */
  constructor(columns: readonly plan.ColumnPlan[], rules: TapeRules) {
    this.#columns = columns;
    this.#ops = Uint8Array.from(columns, (column) => column.op);
    this.#min = Int32Array.from(columns, (column) => column.type.min);
    this.#max = Int32Array.from(columns, (column) => column.type.max);
    this.kinds = columns.map((column) => slotKind(column.op));
    this.#nulls = Int32Array.from(columns, (column, index) => {
      if (!column.nullable && !rules.anyValue) return 0;
      return this.kinds[index] === slotInt64 ? nullInt64 : nullDouble;
    });
    this.slotsPerRow = columns.length + this.kinds.filter((kind) => kind === slotInstant).length;
    this.rowBytesAtMost = this.slotsPerRow * 15 + 9;
    this.#capacity = Math.max(1, Math.min(tapeRows, Math.floor(tapeSlots / Math.max(this.slotsPerRow, 1))));
    this.floats = new Float64Array(this.#capacity * this.slotsPerRow);
    this.#ints = new Int32Array(this.floats.buffer);
    this.#bigints = new BigInt64Array(this.floats.buffer);
    this.texts = columns.map(() => "");
    const hasRaw = this.kinds.includes(slotText) || this.kinds.includes(slotEncoded);
    this.raw = hasRaw ? new Uint8Array(rawRoom) : noBytes;
    this.#nested = new NestedEncoder(rules, rules.maxRecordBytes);
    this.#rules = rules;
    this.#maxUnits = Math.min(longestText, Math.floor(rules.maxFieldBytes / 3));
  }

  get isFull(): boolean {
    return this.rowCount === this.#capacity || this.textUnits >= fullText || this.rawLength >= fullText;
  }

  /** Most bytes that the rows can take in a pack. */
  get byteLengthAtMost(): number {
    return this.rowCount * this.rowBytesAtMost + this.textUnits * 3 + this.rawLength;
  }

  /** Puts down a row's values, in schema order. False when it has to go the long way; the tape is then as before. */
  put(values: ArrayLike<unknown>): boolean {
    const emptied = this.#emptied;
    const { textUnits, rawLength } = this;
    try {
      if (
        this.#putValues(values) &&
        this.#isSmall(this.textUnits - textUnits, this.rawLength - rawLength) &&
        this.#emptied === emptied
      ) {
        this.rowCount++;
        return true;
      }
    } catch {
      // The long way throws it again, and knows the row.
    }
    if (this.#emptied === emptied) {
      this.textUnits = textUnits;
      this.rawLength = rawLength;
      this.#dropTextOfRow();
    } else {
      // A value's own code had the tape encoded: nothing of it is left to go back to.
      this.clear();
    }
    return false;
  }

  clear(): void {
    this.#emptied++;
    this.rowCount = 0;
    this.rawLength = 0;
    this.texts.fill("");
    this.textUnits = 0;
  }

  /** The commonest forms of the commonest types are here, in one loop; all else is called for. */
  #putValues(values: ArrayLike<unknown>): boolean {
    const ops = this.#ops;
    const floats = this.floats;
    const ints = this.#ints;
    let slot = this.rowCount * this.slotsPerRow;
    for (let index = 0; index < ops.length; index++, slot++) {
      const value = values[index];
      switch (ops[index]) {
        case 2 satisfies typeof plan.opString:
          if (typeof value === "string") {
            const units = value.length;
            if (units <= shortText && this.#putShortText(slot, value)) continue;
            if (units > this.#maxUnits || !value.isWellFormed()) return false;
            this.texts[index] += value;
            floats[slot] = units;
            this.textUnits += units;
            continue;
          }
          break;
        case 1 satisfies typeof plan.opBigint:
          if (typeof value === "bigint") {
            this.#bigints[slot] = value;
            if (BigInt.asIntN(64, value) !== value) return false;
            if (ints[slot * 2 + 1] === nullInt64 && ints[slot * 2] === 0) return false;
            continue;
          }
          if (typeof value === "number") {
            if (!Number.isSafeInteger(value)) return false;
            ints[slot * 2] = value | 0;
            ints[slot * 2 + 1] = Math.floor(value * (1 / 2 ** 32)) | 0;
            continue;
          }
          break;
        case 3 satisfies typeof plan.opDouble:
          if (typeof value === "number") {
            floats[slot] = value;
            if (Number.isNaN(value)) this.#putNan(slot);
            continue;
          }
          break;
        case 0 satisfies typeof plan.opInteger:
          if (typeof value === "number" && (value | 0) === value) {
            if (value < this.#min[index]! || value > this.#max[index]!) return false;
            floats[slot] = value;
            continue;
          }
          break;
        case 4 satisfies typeof plan.opBoolean:
          if (typeof value === "boolean") {
            floats[slot] = value ? 1 : 0;
            continue;
          }
          break;
        case 5 satisfies typeof plan.opDateTime: {
          const ms = typeof value === "number" ? value : value instanceof Date ? value.getTime() : Number.NaN;
          if (ms >= firstMs && ms <= lastMs && Math.floor(ms) === ms) {
            floats[slot] = ms;
            continue;
          }
          break;
        }
        case 7 satisfies typeof plan.opFloat:
          if (typeof value === "number") {
            const float = Math.fround(value);
            if (!Number.isFinite(float)) {
              if (Number.isFinite(value)) return false;
              if (Number.isNaN(float)) {
                this.#putNan(slot);
                continue;
              }
            }
            floats[slot] = float;
            continue;
          }
          break;
        case 6 satisfies typeof plan.opDecimal:
          if (typeof value === "string" && this.#putPlainDecimal(slot, index, value)) continue;
          break;
      }
      if (value === null || value === undefined) {
        const high = this.#nulls[index]!;
        if (high === 0) return false;
        if (this.kinds[index] === slotInstant) slot++;
        ints[slot * 2] = 0;
        ints[slot * 2 + 1] = high;
      } else {
        if (!putRareValue(this, this.#columns[index]!, index, slot, value, this.#rules)) return false;
        if (this.kinds[index] === slotInstant) slot++;
      }
    }
    return true;
  }

  /** Whether a row is surely small enough, by its text and raw bytes. */
  #isSmall(units: number, bytes: number): boolean {
    return units <= fullText && this.rowBytesAtMost + units * 3 + bytes <= this.#rules.maxRecordBytes;
  }

  /** Any NaN becomes the canonical one: others might mean NULL. */
  #putNan(slot: number): void {
    this.#ints[slot * 2] = 0;
    this.#ints[slot * 2 + 1] = canonicalNan;
  }

  #putPlainDecimal(slot: number, index: number, value: string): boolean {
    const start = this.rawLength;
    const units = value.length;
    if (units > this.#maxUnits || start + plainDecimalUnits > rawRoom) return false;
    if (!putPlainDecimal(this.raw, start, value, this.#columns[index]!.type.decimal)) return false;
    this.rawLength = start + units;
    this.floats[slot] = -1 - units;
    return true;
  }

  /** Of a few units; false when they are not all ASCII, or there is no room. */
  #putShortText(slot: number, value: string): boolean {
    const raw = this.raw;
    const start = this.rawLength;
    const units = value.length;
    if (start + shortText > rawRoom) return false;
    for (let at = 0; at < units; at++) {
      const unit = value.charCodeAt(at);
      if (unit > 127) return false;
      raw[start + at] = unit;
    }
    this.rawLength = start + units;
    this.floats[slot] = -1 - units;
    return true;
  }

  putNumber(slot: number, value: number): boolean {
    this.floats[slot] = value;
    return true;
  }

  /** False for text that is too long to be taken, or has a lone surrogate. */
  putText(index: number, slot: number, value: string): boolean {
    if (value.length > this.#maxUnits || !value.isWellFormed()) return false;
    this.texts[index] += value;
    this.floats[slot] = value.length;
    this.textUnits += value.length;
    return true;
  }

  /** Copies bytes; false when there are too many. */
  putBytes(slot: number, value: Uint8Array): boolean {
    const { length } = value;
    if (length > this.#rules.maxFieldBytes || this.rawLength + length > rawRoom) return false;
    this.raw.set(value, this.rawLength);
    this.rawLength += length;
    this.floats[slot] = -1 - length;
    return true;
  }

  /** Encodes a value with elements; false when it is too long to be taken. */
  putNested(slot: number, type: plan.TypePlan, value: unknown): boolean {
    const length = this.#nested.encode(type, value, this.raw, this.rawLength);
    if (length < 0) return false;
    this.rawLength += length;
    this.floats[slot] = -1 - length;
    return true;
  }

  /** Seconds as they were left in `int64`. */
  putInstant(slot: number, nanos: number): boolean {
    this.#ints[slot * 2] = int64.low;
    this.#ints[slot * 2 + 1] = int64.high;
    this.floats[slot + 1] = nanos;
    return true;
  }

  /** Cuts off what a refused row left. Rare, so that the text of the others is counted only now. */
  #dropTextOfRow(): void {
    let offset = 0;
    for (let index = 0; index < this.kinds.length; index++, offset++) {
      const kind = this.kinds[index];
      if (kind === slotInstant) offset++;
      if (kind !== slotText) continue;
      let units = 0;
      for (let row = 0; row < this.rowCount; row++) {
        const length = this.floats[row * this.slotsPerRow + offset]!;
        if (length > 0) units += length;
      }
      const text = this.texts[index]!;
      if (text.length > units) this.texts[index] = text.slice(0, units);
    }
  }
}

const noBytes: Uint8Array = /*@__PURE__*/ new Uint8Array(0);
