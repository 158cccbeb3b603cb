import * as plan from "../record/type-plan.ts";
import { firstMs, firstSecond, lastMs, lastSecond } from "../values/calendar.ts";
import type { ByteSource } from "../wire/byte-source.ts";
import type { Kernel } from "./kernel.ts";

/** So many bytes of the stream are handed to the kernel at a time. */
const windowBytes = 256 * 1024;
/** The kernel may read so far beyond what it was given. */
const slack = 64;
/** Bytes of a column's description; see assembly/record-check.as. */
const columnBytes = 40;

/** What records are held against. */
export interface CheckLimits {
  readonly maxFieldBytes: number;
  readonly maxRecordBytes: number;
}

/** Checks records with the kernel as far as there is nothing unusual about them. */
export class RecordChecker {
  /** Running state of the checksum of checksums, with the records taken last. */
  packState = 0;
  readonly #kernel: Kernel;
  readonly #columns: Uint8Array;
  readonly #columnCount: number;
  readonly #requiredCount: number;
  readonly #limits: CheckLimits;
  readonly #windowAt: number;
  /** Which part of the source's bytes the kernel has. */
  #windowStart = 0;
  #windowEnd = 0;

  /** @throws RangeError when there is no memory for it. */
  constructor(kernel: Kernel, columns: readonly plan.ColumnPlan[], limits: CheckLimits) {
    this.#kernel = kernel;
    this.#columns = describe(columns);
    this.#columnCount = columns.length;
    this.#requiredCount = columns.filter((column) => !column.nullable).length;
    this.#limits = limits;
    this.#windowAt = (kernel.base + this.#columns.length + slack + 15) & ~15;
  }

  /** Whether the values of all columns can be checked. */
  static takes(columns: readonly plan.ColumnPlan[]): boolean {
    return columns.every((column) => checkOf(column.type) !== undefined);
  }

  /** Forgets what bytes the kernel has: others come, or somebody else used it. */
  forget(): void {
    this.#windowStart = 0;
    this.#windowEnd = 0;
  }

  /**
   * Takes good records off a source that stands before one, up to one that is not whole or unusual in any way.
   *
   * @returns how many.
   */
  take(source: ByteSource, packState: number): number {
    const kernel = this.#kernel;
    let records = 0;
    this.packState = packState;
    for (;;) {
      const start = source.pos;
      if (start < this.#windowStart || start >= this.#windowEnd) this.#fill(source);
      const at = this.#windowAt - this.#windowStart;
      const end = kernel.checkRecords(
        at + start,
        at + this.#windowEnd,
        this.#limits.maxRecordBytes,
        this.packState,
      );
      const { words, results } = kernel;
      this.packState = words[results]! | 0;
      records += words[results + 1]!;
      source.pos = end - at;
      // A record that is not whole in this window may be in the next, which begins with it. One that began a window,
      // or the last one there is, will not become whole; and none that is small beside what is left of the window.
      const left = this.#windowEnd - source.pos;
      if (this.#windowEnd === source.len || left > windowBytes / 2) return records;
      this.forget();
    }
  }

  #fill(source: ByteSource): void {
    const kernel = this.#kernel;
    const start = source.pos;
    const end = Math.min(source.len, start + windowBytes);
    kernel.reserve(this.#windowAt + windowBytes + slack - kernel.base);
    kernel.bytes.set(this.#columns, kernel.base);
    kernel.bytes.set(source.buf.subarray(start, end), this.#windowAt);
    kernel.setChecks(kernel.base, this.#columnCount, this.#requiredCount, this.#limits.maxFieldBytes);
    this.#windowStart = start;
    this.#windowEnd = end;
  }
}

/** How a type's values are checked; the range is of integers and seconds. */
interface Check {
  readonly check: number;
  readonly size?: number;
  readonly scale?: number;
  readonly min?: bigint;
  readonly max?: bigint;
}

const smallest = -(2n ** 63n);
const largest = 2n ** 63n - 1n;

function checkOf(type: plan.TypePlan): Check | undefined {
  switch (type.op) {
    case plan.opInteger:
    case plan.opDate:
      return { check: 0, min: BigInt(type.min), max: BigInt(type.max) };
    case plan.opBigint:
      return { check: 0, min: smallest, max: largest };
    case plan.opDateTime:
      return { check: 0, min: BigInt(firstMs), max: BigInt(lastMs) };
    case plan.opDouble:
      return { check: 1 };
    case plan.opFloat:
      return { check: 2 };
    case plan.opBoolean:
      return { check: 3 };
    case plan.opString:
    case plan.opBinary:
    case plan.opJson:
      return { check: 4 };
    case plan.opCharacters:
      return { check: 5, size: type.characters };
    case plan.opDecimal:
      return { check: 6, size: type.decimal.integerDigits, scale: type.decimal.scale };
    case plan.opTimestamp:
    case plan.opTimestampNtz:
      return { check: 7, min: BigInt(firstSecond), max: BigInt(lastSecond) };
    case plan.opDayTimeInterval:
      return { check: 7, min: smallest, max: largest };
    default:
      return undefined;
  }
}

function describe(columns: readonly plan.ColumnPlan[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(columns.length * columnBytes));
  columns.forEach((column, index) => {
    const at = index * columnBytes;
    const { check = 0, size = 0, scale = 0, min = 0n, max = 0n } = checkOf(column.type) ?? {};
    view.setUint32(at, column.tag, true);
    view.setUint32(at + 4, check, true);
    view.setUint32(at + 8, column.nullable ? 0 : 1, true);
    view.setUint32(at + 12, size, true);
    view.setUint32(at + 16, scale, true);
    view.setBigInt64(at + 24, min, true);
    view.setBigInt64(at + 32, max, true);
  });
  return new Uint8Array(view.buffer);
}
