import { type AppendRowsOptions, appendRows } from "../kernel/append-rows.ts";
import { kernelFor } from "../kernel/kernel.ts";
import { KernelRows } from "../kernel/kernel-rows.ts";
import type { RowInput, RowInputOf } from "../schema/row.ts";
import type { ColumnSpec } from "../schema/table-schema.ts";
import { joinBytes } from "../wire/join-bytes.ts";
import { positive, type RecordPackOptions, resolveLimits } from "./options.ts";
import { PackBody, type SealedPack, type SealOptions } from "./pack-body.ts";
import { RecordEncoder } from "./record-encoder.ts";
import { rowError } from "./row-error.ts";
import { type ColumnPlan, planColumns } from "./type-plan.ts";

/**
 * One record pack being built: rows go in one at a time, bytes come out in chunks. A pack is what a block of an
 * upload session holds. (protocol: MaxCompute Tunnel, record wire format)
 *
 * Chunks are cut between rows only and never copied to grow. A pack that was sealed or cleared is empty and ready
 * for the next rows.
 */
export class RecordPack<R = RowInput> {
  readonly #columns: readonly ColumnPlan[];
  readonly #encoder: RecordEncoder;
  readonly #body: PackBody;
  readonly #options: RecordPackOptions;
  /** Rows that the kernel encodes, many at a time; they come behind those in the body. */
  #kernelRows: KernelRows | undefined;
  /** Whether the kernel may be used and has not been tried. */
  #kernelUntried: boolean;

  /** @throws CodecError `invalid-schema`, `invalid-type`, `invalid-option` */
  constructor(columns: readonly ColumnSpec[], options: RecordPackOptions = {}) {
    const { maxFieldBytes, maxRecordBytes } = resolveLimits(options);
    this.#columns = planColumns(columns, options.checks === "wire" ? "wire" : "service");
    this.#encoder = new RecordEncoder(this.#columns, maxFieldBytes, options);
    this.#body = new PackBody(positive("chunkBytes", options.chunkBytes ?? 1024 * 1024), maxRecordBytes);
    this.#options = options;
    this.#kernelUntried = options.kernel !== "js";
  }

  /** Rows appended since the start, {@link seal} or {@link clear}. */
  get recordCount(): number {
    return this.#body.recordCount;
  }

  /** Bytes of the rows appended since the start, {@link seal} or {@link clear}, drained or not. */
  get byteLength(): number {
    this.#kernelRows?.flush();
    return this.#body.byteLength;
  }

  /**
   * At least {@link byteLength}, without its cost: to know it exactly, rows that were waiting to be encoded together
   * have to be encoded now. Ask for this after every row, and for that once this reaches a limit.
   */
  get byteLengthAtMost(): number {
    return this.#body.byteLength + (this.#kernelRows?.byteLengthAtMost ?? 0);
  }

  /**
   * Appends one row: an object by column name (in any case), or the values in schema order; a column left out is
   * NULL. A row that fails leaves the pack as it was.
   *
   * @throws CodecError saying row, column, path, value and what was expected.
   */
  append(row: R): void {
    if (this.#kernelUntried) this.#tryKernel(0);
    const rows = this.#kernelRows;
    if (rows?.take(row)) {
      this.#body.recordCount++;
      if (rows.isFull) rows.flush();
    } else {
      rows?.flush();
      this.#appendAlone(row);
    }
  }

  /**
   * Appends rows in order: the same as {@link append} for each, in about five sixths of the time when there are
   * hundreds, because text is looked at for many rows at a time. When a row fails, those before it are in the pack, and it and
   * those behind it are not: {@link recordCount} says how many are. Values may be read twice.
   *
   * @returns the index of the first row not appended: `rows.length`, unless a limit was reached before.
   * @throws CodecError as {@link append}.
   */
  appendRows(rows: readonly R[], options?: AppendRowsOptions): number {
    if (this.#kernelUntried) this.#tryKernel(rows.length - 1);
    return appendRows(this, this.#kernelRows, rows, options);
  }

  /** Encodes a row on its own, which says what is wrong with it. */
  #appendAlone(row: R): void {
    const body = this.#body;
    try {
      this.#encoder.writeRow(body.sink, row);
      body.endRecord();
    } catch (error) {
      body.sink.dropRecord();
      const column = this.#columns[this.#encoder.column]?.name;
      throw rowError(error, body.recordCount, column, body.maxRecordBytes);
    }
  }

  /** Hands over the bytes appended since the last drain, for sending a block while it is being built. */
  drain(): Uint8Array[] {
    this.#kernelRows?.flush();
    return this.#body.drain();
  }

  /** Ends the pack with its footer and hands over all that was not drained. */
  seal(options: SealOptions = {}): SealedPack {
    this.#kernelRows?.flush();
    const sealed = this.#body.seal(options);
    this.#kernelRows?.clear();
    return sealed;
  }

  /**
   * Gives back chunks from {@link drain} or {@link seal} that nobody reads any more, for the rows to come: fresh memory
   * costs about a tenth of the time that a row takes. Chunks are given back once, and never touched again.
   */
  recycle(chunks: readonly Uint8Array[]): void {
    this.#body.sink.recycle(chunks);
  }

  /** Drops all rows and bytes. */
  clear(): void {
    this.#kernelRows?.clear();
    this.#body.clear();
  }

  #tryKernel(rowsBefore: number): void {
    const kernel = kernelFor(this.#body.recordCount + rowsBefore);
    this.#kernelUntried = kernel === "later";
    if (typeof kernel === "string") return;
    this.#kernelRows = new KernelRows(kernel, this.#body, this.#columns, this.#options, this.#encoder.rules);
  }
}

/**
 * Encodes rows into one whole record pack. See {@link RecordPack}, which gives chunks instead of one array.
 *
 * @throws CodecError saying row, column, path, value and what was expected.
 */
export function encodeRecords<const S extends readonly ColumnSpec[]>(
  columns: S,
  rows: Iterable<RowInputOf<S>>,
  options: RecordPackOptions & SealOptions = {},
): Uint8Array {
  const pack = new RecordPack<RowInputOf<S>>(columns, options);
  if (Array.isArray(rows)) pack.appendRows(rows);
  else for (const row of rows) pack.append(row);
  return joinBytes(pack.seal(options).chunks);
}
