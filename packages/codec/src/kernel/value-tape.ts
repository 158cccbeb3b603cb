import { float32 } from "../record/leaf-writers.ts";
import * as plan from "../record/type-plan.ts";
import { firstMs, lastMs } from "../values/calendar.ts";
import { dateDays, dateTimeMs, splitInterval, splitTimestamp } from "../values/date-time.ts";
import { type DecimalRoom, decimalText } from "../values/decimal.ts";
import { wholeNumber } from "../values/integer.ts";
import { jsonText } from "../values/json.ts";
import { hasAtMostCharacters, isBytes, utf8HasAtMostCharacters } from "../values/text.ts";
import { int64 } from "../wire/int64.ts";
import { slotInstant, slotInt64, slotKind, slotText } from "./slot-kinds.ts";

/** Slots of a full tape, unless one row has more. */
const tapeSlots = 16_384;
/** More rows at a time are no quicker. */
const tapeRows = 1024;
/** The tape is full once it has so many UTF-16 units of text, or bytes of raw values. */
const fullText = 128 * 1024;
/** Longer texts, and more raw bytes in one row, are left to the long way. */
const longestText = 32 * 1024;
/** Room for the raw bytes of a full tape and one more row. */
const rawRoom = fullText + longestText;
/** Longer decimals than this are looked at as text. */
const plainDecimalUnits = 40;

/** The upper word of NULL in a slot that holds a double; the lower one is 0. */
const nullDouble = 0x7ff8dead;
/** The same in a slot that holds a 64-bit integer: -2^63, which a BIGINT may not be. */
const nullInt64 = -0x80000000;
const canonicalNan = 0x7ff80000;

/** What rows are held against. */
export interface TapeRules {
  readonly maxFieldBytes: number;
  /** Whether values pass that the service would refuse but the bytes can carry. */
  readonly anyValue: boolean;
  /** Whether bigint -2^63 and JSON that does not parse pass, as official clients may send them. */
  readonly asSent: boolean;
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
  readonly #ops: readonly number[];
  /** By column: the range of an integer. */
  readonly #min: Int32Array;
  readonly #max: Int32Array;
  readonly #capacity: number;
  readonly #ints: Int32Array;
  readonly #bigints: BigInt64Array;
  readonly #rules: TapeRules;
  /** Texts up to so many units surely have few enough bytes. */
  readonly #maxUnits: number;

