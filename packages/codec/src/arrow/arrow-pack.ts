import { CodecError } from "../errors.ts";
import { type EngineOptions, positive, type RecordLimits, resolveLimits } from "../record/options.ts";
import { PackBody, type SealedPack } from "../record/pack-body.ts";
import { RecordEncoder } from "../record/record-encoder.ts";
import { rowError } from "../record/row-error.ts";
import { type ColumnPlan, planColumns } from "../record/type-plan.ts";
import type { ColumnSpec } from "../schema/table-schema.ts";
import { InvalidValue } from "../values/invalid-value.ts";
import type { ArrowBatchLike } from "./arrow-data.ts";
import { openNullable, type ValueAt } from "./buffers.ts";
import { type ColumnFeed, columnFeeds } from "./column-feeds.ts";
import { KernelColumns } from "./kernel/kernel-columns.ts";

/** How an {@link ArrowPack} encodes. */
export interface ArrowPackOptions extends RecordLimits, EngineOptions {
  /** How a batch's columns find the table's: by name, in any case, or by position. @default "name" */
  readonly match?: "name" | "position";
  /** What a column of a batch (or a field of a struct) that the table does not have does. @default "error" */
  readonly unknownColumns?: "error" | "ignore";
  /** Size of the chunks that the pack's bytes come in; only a row that is larger makes a larger one. @default 1048576 (1 MiB) */
  readonly chunkBytes?: number;
  /** What is refused besides what the bytes cannot carry, as for a `RecordPack`. @default "service" */
  readonly checks?: "service" | "received" | "wire";
}

/**
 * One record pack being built out of Arrow record batches: batches go in, bytes come out in chunks, the same that a
 * `RecordPack` makes of the same rows. (protocol: MaxCompute Tunnel, record wire format)
 *
 * A batch is looked at while {@link append} runs and not kept. Values are taken as they are or refused, never rounded
 * or cut; a column that the batch does not have is NULL.
 */
export class ArrowPack {
  readonly #columns: readonly ColumnPlan[];
  readonly #encoder: RecordEncoder;
  readonly #body: PackBody;
  readonly #maxRecordBytes: number;
  readonly #options: ArrowPackOptions;
  readonly #kernelColumns: KernelColumns | undefined;
  /** The schema seen last, and what it feeds the columns with. */
  #schema: ArrowBatchLike["schema"] | undefined;
  #feeds: readonly (ColumnFeed | undefined)[] = [];
  /** The values of a row, in schema order. */
  readonly #values: unknown[];

  /** @throws CodecError `invalid-schema`, `invalid-type`, `invalid-option` */
  constructor(columns: readonly ColumnSpec[], options: ArrowPackOptions = {}) {
    const { maxFieldBytes, maxRecordBytes } = resolveLimits(options);
    const checks = options.checks ?? "service";
    this.#columns = planColumns(columns, checks === "wire" ? "wire" : "service");
    this.#encoder = new RecordEncoder(this.#columns, maxFieldBytes, { checks });
    this.#body = new PackBody(positive("chunkBytes", options.chunkBytes ?? 1024 * 1024), maxRecordBytes);
    this.#maxRecordBytes = maxRecordBytes;
    this.#options = options;
    this.#values = this.#columns.map(() => null);
    if (options.kernel !== "js") {
      this.#kernelColumns = new KernelColumns(this.#columns, {
        maxFieldBytes,
        maxRecordBytes,
        checks,
        unknown: options.unknownColumns ?? "error",
      });
    }
  }

  /** Rows appended since the start, {@link seal} or {@link clear}. */
  get recordCount(): number {
    return this.#body.recordCount;
  }

  /** Bytes of the rows appended since the start, {@link seal} or {@link clear}, drained or not. */
  get byteLength(): number {
    return this.#body.byteLength;
  }

  /**
   * Appends a batch's rows, from `from` to before `to`. The row that cannot be encoded throws; those before it are
   * in the pack, and `append(batch, error.row + 1)` goes on behind it.
   *
   * @throws CodecError saying the row in the batch, column, path, value and what was expected; without a row when the
   *   batch's schema does not fit, and nothing was appended.
   */
  append(batch: ArrowBatchLike, from = 0, to: number = batch.numRows): void {
    const rows = this.#openRows(batch, from, to);
    let row = from;
    while (row < to) {
      const slice = this.#kernelColumns?.open(batch, this.#feeds, row, to);
      const end = slice?.end ?? to;
      while (row < end) {
        if (slice !== undefined) row = slice.encode(row, this.#body);
        if (row < end) rows.append(row++);
      }
    }
  }

  /** Hands over the bytes appended since the last drain, for sending a block while it is being built. */
  drain(): Uint8Array[] {
    return this.#body.drain();
  }

  /** Ends the pack with its footer and hands over all that was not drained. */
  seal(): SealedPack {
    return this.#body.seal({});
  }

  /** Drops all rows and bytes. */
  clear(): void {
    this.#body.clear();
  }

  /** @throws CodecError when the batch does not fit. */
  #openRows(batch: ArrowBatchLike, from: number, to: number): { append(row: number): void } {
    if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && to <= batch.numRows)) {
      const expected = `rows within 0 to ${batch.numRows}`;
      throw new CodecError("invalid-option", `Expected ${expected}, got ${from} to ${to}`, { expected });
    }
    if (this.#schema !== batch.schema) {
      const { match = "name", unknownColumns: unknown = "error" } = this.#options;
      this.#feeds = columnFeeds(this.#columns, batch.schema.fields, { match, unknown });
      this.#schema = batch.schema;
    }
    for (const [column, feed] of this.#feeds.entries()) {
      const length = feed === undefined ? to : (batch.data.children[feed.at]?.length ?? 0);
      if (length >= to) continue;
      throw this.#located(new InvalidValue("bad-length", `a column of ${to} values`, length), to, column);
    }
    let valuesAt: readonly (ValueAt | undefined)[] | undefined;
    return {
      append: (row) => {
        valuesAt ??= this.#openValues(batch, row);
        this.#appendAlone(valuesAt, row);
      },
    };
  }

  #openValues(batch: ArrowBatchLike, row: number): readonly (ValueAt | undefined)[] {
    return this.#feeds.map((feed, column) => {
      if (feed === undefined) return undefined;
      try {
        return openNullable(feed.open, batch.data.children[feed.at]!);
      } catch (error) {
        throw this.#located(error, row, column);
      }
    });
  }

  /** Reads a row's values and encodes them, which says what is wrong with them. */
  #appendAlone(valuesAt: readonly (ValueAt | undefined)[], row: number): void {
    const body = this.#body;
    const values = this.#values;
    let column = 0;
    try {
      for (; column < values.length; column++) values[column] = valuesAt[column]?.(row);
      column = -1;
      this.#encoder.writeRow(body.sink, values);
      body.endRecord();
    } catch (error) {
      body.sink.dropRecord();
      throw this.#located(error, row, column < 0 ? this.#encoder.column : column);
    }
  }

  #located(error: unknown, row: number, column: number): unknown {
    return rowError(error, row, this.#columns[column]?.name, this.#maxRecordBytes);
  }
}
