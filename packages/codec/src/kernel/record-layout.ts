import type { ColumnPlan, TypePlan } from "../record/type-plan.ts";
import type { ByteSource } from "../wire/byte-source.ts";
import type { DecodeKernel } from "./decode-kernel.ts";
import {
  type ColumnLayout,
  describeColumns,
  type Lay,
  type LayoutPlan,
  layoutOf,
  slack,
} from "./layout-plan.ts";

/** A run of records that the kernel has laid out as columns. It lies in the kernel's memory: take it away at once. */
export interface LaidOut {
  readonly kernel: DecodeKernel;
  readonly rowCount: number;
  readonly columns: readonly ColumnLayout[];
  readonly plan: LayoutPlan;
}

/** The rest of a piece is not left for the next one when it is longer. */
const mostAwaited = 4096;

/** What limits records are held to. */
export interface LayoutLimits {
  readonly maxFieldBytes: number;
  readonly maxRecordBytes: number;
}

/**
 * Lays records out as columns with the kernel, as far as there is nothing unusual about them, and hands each run of
 * them over. What is handed over may be refused: those records are then read the plain way, which says what is wrong.
 */
export class RecordLayout {
  /** Running state of the checksum of checksums, with the records taken last. */
  packState = 0;
  /** Whether the rest of the source is a record that was good as far as it was there, and worth waiting for. */
  awaitsRest = false;
  readonly #kernel: DecodeKernel;
  readonly #plan: LayoutPlan;
  readonly #limits: LayoutLimits;
  readonly #handler: RunHandler;
  /** Which part of the source's bytes the kernel has. */
  #windowStart = 0;
  #windowEnd = 0;
  #isRefused = false;
  /** Position in the stream of the record that was left for the next piece. */
  #awaited = -1;

  /** @throws RangeError when there is no memory for it. */
  constructor(
    kernel: DecodeKernel,
    columns: readonly ColumnLayout[],
    limits: LayoutLimits,
    handler: RunHandler,
  ) {
    this.#kernel = kernel;
    this.#plan = describeColumns(columns, kernel.memory.base);
    this.#limits = limits;
    this.#handler = handler;
    kernel.memory.reserve(this.#plan.end - kernel.memory.base);
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
    const plan = this.#plan;
    let records = 0;
    this.packState = packState;
    this.awaitsRest = false;
    while (!this.#isRefused && source.pos < source.len) {
      const start = source.pos;
      if (start < this.#windowStart || start >= this.#windowEnd) this.#fill(source);
      const at = plan.window - this.#windowStart;
      const end = this.#kernel.decodeRecords(
        at + start,
        at + this.#windowEnd,
        this.#limits.maxRecordBytes,
        this.packState,
        plan.maxRows,
      );
      const { words, results } = this.#kernel.memory;
      const state = words[results]! | 0;
      const rowCount = words[results + 1]!;
      const breaksOff = words[results + 2]! !== 0;
      if (rowCount > 0) {
        const run = { kernel: this.#kernel, rowCount, columns: plan.columns, plan };
        if (!this.#handler.takeRun(run)) {
          this.#isRefused = true;
          break;
        }
        records += rowCount;
        this.packState = state;
        source.pos = end - at;
      }
      if (rowCount === plan.maxRows) continue;
      // A record that is not whole in this window may be in the next, which begins with it. One that began a window,
      // or the last one there is, will not become whole; and none that is small beside what is left of the window.
      const left = this.#windowEnd - source.pos;
      if (this.#windowEnd === source.len || left > plan.windowBytes / 2) {
        this.awaitsRest = breaksOff && this.#isWorthAwaiting(source, left);
        break;
      }
      this.forget();
    }
    return records;
  }

  /**
   * Whether the record in which a piece ends is better taken with the next piece: once, and if so far it is short beside this
   * one. A length that no record has room for is an error at once.
   */
  #isWorthAwaiting({ offset, len, recordEnd }: ByteSource, left: number): boolean {
    if (left === 0 || left > mostAwaited || left > len >> 3 || this.#windowEnd < len) return false;
    if (recordEnd - offset < this.#limits.maxFieldBytes + mostAwaited || offset === this.#awaited)
      return false;
    this.#awaited = offset;
    return true;
  }

  #fill(source: ByteSource): void {
    const { memory } = this.#kernel;
    const { description, columns, windowBytes, window, sums, fed, end } = this.#plan;
    const from = source.pos;
    const to = Math.min(source.len, from + windowBytes);
    memory.reserve(end - memory.base);
    memory.bytes.set(description, memory.base);
    memory.bytes.fill(0, window + to - from, window + to - from + slack);
    memory.bytes.set(source.buf.subarray(from, to), window);
    this.#kernel.setColumns(memory.base, columns.length, this.#limits.maxFieldBytes, sums, fed);
    this.#windowStart = from;
    this.#windowEnd = to;
  }
}

/** What takes runs of records. */
export interface RunHandler {
  /** False when there is something in the run that only the plain way finds words for. */
  takeRun(run: LaidOut): boolean;
}

/**
 * What lays out records of these columns.
 *
 * @param rules `layOf` is undefined for a type that the kernel cannot take; then there is no layout.
 * @throws RangeError when there is no memory for it.
 */
export function layoutWith(
  kernel: DecodeKernel,
  columns: readonly ColumnPlan[],
  rules: { readonly layOf: (type: TypePlan) => Lay | undefined; readonly limits: LayoutLimits },
  handler: RunHandler,
): RecordLayout | undefined {
  const layouts: ColumnLayout[] = [];
  for (const column of columns) {
    const lay = rules.layOf(column.type);
    if (lay === undefined) return undefined;
    layouts.push(layoutOf(column, lay));
  }
  return new RecordLayout(kernel, layouts, rules.limits, handler);
}

/** How many of a column's values are NULL. */
export function nullCount(run: LaidOut, column: number): number {
  return run.kernel.memory.words[fact(run, column, 48)]!;
}

/** Whether there is more than ASCII among a column's texts. */
export function hasMoreThanAscii(run: LaidOut, column: number): boolean {
  return run.kernel.memory.words[fact(run, column, 56)] !== 0;
}

function fact(run: LaidOut, column: number, at: number): number {
  return (run.kernel.memory.base + column * 64 + at) >> 2;
}
