import { PropertyMap } from "../record/property-map.ts";
import type { ColumnPlan } from "../record/type-plan.ts";
import type { ChunkedWriter } from "../wire/chunked-writer.ts";
import type { Kernel } from "./kernel.ts";
import { encodeTape } from "./tape-encoder.ts";
import { type TapeRules, ValueTape } from "./value-tape.ts";

/** Rows of a pack that the kernel encodes, many at a time. */
export class KernelRows {
  readonly #kernel: Kernel;
  readonly #tape: ValueTape;
  readonly #properties: PropertyMap;
  readonly #columnCount: number;
  /** That values lie in schema order. */
  readonly #inOrder: Uint32Array;
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
    this.#inOrder = Uint32Array.from(columns, (_column, index) => index);
    const names = columns.map((column) => column.name);
    this.#properties = new PropertyMap(names, unknownProperties, "column");
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
      return row.length <= this.#columnCount && this.#tape.put(row, this.#inOrder);
    } finally {
      this.#isTaking = false;
    }
  }

  #takeObject(row: unknown): boolean {
    if (typeof row !== "object" || row === null) return false;
    const order = this.#properties.orderOf(row);
    if (order !== undefined) {
      const values = Object.values(row);
      // Fewer, where not all that was listed is its own.
      if (values.length === order.keyCount) return this.#tape.put(values, order.positions);
    }
    return this.#takeProperties(row as Readonly<Record<string, unknown>>);
  }

  /** Of an object that has values elsewhere than in properties of its own. */
  #takeProperties(row: Readonly<Record<string, unknown>>): boolean {
    let values: unknown[];
    try {
      values = this.#properties
        .find(row)
        .map((property) => (property === undefined ? undefined : row[property]));
    } catch {
      return false;
    }
    return this.#tape.put(values, this.#inOrder);
  }

  /**
   * Encodes the rows taken since the last time, and moves them to a writer.
   *
   * @param packState running state of the checksum of checksums.
   * @returns the same with these rows.
   */
  flush(target: ChunkedWriter, packState: number): number {
    return encodeTape(this.#kernel, this.#tape, target, packState);
  }

  /** Forgets the rows not yet flushed. */
  clear(): void {
    this.#tape.clear();
  }
}
