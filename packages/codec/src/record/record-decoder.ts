import { layOf } from "../kernel/layout-plan.ts";
import type { Row, RowOf } from "../schema/row.ts";
import type { ColumnSpec } from "../schema/table-schema.ts";
import { FieldValues } from "./field-values.ts";
import { type DecodeOptions, type PackSummary, resolveLimits } from "./options.ts";
import { RecordReading } from "./record-reading.ts";
import { RowBuilder } from "./row-builder.ts";
import { planColumns } from "./type-plan.ts";

/**
 * Decodes a record stream as its bytes arrive in pieces of any size. Rows come out whole and only once their
 * checksum was seen and right; NULL is `null`. (protocol: MaxCompute Tunnel, record wire format)
 *
 * It keeps no more of the stream than the value that the last piece broke off in, and what it gives out are copies.
 */
export class RecordStreamDecoder<R = Row> {
  readonly #reading: RecordReading;
  readonly #rows: RowBuilder;

  /** @throws CodecError `invalid-schema`, `invalid-type`, `invalid-option` */
  constructor(columns: readonly ColumnSpec[], options: DecodeOptions = {}) {
    const { reading, rows } = beginReading(columns, options, Number.POSITIVE_INFINITY);
    this.#reading = reading;
    this.#rows = rows;
  }

  /** Rows given out so far. */
  get recordCount(): number {
    return this.#reading.recordCount;
  }

  /**
   * Takes the next bytes and gives the rows that they complete.
   *
   * @throws CodecError saying row, column, path and offset. A decoder that threw cannot go on.
   */
  push(chunk: Uint8Array): R[] {
    this.#reading.push(chunk);
    return this.#rows.take() as R[];
  }

  /** @throws CodecError `truncated`, or `missing-footer` when the bytes end behind a whole record. */
  end(): PackSummary {
    return this.#reading.end();
  }
}

/**
 * Decodes one whole record pack. See {@link RecordStreamDecoder} for one that arrives in pieces.
 *
 * @throws CodecError saying row, column, path and offset.
 */
export function decodeRecords(
  columns: readonly ColumnSpec[],
  bytes: Uint8Array,
  options: DecodeOptions & { readonly rowShape: "array" },
): unknown[][];
export function decodeRecords<const S extends readonly ColumnSpec[]>(
  columns: S,
  bytes: Uint8Array,
  options?: DecodeOptions,
): RowOf<S>[];
export function decodeRecords(
  columns: readonly ColumnSpec[],
  bytes: Uint8Array,
  options: DecodeOptions = {},
): unknown[] {
  const { reading, rows } = beginReading(columns, options, bytes.length);
  reading.push(bytes);
  reading.end();
  return rows.take();
}

function beginReading(
  columns: readonly ColumnSpec[],
  options: DecodeOptions,
  totalBytes: number,
): { readonly reading: RecordReading; readonly rows: RowBuilder } {
  const limits = resolveLimits(options);
  const plans = planColumns(columns, "wire");
  const { invalidUtf8 = "error", rowShape = "object" } = options;
  const read = { maxFieldBytes: limits.maxFieldBytes, invalidUtf8 };
  const rows = new RowBuilder(plans, rowShape, read);
  const values = new FieldValues(plans, rows, read);
  return { reading: new RecordReading(plans, values, rows, { options, limits, totalBytes, layOf }), rows };
}
