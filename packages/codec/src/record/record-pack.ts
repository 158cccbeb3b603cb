import { CodecError } from "../errors.ts";
import { loadedKernel, loadKernel } from "../kernel/kernel.ts";
import { KernelRows } from "../kernel/kernel-rows.ts";
import { ValueTape } from "../kernel/value-tape.ts";
import type { RowInput, RowInputOf } from "../schema/row.ts";
import type { ColumnSpec } from "../schema/table-schema.ts";
import { InvalidValue, showValue } from "../values/invalid-value.ts";
import { ByteSink } from "../wire/byte-sink.ts";
import { RecordTooLarge } from "../wire/chunked-writer.ts";
import { crcStart, crcValue, feed4 } from "../wire/crc32c.ts";
import { int64, splitNumber } from "../wire/int64.ts";
import { positive, type RecordPackOptions, resolveLimits } from "./options.ts";
import { RecordEncoder } from "./record-encoder.ts";
import { endMetricsTag, endRecordTag, metricsTag, packChecksumTag, recordCountTag } from "./stream-tags.ts";
import { type ColumnPlan, planColumns } from "./type-plan.ts";

/** The kernel is not loaded for packs of fewer rows. */
const rowsWorthLoading = 64;

/** The bytes of a finished pack, or the rest of them after {@link RecordPack.drain}. */
export interface SealedPack {
  /** The bytes not yet drained, in order; they belong to the caller. */
  readonly chunks: readonly Uint8Array[];
  /** Sum of the lengths of `chunks`. */
  readonly byteLength: number;
  /** Rows of the whole pack. */
  readonly recordCount: number;
  /** CRC-32C of all record checksums, as in the footer. */
  readonly checksum: number;
}

