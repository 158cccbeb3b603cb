import { loadedKernel, loadKernel } from "../kernel/kernel.ts";
import { KernelRows } from "../kernel/kernel-rows.ts";
import type { RowInput, RowInputOf } from "../schema/row.ts";
import type { ColumnSpec } from "../schema/table-schema.ts";
import { joinBytes } from "../wire/join-bytes.ts";
import { positive, type RecordPackOptions, resolveLimits } from "./options.ts";
import { PackBody, type SealedPack, type SealOptions } from "./pack-body.ts";
import { RecordEncoder } from "./record-encoder.ts";
import { rowError } from "./row-error.ts";
import { type ColumnPlan, planColumns } from "./type-plan.ts";

/** The kernel is not loaded for packs of fewer rows. */
const rowsWorthLoading = 64;

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
  readonly #maxRecordBytes: number;
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
    this.#maxRecordBytes = maxRecordBytes;
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
    this.#flush();
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
    if (this.#kernelUntried) this.#tryKernel();
    const rows = this.#kernelRows;
    if (rows?.take(row)) {
      this.#body.recordCount++;
      if (rows.isFull) this.#flush();
    } else {
      this.#flush();
      this.#appendAlone(row);
    }
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
      throw rowError(error, body.recordCount, column, this.#maxRecordBytes);
    }
  }

  /** Hands over the bytes appended since the last drain, for sending a block while it is being built. */
  drain(): Uint8Array[] {
    this.#flush();
    return this.#body.drain();
  }

  /** Ends the pack with its footer and hands over all that was not drained. */
  seal(options: SealOptions = {}): SealedPack {
    this.#flush();
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

  /** Encodes the rows that wait for it. */
  #flush(): void {
    const body = this.#body;
    if (this.#kernelRows !== undefined) body.packCrc = this.#kernelRows.flush(body.sink, body.packCrc);
  }

  #tryKernel(): void {
    const kernel = this.#body.recordCount < rowsWorthLoading ? loadedKernel() : loadKernel();
    this.#kernelUntried = kernel === undefined && this.#body.recordCount < rowsWorthLoading;
    if (kernel === undefined) return;
    this.#kernelRows = new KernelRows(kernel, this.#columns, this.#options.unknownProperties ?? "error", {
      ...this.#encoder.rules,
      maxRecordBytes: this.#maxRecordBytes,
    });
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
  for (const row of rows) pack.append(row);
  return joinBytes(pack.seal(options).chunks);
}