  /** @throws RangeError when there is no memory for it. */
  constructor(columns: readonly plan.ColumnPlan[], rules: TapeRules) {
    this.#columns = columns;
    this.#ops = columns.map((column) => column.op);
    this.#min = Int32Array.from(columns, (column) => column.type.min);
    this.#max = Int32Array.from(columns, (column) => column.type.max);
    this.kinds = columns.map((column) => slotKind(column.op) ?? slotText);
    this.slotsPerRow = columns.length + this.kinds.filter((kind) => kind === slotInstant).length;
    this.rowBytesAtMost = this.slotsPerRow * 15 + 9;
    this.#capacity = Math.max(1, Math.min(tapeRows, Math.floor(tapeSlots / Math.max(this.slotsPerRow, 1))));
    this.floats = new Float64Array(this.#capacity * this.slotsPerRow);
    this.#ints = new Int32Array(this.floats.buffer);
    this.#bigints = new BigInt64Array(this.floats.buffer);
    this.texts = columns.map(() => "");
    this.raw = this.kinds.includes(slotText) ? new Uint8Array(rawRoom) : noBytes;
    this.#rules = rules;
    this.#maxUnits = Math.min(longestText, Math.floor(rules.maxFieldBytes / 3));
  }

  /** Whether every column can lie on a tape. */
  static takes(columns: readonly plan.ColumnPlan[]): boolean {
    return columns.every((column) => slotKind(column.op) !== undefined);
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
    const { rowCount, textUnits, rawLength } = this;
    try {
      if (
        this.#putValues(values) &&
        this.#isSmall(this.textUnits - textUnits, this.rawLength - rawLength) &&
        this.rowCount === rowCount
      ) {
        this.rowCount++;
        return true;
      }
    } catch {
      // The long way throws it again, and knows the row.
    }
    if (this.rowCount === rowCount) {
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
    this.rowCount = 0;
    this.rawLength = 0;
    this.texts.fill("");
    this.textUnits = 0;
  }

  #putValues(values: ArrayLike<unknown>): boolean {
    const ops = this.#ops;
    const floats = this.floats;
    const ints = this.#ints;
    const texts = this.texts;
    const maxUnits = this.#maxUnits;
    let textUnits = this.textUnits;
    let slot = this.rowCount * this.slotsPerRow;
    for (let index = 0; index < ops.length; index++, slot++) {
      const value = values[index];
      if (value === null || value === undefined) {
        if (!this.#putNull(index, slot)) return false;
        if (ops[index]! >= plan.opTimestamp) slot++;
        continue;
      }
      switch (ops[index]) {
        case plan.opInteger:
          if (typeof value === "number" && (value | 0) === value) {
            if (value < this.#min[index]! || value > this.#max[index]!) return false;
            floats[slot] = value;
          } else {
            floats[slot] = wholeNumber(value, this.#min[index]!, this.#max[index]!, "");
          }
          break;
        case plan.opBigint:
          if (typeof value === "bigint") {
            this.#bigints[slot] = value;
            if (BigInt.asIntN(64, value) !== value) return false;
            if (ints[slot * 2 + 1] === nullInt64 && ints[slot * 2] === 0) return false;
          } else if (typeof value === "number" && (value | 0) === value) {
            ints[slot * 2] = value;
            ints[slot * 2 + 1] = value >> 31;
          } else {
            if (typeof value !== "number" || !Number.isSafeInteger(value)) return false;
            ints[slot * 2] = value | 0;
            ints[slot * 2 + 1] = Math.floor(value * (1 / 2 ** 32)) | 0;
          }
          break;
        case plan.opString:
          if (typeof value === "string") {
            const units = value.length;
            if (units > maxUnits || !value.isWellFormed()) return false;
            texts[index] += value;
            floats[slot] = units;
            textUnits += units;
          } else if (!isBytes(value) || !this.#putBytes(slot, value)) {
            return false;
          }
          break;
        case plan.opDouble:
          if (typeof value !== "number") return false;
          floats[slot] = value;
          if (Number.isNaN(value)) this.#putNan(slot);
          break;
        case plan.opFloat: {
          const float = float32(value);
          floats[slot] = float;
          if (Number.isNaN(float)) this.#putNan(slot);
          break;
        }
        case plan.opBoolean:
          if (typeof value !== "boolean") return false;
          floats[slot] = value ? 1 : 0;
          break;
        case plan.opDateTime: {
          const ms = typeof value === "number" ? value : value instanceof Date ? value.getTime() : Number.NaN;
          const isUsual = ms >= firstMs && ms <= lastMs && Math.floor(ms) === ms;
          floats[slot] = isUsual ? ms : dateTimeMs(value, this.#rules.anyValue);
          break;
        }
        case plan.opDecimal: {
          const room = this.#columns[index]!.type.decimal;
          if (typeof value === "string" && this.#putPlainDecimal(slot, value, room)) break;
          const text = decimalText(value, room);
          if (text.length > maxUnits) return false;
          texts[index] += text;
          floats[slot] = text.length;
          textUnits += text.length;
          break;
        }
        default: {
          this.textUnits = textUnits;
          if (!this.#putOther(index, slot, value)) return false;
          textUnits = this.textUnits;
          if (ops[index]! >= plan.opTimestamp) slot++;
        }
      }
    }
    this.textUnits = textUnits;
    return true;
  }

  /** Whether a row is surely small enough, by its text and raw bytes. */
  #isSmall(units: number, bytes: number): boolean {
    return units <= fullText && this.rowBytesAtMost + units * 3 + bytes <= this.#rules.maxRecordBytes;
  }

  /** The types that are rarer or take longer. */
  #putOther(index: number, slot: number, value: unknown): boolean {
    const { type } = this.#columns[index]!;
    const { anyValue, asSent } = this.#rules;
    switch (type.op) {
      case plan.opDate:
        this.floats[slot] = dateDays(value);
        return true;
      case plan.opCharacters:
        if (typeof value === "string") {
          if (!anyValue && !hasAtMostCharacters(value, type.characters)) return false;
          return this.#putText(index, slot, value);
        }
        if (!isBytes(value)) return false;
        if (!anyValue && !utf8HasAtMostCharacters(value, 0, value.length, type.characters)) return false;
        return this.#putBytes(slot, value);
      case plan.opBinary:
        return isBytes(value) && this.#putBytes(slot, value);
      case plan.opJson:
        if (anyValue && isBytes(value)) return this.#putBytes(slot, value);
        return this.#putText(index, slot, jsonText(value, !asSent));
      case plan.opTimestamp:
        return this.#putInstant(slot, splitTimestamp(value, "zoned", anyValue));
      case plan.opTimestampNtz:
        return this.#putInstant(slot, splitTimestamp(value, "local", anyValue));
      case plan.opDayTimeInterval:
        return this.#putInstant(slot, splitInterval(value));
      default:
        return false;
    }
  }

  #putNull(index: number, slot: number): boolean {
    const column = this.#columns[index]!;
    if (!column.nullable && !this.#rules.anyValue) return false;
    const kind = this.kinds[index];
    const at = kind === slotInstant ? slot * 2 + 2 : slot * 2;
    this.#ints[at] = 0;
    this.#ints[at + 1] = kind === slotInt64 ? nullInt64 : nullDouble;
    return true;
  }

  /** Any NaN becomes the canonical one: others might mean NULL. */
  #putNan(slot: number): void {
    this.#ints[slot * 2] = 0;
    this.#ints[slot * 2 + 1] = canonicalNan;
  }

  /**
   * A decimal in its commonest form, `-?digits[.digits]`, looked at and put down as bytes in one go. False says
   * nothing: it may fit in another form.
   */
  #putPlainDecimal(slot: number, value: string, room: DecimalRoom): boolean {
    const raw = this.raw;
    const start = this.rawLength;
    const units = value.length;
    if (units > plainDecimalUnits || units > this.#maxUnits || start + units > rawRoom) return false;
    let first = 0;
    if (units > 0 && value.charCodeAt(0) === minus) raw[start + first++] = minus;
    let pointAt = -1;
    for (let at = first; at < units; at++) {
      const code = value.charCodeAt(at);
      if (!isDigit(code)) {
        if (code !== point || pointAt >= 0) return false;
        pointAt = at;
      }
      raw[start + at] = code;
    }
    const whole = (pointAt < 0 ? units : pointAt) - first;
    if (whole === 0 || whole > room.integerDigits + (raw[start + first] === zero ? 1 : 0)) return false;
    const fraction = pointAt < 0 ? 0 : units - pointAt - 1;
    if (fraction > room.scale || pointAt === units - 1) return false;
    this.rawLength = start + units;
    this.floats[slot] = -1 - units;
    return true;
  }

  #putText(index: number, slot: number, value: string): boolean {
    if (value.length > this.#maxUnits || !value.isWellFormed()) return false;
    this.texts[index] += value;
    this.floats[slot] = value.length;
    this.textUnits += value.length;
    return true;
  }

  #putBytes(slot: number, value: Uint8Array): boolean {
    const { length } = value;
    if (length > this.#rules.maxFieldBytes || this.rawLength + length > rawRoom) return false;
    this.raw.set(value, this.rawLength);
    this.rawLength += length;
    this.floats[slot] = -1 - length;
    return true;
  }

  /** Seconds as they were left in `int64`. */
  #putInstant(slot: number, nanos: number): boolean {
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

const minus = 0x2d;
const point = 0x2e;
const zero = 0x30;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

const noBytes: Uint8Array = /*@__PURE__*/ new Uint8Array(0);