/** What {@link RecordPack.seal} adds to the footer. */
export interface SealOptions {
  /** JSON text of the metrics block that servers send with downloads to clients of tunnel version 6 and later. */
  readonly metrics?: string;
}

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
  readonly #sink: ByteSink;
  readonly #maxFieldBytes: number;
  readonly #maxRecordBytes: number;
  readonly #options: RecordPackOptions;
  /** Rows that the kernel encodes, many at a time; they come behind those in the sink. */
  #kernelRows: KernelRows | undefined;
  /** Whether the kernel may be used and has not been tried. */
  #kernelUntried: boolean;
  #recordCount = 0;
  #drainedBytes = 0;
  /** Running checksum of the records' checksums. */
  #packCrc = crcStart;

  /** @throws CodecError `invalid-schema`, `invalid-type`, `invalid-option` */
  constructor(columns: readonly ColumnSpec[], options: RecordPackOptions = {}) {
    const { maxFieldBytes, maxRecordBytes } = resolveLimits(options);
    this.#columns = planColumns(columns, options.checks === "wire" ? "wire" : "service");
    this.#encoder = new RecordEncoder(this.#columns, maxFieldBytes, options);
    this.#maxRecordBytes = maxRecordBytes;
    this.#sink = new ByteSink(positive("chunkBytes", options.chunkBytes ?? 1024 * 1024), maxRecordBytes);
    this.#maxFieldBytes = maxFieldBytes;
    this.#options = options;
    this.#kernelUntried = options.kernel !== "js" && ValueTape.takes(this.#columns);
  }

  /** Rows appended since the start, {@link seal} or {@link clear}. */
  get recordCount(): number {
    return this.#recordCount;
  }

  /** Bytes of the rows appended since the start, {@link seal} or {@link clear}, drained or not. */
  get byteLength(): number {
    this.#flush();
    return this.#drainedBytes + this.#sink.byteLength;
  }

  /**
   * At least {@link byteLength}, without its cost: to know it exactly, rows that were waiting to be encoded together
   * have to be encoded now. Ask for this after every row, and for that once this reaches a limit.
   */
  get byteLengthAtMost(): number {
    return this.#drainedBytes + this.#sink.byteLength + (this.#kernelRows?.byteLengthAtMost ?? 0);
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
      this.#recordCount++;
      if (rows.isFull) this.#flush();
    } else {
      this.#flush();
      this.#appendAlone(row);
    }
  }

  /** Encodes a row on its own, which says what is wrong with it. */
  #appendAlone(row: R): void {
    const sink = this.#sink;
    try {
      this.#encoder.writeRow(sink, row);
      const crc = sink.endRecord(endRecordTag);
      if (sink.recordBytes > this.#maxRecordBytes) throw new RecordTooLarge();
      this.#packCrc = feed4(this.#packCrc, crc);
      this.#recordCount++;
      sink.keepRecord();
    } catch (error) {
      sink.dropRecord();
      throw this.#located(error);
    }
  }

  /** Hands over the bytes appended since the last drain, for sending a block while it is being built. */
  drain(): Uint8Array[] {
    this.#flush();
    const chunks = this.#sink.takeChunks();
    for (const chunk of chunks) this.#drainedBytes += chunk.length;
    return chunks;
  }

  /** Ends the pack with its footer and hands over all that was not drained. */
  seal(options: SealOptions = {}): SealedPack {
    this.#flush();
    const sink = this.#sink;
    const checksum = crcValue(this.#packCrc);
    const recordCount = this.#recordCount;
    sink.ensure(14);
    sink.tag(recordCountTag);
    splitNumber(recordCount);
    sink.zigzag64(int64.low, int64.high);
    if (options.metrics !== undefined) writeMetrics(sink, options.metrics);
    sink.ensure(10);
    sink.tag(packChecksumTag);
    sink.uint32(checksum);
    sink.keepRecord();
    const byteLength = sink.byteLength;
    const chunks = sink.takeChunks();
    this.clear();
    return { chunks, byteLength, recordCount, checksum };
  }

  /** Drops all rows and bytes. */
  clear(): void {
    this.#kernelRows?.clear();
    this.#sink.takeChunks();
    this.#sink.shrink();
    this.#recordCount = 0;
    this.#drainedBytes = 0;
    this.#packCrc = crcStart;
  }

  /** Encodes the rows that wait for it. */
  #flush(): void {
    if (this.#kernelRows !== undefined) this.#packCrc = this.#kernelRows.flush(this.#sink, this.#packCrc);
  }

  #tryKernel(): void {
    const kernel = this.#recordCount < rowsWorthLoading ? loadedKernel() : loadKernel();
    this.#kernelUntried = kernel === undefined && this.#recordCount < rowsWorthLoading;
    if (kernel === undefined) return;
    this.#kernelRows = new KernelRows(kernel, this.#columns, this.#options.unknownProperties ?? "error", {
      maxFieldBytes: this.#maxFieldBytes,
      maxRecordBytes: this.#maxRecordBytes,
      anyValue: this.#options.checks === "wire",
      asSent: (this.#options.checks ?? "service") !== "service",
    });
  }

  #located(error: unknown): unknown {
    const row = this.#recordCount;
    if (error instanceof RecordTooLarge) {
      const expected = `a record of at most ${this.#maxRecordBytes} bytes`;
      return new CodecError("record-too-large", `row ${row}: Expected ${expected}`, { row, expected });
    }
    if (!(error instanceof InvalidValue)) return error;
    const column = this.#columns[this.#encoder.column]?.name;
    const path = column === undefined ? undefined : column + error.path;
    const value = showValue(error.value);
    const place = path === undefined ? `row ${row}` : `row ${row}, column ${path}`;
    return new CodecError(error.code, `${place}: Expected ${error.expected}, got ${value}`, {
      row,
      ...(column === undefined || path === undefined ? {} : { column, path }),
      value,
      expected: error.expected,
      cause: error.cause,
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
  const { chunks, byteLength } = pack.seal(options);
  const bytes = new Uint8Array(byteLength);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Checksummed as if it were a record with one field. */
function writeMetrics(sink: ByteSink, metrics: string): void {
  sink.crc = feed4(crcStart, 1);
  sink.ensure(5);
  sink.tag(metricsTag);
  if (sink.lengthAndText(metrics) < 0) {
    sink.dropRecord();
    throw new CodecError("invalid-text", "Expected metrics without lone surrogates");
  }
  sink.ensure(9);
  sink.tag(endMetricsTag);
  sink.uint32(crcValue(sink.crc));
}
