import { PropertyMap } from "../record/property-map.ts";
import type { ColumnPlan } from "../record/type-plan.ts";
import type { ChunkedWriter } from "../wire/chunked-writer.ts";
import type { Kernel } from "./kernel.ts";
import { RowSpread } from "./row-spread.ts";
import { encodeTape } from "./tape-encoder.ts";
import type { TapeRules } from "./tape-store.ts";
import { ValueTape } from "./value-tape.ts";

/** Rows of a pack that the kernel encodes, many at a time. */
export class KernelRows {
  readonly #kernel: Kernel;
  readonly #tape: ValueTape;
  readonly #objects: RowSpread;
  readonly #columnCount: number;
  #isTaking = false;

  constructor(
    kernel: Kernel,
    columns: readonly ColumnPlan[],
    unknownProperties: "error" | "ignore",
    rules: TapeRules,
  ) {
    this.#kernel = kernel;
    this.#tape = new ValueTape(columns, rules);
    this.#columnCount = columns.length;
    const names = columns.map((column) => column.name);
    this.#objects = new RowSpread(new PropertyMap(names, unknownProperties, "column"), names.length);
  }

  /** Whether there is no room for more rows. */
  get isFull(): boolean {
    return this.#tape.isFull;
  }

  /** Most bytes that the rows not yet flushed can take. */
  get byteLengthAtMost(): number {
    return this.#tape.byteLengthAtMost;
  }

  /** Takes a row if there is nothing unusual about it; otherwise it is none the wiser for it. */
  take(row: unknown): boolean {
    // Getters and toJSON of a row's values may use the pack that the row is on its way into.
    if (this.#isTaking) return false;
    this.#isTaking = true;
    try {
      if (!Array.isArray(row)) return this.#takeObject(row);
      return row.length <= this.#columnCount && this.#tape.put(row);
    } finally {
      this.#isTaking = false;
    }
  }

  #takeObject(row: unknown): boolean {
    if (typeof row !== "object" || row === null) return false;
    let values: readonly unknown[];
    try {
      values = this.#objects.spread(row as Readonly<Record<string, unknown>>);
    } catch {
      return false;
    }
    return this.#tape.put(values);
  }

  /**
   * Encodes the rows taken since the last time, and moves them to a writer.
   *
   * @param packState running state of the checksum of checksums.
   * @returns the same with these rows.
   */
  flush(target: ChunkedWriter, packState: number): number {
    this.#objects.renew();
    return encodeTape(this.#kernel, this.#tape, target, packState);
  }

  /** Forgets the rows not yet flushed. */
  clear(): void {
    this.#tape.clear();
  }
}
