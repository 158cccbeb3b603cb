import type * as plan from "../record/type-plan.ts";
import { firstMs, lastMs } from "../values/calendar.ts";
import { plainDecimalUnits, putPlainDecimal } from "./plain-decimal.ts";
import { putRareValue } from "./rare-values.ts";
import { rawMark, slotInstant, textMark, wholeMark } from "./slot-kinds.ts";
import { fullText, nullInt64, rawRoom, type TapeRules, TapeStore } from "./tape-store.ts";

/** Behind the numbers of type-plan.ts: text of a column that is looked at later, for many rows at a time. */
const opDeferred = 19;
/** Up to so many units of ASCII a loop over them is quicker than all that is done for a text. */
const shortText = 12;

/**
 * Rows on their way to the kernel. It takes only what it knows to be right. A row that it refuses has to go the long
 * way, which says what is wrong with it, if anything is.
 */
export class ValueTape extends TapeStore {
  readonly #columns: readonly plan.ColumnPlan[];
  /** A number: engines work out the length of a typed array anew each time it is asked for. */
  readonly #columnCount: number;
  readonly #ops: readonly number[];
  /** The same for rows that are put down together. */
  readonly #opsTogether: number[];
  /** By column: the range of an integer. */
  readonly #min: readonly number[];
  readonly #max: readonly number[];
  readonly #rules: TapeRules;
  readonly #shortUnits: number;

  /** @throws RangeError when there is no memory for it. */
  constructor(columns: readonly plan.ColumnPlan[], rules: TapeRules) {
    super(columns, rules);
    this.#columns = columns;
    this.#columnCount = columns.length;
    this.#ops = columns.map((column) => column.op);
    this.#opsTogether = this.#ops.map((op, index) => (this.deferred[index] ? opDeferred : op));
    this.#min = columns.map((column) => column.type.min);
    this.#max = columns.map((column) => column.type.max);
    this.#rules = rules;
    this.#shortUnits = Math.min(shortText, rules.maxFieldBytes);
  }

  /** From now on, text of a column is looked at as it comes: what was found in it does not suit many at a time. */
  lookAtEach(index: number): void {
    this.deferred[index] = false;
    this.#opsTogether[index] = this.#ops[index]!;
  }

  /** Puts down a row's values, in schema order. False when it has to go the long way; the tape is then as before. */
  put(values: ArrayLike<unknown>): boolean {
    const { emptied, textUnits, rawLength } = this;
    try {
      if (this.#putRow(values, this.#ops, emptied)) return true;
    } catch {
      // The long way throws it again, and knows the row.
    }
    this.#takeBack(emptied, textUnits, rawLength);
    return false;
  }

  /**
   * Puts down rows whose text is looked at later, until the tape is full or a row has to go the long way. None must be on
   * it before.
   *
   * @param spread gives a row's values in schema order, undefined for what is no such row.
   * @param untilBytes how many bytes the rows may take at most, but for the last of them.
   * @returns the first row not on the tape.
   */
  putTogether(
    rows: readonly unknown[],
    from: number,
    to: number,
    spread: (row: unknown) => ArrayLike<unknown> | undefined,
    untilBytes: number,
  ): number {
    const { emptied } = this;
    const ops = this.#opsTogether;
    this.areTogether = true;
    let { textUnits, rawLength } = this;
    let row = from;
    try {
      while (row < to && !this.isFull && this.byteLengthAtMost < untilBytes) {
        textUnits = this.textUnits;
        rawLength = this.rawLength;
        const values = spread(rows[row]);
        if (values === undefined || !this.#putRow(values, ops, emptied)) {
          this.#takeBack(emptied, textUnits, rawLength);
          break;
        }
        row++;
      }
    } catch {
      // As above.
      this.#takeBack(emptied, textUnits, rawLength);
    }
    return row;
  }

  #putRow(values: ArrayLike<unknown>, ops: readonly number[], emptied: number): boolean {
    const { textUnits, rawLength } = this;
    if (
      !this.#putValues(values, ops) ||
      !this.#isSmall(this.textUnits - textUnits, this.rawLength - rawLength) ||
      this.emptied !== emptied
    )
      return false;
    this.rowCount++;
    return true;
  }

