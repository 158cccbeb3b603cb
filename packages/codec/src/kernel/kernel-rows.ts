import { CodecError } from "../errors.ts";
import type { WriteRules } from "../record/field-writers.ts";
import type { RecordPackOptions } from "../record/options.ts";
import type { PackBody } from "../record/pack-body.ts";
import { PropertyMap } from "../record/property-map.ts";
import type { ColumnPlan } from "../record/type-plan.ts";
import type { Kernel } from "./kernel.ts";
import { putAlone } from "./row-alone.ts";
import { RowSpread } from "./row-spread.ts";
import { putTogether } from "./rows-together.ts";
import { encodeTape } from "./tape-encoder.ts";
import { ValueTape } from "./value-tape.ts";

/** Rows of a pack that the kernel encodes, many at a time. */
export class KernelRows {
  readonly #kernel: Kernel;
  readonly #body: PackBody;
  readonly #tape: ValueTape;
  readonly #objects: RowSpread;
  readonly #columnCount: number;
  #isTaking = false;

  /** A row's values in schema order; undefined when it has to go the long way. */
  readonly #spread = (row: unknown): ArrayLike<unknown> | undefined => {
    if (Array.isArray(row)) return row.length <= this.#columnCount ? row : undefined;
    if (typeof row !== "object" || row === null) return undefined;
    try {
      return this.#objects.spread(row as Readonly<Record<string, unknown>>);
    } catch {
      return undefined;
    }
  };

  constructor(
    kernel: Kernel,
    body: PackBody,
    columns: readonly ColumnPlan[],
    { unknownProperties = "error" }: RecordPackOptions,
    rules: WriteRules,
  ) {
    this.#kernel = kernel;
    this.#body = body;
    this.#tape = new ValueTape(columns, { ...rules, maxRecordBytes: body.maxRecordBytes });
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
      const values = this.#spread(row);
      return values !== undefined && putAlone(this.#tape, values);
    } finally {
      this.#isTaking = false;
    }
  }

  /**
   * Takes rows that are looked at together, which is quicker, and moves them to the pack: until a row is unusual, or one
   * tape is full.
   *
   * @param untilBytes stops behind the row with which the pack may have so many bytes.
   * @returns the first row not taken. When those before it are refused, they have to be taken one by one.
   */
  takeTogether(
    rows: readonly unknown[],
    from: number,
    to: number,
    untilBytes: number,
  ): { readonly next: number; readonly isRefused: boolean } {
    if (this.#isTaking) return { next: from, isRefused: false };
    this.flush();
    const tape = this.#tape;
    let next = from;
    this.#isTaking = true;
    try {
      tape.areTogether = true;
      next = putTogether(tape, rows, from, to, untilBytes - this.#body.byteLength, this.#spread);
    } finally {
      this.#isTaking = false;
    }
    const { rowCount } = tape;
    const isRefused = !this.#encode();
    if (!isRefused) this.#body.recordCount += rowCount;
    return { next, isRefused };
  }

  /** Encodes the rows taken since the last time, and moves them to the pack. */
  flush(): void {
    // A value's own code uses the pack that its row is on its way into.
    if (this.#isTaking && this.#tape.areTogether) throw new CodecError("wrong-state", inUse);
    this.#encode();
  }

  /** False for rows taken together that are refused. */
  #encode(): boolean {
    this.#objects.renew();
    const { sink, packCrc } = this.#body;
    const encoded = encodeTape(this.#kernel, this.#tape, sink, packCrc);
    this.#tape.areTogether = false;
    if (encoded.kind === "encoded") this.#body.packCrc = encoded.packState;
    else this.#tape.lookAtEach(encoded.column);
    return encoded.kind === "encoded";
  }

  /** Forgets the rows not yet flushed. */
  clear(): void {
    this.#tape.clear();
  }
}

const inUse = "Expected a pack that is not taking rows; a value of a row uses it";
