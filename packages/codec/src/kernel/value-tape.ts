import type { WriteRules } from "../record/field-writers.ts";
import { type ColumnPlan, opDecimal, opString } from "../record/type-plan.ts";
import type { DecimalRoom } from "../values/decimal.ts";
import { NestedEncoder } from "./nested-encoder.ts";
import { rawMark, slotEncoded, slotInstant, slotInt64, slotKind, slotText, textMark } from "./slot-kinds.ts";

/** Behind the numbers of type-plan.ts: text of a column that is looked at later, for many rows at a time. */
export const opDeferred = 19;
/** Slots of a full tape, unless one row has more. */
const tapeSlots = 16_384;
/** More rows at a time are no quicker. */
const tapeRows = 1024;
/** The tape is full once it has so many UTF-16 units of text, or bytes of raw values. */
export const fullText: number = 128 * 1024;
/** Longer texts, and more raw bytes in one row, are left to the long way. */
const longestText = 32 * 1024;
const shortText = 12;
/** What assembly/crc-lanes.as has room for in a row. */
const laneBytes = 1008;
/** Room for the raw bytes of a full tape and one more row. */
export const rawRoom: number = fullText + longestText;

/** The upper word of NULL in a slot that holds a double; the lower one is 0. */
const nullDouble = 0x7ff8dead;
/** The same in a slot that holds a 64-bit integer: -2^63, which a BIGINT may not be. */
export const nullInt64 = -0x80000000;

/** What rows are held against. */
export interface TapeRules extends WriteRules {
  readonly maxRecordBytes: number;
}

/**
 * Rows on their way to the kernel: one 64-bit slot a value whatever its type, two for an instant, and the text of each
 * column strung together, because one long string is encoded several times quicker than many short ones. What is
 * short, or bytes already, is among the raw bytes.
 *
 * Only what is known to be right is put down. A row that is refused has to go the long way, which says what is wrong
 * with it, if anything is.
 */
export class ValueTape {
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
  /** Most bytes that a row has of text, three a unit, and raw ones. */
  longestRow = 0;
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
  /** Whether the rows are put down together: text of the columns that {@link isDeferred} is then looked at later. */
  areTogether = false;
  readonly columns: readonly ColumnPlan[];
  /** A number: engines work out the length of an array anew each time it is asked for. */
  readonly columnCount: number;
  /** By column: the range of an integer. */
  readonly min: readonly number[];
  readonly max: readonly number[];
  readonly rules: TapeRules;
  /** A row is surely small enough with so many bytes of text, three a unit, and raw ones. */
  readonly rowRoom: number;
  /** By column: which way its values go. */
  readonly ops: readonly number[];
  /** The same for rows that are put down together. */
  readonly opsTogether: number[];
  /** By column of decimals: the digits that they may have. */
  readonly decimals: readonly (DecimalRoom | undefined)[];
  readonly capacity: number;
  /** Up to so many units of ASCII a loop over them is quicker than all that is done for a text. */
  readonly shortUnits: number;
  readonly nested: NestedEncoder;
  readonly #hasLanes: boolean;

  /** @throws RangeError when there is no memory for it. */
  constructor(columns: readonly ColumnPlan[], rules: TapeRules) {
    this.columns = columns;
    this.columnCount = columns.length;
    this.min = columns.map(({ type }) => type.min);
    this.max = columns.map(({ type }) => type.max);
    this.rules = rules;
    this.kinds = columns.map((column) => slotKind(column.op));
    this.nulls = Int32Array.from(columns, (column, index) => {
      if (!column.nullable && !rules.anyValue) return 0;
      return this.kinds[index] === slotInt64 ? nullInt64 : nullDouble;
    });
    this.slotsPerRow = columns.length + this.kinds.filter((kind) => kind === slotInstant).length;
    this.rowBytesAtMost = this.slotsPerRow * 15 + 9;
    this.rowRoom = Math.min(rules.maxRecordBytes - this.rowBytesAtMost, fullText * 3);
    this.capacity = Math.max(1, Math.min(tapeRows, Math.floor(tapeSlots / Math.max(this.slotsPerRow, 1))));
    this.floats = new Float64Array(this.capacity * this.slotsPerRow);
    this.ints = new Int32Array(this.floats.buffer);
    this.bigints = new BigInt64Array(this.floats.buffer);
    this.texts = columns.map(() => "");
    this.ops = columns.map(({ op }) => op);
    this.opsTogether = this.ops.map((op) => (op === opString || op === opDecimal ? opDeferred : op));
    this.decimals = columns.map(({ op, type }) => (op === opDecimal ? type.decimal : undefined));
    const hasRaw = this.kinds.includes(slotText) || this.kinds.includes(slotEncoded);
    this.raw = hasRaw ? new Uint8Array(rawRoom) : noBytes;
    this.maxUnits = Math.min(longestText, Math.floor(rules.maxFieldBytes / 3));
    this.shortUnits = Math.min(shortText, rules.maxFieldBytes);
    this.#hasLanes = !this.kinds.includes(slotEncoded);
    this.nested = new NestedEncoder(rules, rules.maxRecordBytes);
  }

  get isFull(): boolean {
    return this.rowCount === this.capacity || this.textUnits >= fullText || this.rawLength >= fullText;
  }

  /** Most bytes that the rows can take in a pack. */
  get byteLengthAtMost(): number {
    return this.rowCount * this.rowBytesAtMost + this.textUnits * 3 + this.rawLength;
  }

  /** Whether every row surely fits a lane: a field's number and eight bytes a slot, text and raw bytes besides. */
  get fitsLanes(): boolean {
    return this.#hasLanes && 4 + this.slotsPerRow * 12 + this.longestRow <= laneBytes;
  }

  /** Whether text of a column may be looked at later, for many rows at a time. */
  isDeferred(index: number): boolean {
    return this.opsTogether[index] === opDeferred;
  }

  /** From now on, text of a column is looked at as it comes: what was found in it does not suit many at a time. */
  lookAtEach(index: number): void {
    this.opsTogether[index] = this.ops[index]!;
  }

  clear(): void {
    this.emptied++;
    this.rowCount = 0;
    this.rawLength = 0;
    this.texts = this.kinds.map(() => "");
    this.textUnits = 0;
    this.longestRow = 0;
    this.areTogether = false;
  }

  /**
   * Forgets what there is of a row that does not stay.
   *
   * @param emptied what {@link emptied} was before the row; the others likewise.
   */
  takeBack(emptied: number, textUnits: number, rawLength: number): void {
    if (this.emptied !== emptied) {
      // A value's own code had the tape encoded: nothing of it is left to go back to.
      this.clear();
      return;
    }
    this.rawLength = rawLength;
    if (this.textUnits === textUnits) return;
    this.textUnits = textUnits;
    this.#dropTextOfRow();
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
        const marked = this.floats[row * this.slotsPerRow + offset]!;
        if (marked < rawMark) units += marked - textMark;
      }
      const text = this.texts[index]!;
      if (text.length > units) this.texts[index] = text.slice(0, units);
    }
  }
}

const noBytes: Uint8Array = /*@__PURE__*/ new Uint8Array(0);