  /** Forgets what there is of a row. */
  #takeBack(emptied: number, textUnits: number, rawLength: number): void {
    if (this.emptied === emptied) {
      this.textUnits = textUnits;
      this.rawLength = rawLength;
      this.dropTextOfRow();
    } else {
      // A value's own code had the tape encoded: nothing of it is left to go back to.
      this.clear();
    }
  }

  /**
   * The commonest forms of the commonest types are here, in one loop; all else is called for. The cases are numbers in
   * their own right, which engines jump to: names from another module they would compare one after the other.
   */
  #putValues(values: ArrayLike<unknown>, ops: readonly number[]): boolean {
    const floats = this.floats;
    const ints = this.ints;
    const count = this.#columnCount;
    let slot = this.rowCount * this.slotsPerRow;
    for (let index = 0; index < count; index++, slot++) {
      const value = values[index];
      switch (ops[index]) {
        case 2 satisfies typeof plan.opString:
          if (typeof value === "string") {
            const units = value.length;
            if (units <= this.#shortUnits && this.#putShortText(slot, value)) continue;
            if (units > this.maxUnits || !value.isWellFormed()) return false;
            this.texts[index] += value;
            floats[slot] = units + textMark;
            this.textUnits += units;
            continue;
          }
          break;
        case 1 satisfies typeof plan.opBigint:
          if (typeof value === "bigint") {
            this.bigints[slot] = value;
            if (BigInt.asIntN(64, value) !== value) return false;
            if (ints[slot * 2 + 1] === nullInt64 && ints[slot * 2] === 0) return false;
            continue;
          }
          if (typeof value === "number") {
            const low = value | 0;
            if (low === value) {
              ints[slot * 2] = low;
              ints[slot * 2 + 1] = low >> 31;
              continue;
            }
            if (!Number.isSafeInteger(value)) return false;
            ints[slot * 2] = low;
            ints[slot * 2 + 1] = Math.floor(value * (1 / 2 ** 32)) | 0;
            continue;
          }
          break;
        case 3 satisfies typeof plan.opDouble:
          if (typeof value === "number") {
            floats[slot] = value;
            if (Number.isNaN(value)) this.putNan(slot);
            continue;
          }
          break;
        case 0 satisfies typeof plan.opInteger:
          if (typeof value === "number" && (value | 0) === value) {
            if (value < this.#min[index]! || value > this.#max[index]!) return false;
            floats[slot] = value + wholeMark;
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
            floats[slot] = ms + wholeMark;
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
                this.putNan(slot);
                continue;
              }
            }
            floats[slot] = float;
            continue;
          }
          break;
        case 19 satisfies typeof opDeferred:
          if (typeof value === "string") {
            const units = value.length;
            if (units > this.maxUnits) return false;
            this.texts[index] += value;
            floats[slot] = units + textMark;
            this.textUnits += units;
            continue;
          }
          break;
        case 6 satisfies typeof plan.opDecimal:
          if (typeof value === "string" && this.#putPlainDecimal(slot, index, value)) continue;
          break;
      }
      if (value === null || value === undefined) {
        const high = this.nulls[index]!;
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

  #putPlainDecimal(slot: number, index: number, value: string): boolean {
    const start = this.rawLength;
    const units = value.length;
    if (units > this.maxUnits || start + plainDecimalUnits > rawRoom) return false;
    if (!putPlainDecimal(this.raw, start, value, this.#columns[index]!.type.decimal)) return false;
    this.rawLength = start + units;
    this.floats[slot] = units + rawMark;
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
    this.floats[slot] = units + rawMark;
    return true;
  }
}
