import type { Row, RowOf } from "../schema/row.ts";
import type { ColumnSpec } from "../schema/table-schema.ts";
import type { ByteSource } from "../wire/byte-source.ts";
import {
  incomplete,
  outOfBytes,
  type ReadRules,
  readLeaf,
  readNested,
  setProperty,
} from "./field-readers.ts";
import { isNested } from "./leaf-check.ts";
import { NestedWalk } from "./nested-walk.ts";
import { type DecodeOptions, type PackSummary, resolveLimits } from "./options.ts";
import { type FieldHandler, PackReader } from "./pack-reader.ts";
import { type ColumnPlan, planColumns } from "./type-plan.ts";

/**
 * Decodes a record stream as its bytes arrive in pieces of any size. Rows come out whole and only once their
 * checksum was seen and right; NULL is `null`. (protocol: MaxCompute Tunnel, record wire format)
 *
 * It keeps no more of the stream than the value that the last piece broke off in, and what it gives out are copies.
 */
export class RecordStreamDecoder<R = Row> {
  readonly #reader: PackReader;
  readonly #rows: RowBuilder;

  /** @throws CodecError `invalid-schema`, `invalid-type`, `invalid-option` */
  constructor(columns: readonly ColumnSpec[], options: DecodeOptions = {}) {
    const made = makeReader(columns, options, Number.POSITIVE_INFINITY);
    this.#reader = made.reader;
    this.#rows = made.rows;
  }

  /** Rows given out so far. */
  get recordCount(): number {
    return this.#reader.recordCount;
  }

  /**
   * Takes the next bytes and gives the rows that they complete.
   *
   * @throws CodecError saying row, column, path and offset. A decoder that threw cannot go on.
   */
  push(chunk: Uint8Array): R[] {
    this.#reader.push(chunk);
    return this.#rows.take() as R[];
  }

  /** @throws CodecError `truncated`, or `missing-footer` when the bytes end behind a whole record. */
  end(): PackSummary {
    return this.#reader.end();
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
  const { reader, rows } = makeReader(columns, options, bytes.length);
  reader.push(bytes);
  reader.end();
  return rows.take();
}

function makeReader(
  columns: readonly ColumnSpec[],
  options: DecodeOptions,
  totalBytes: number,
): { readonly reader: PackReader; readonly rows: RowBuilder } {
  const limits = resolveLimits(options);
  const plans = planColumns(columns, "wire");
  const rows = new RowBuilder(plans, options.rowShape ?? "object", {
    maxFieldBytes: limits.maxFieldBytes,
    invalidUtf8: options.invalidUtf8 ?? "error",
  });
  const rules = { ...limits, metrics: options.metrics ?? "allow", checkNulls: false, totalBytes };
  return { reader: new PackReader(plans, rows, rules), rows };
}

/** Collects the values of a record, and records into rows. */
class RowBuilder implements FieldHandler {
  readonly #names: readonly string[];
  readonly #shape: "object" | "array";
  readonly #rules: ReadRules;
  /** Finds the end of a nested value that is not whole, so that it is built once only. */
  readonly #walk: NestedWalk;
  /** How far into the value the walk got. */
  #walked = 0;
  #values: unknown[];
  #rows: unknown[] = [];

  constructor(columns: readonly ColumnPlan[], shape: "object" | "array", rules: ReadRules) {
    this.#names = columns.map((column) => column.name);
    this.#shape = shape;
    this.#rules = rules;
    this.#walk = new NestedWalk({ maxFieldBytes: rules.maxFieldBytes, anyValue: true });
    this.#values = this.#nulls();
  }

  take(): unknown[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  takeField(source: ByteSource, column: ColumnPlan): boolean {
    const value = isNested(column.type)
      ? this.#takeNested(source, column)
      : readLeaf(source, column.type, this.#rules);
    if (value === incomplete) return false;
    this.#values[column.number - 1] = value;
    return true;
  }

  endRecord(): void {
    const values = this.#values;
    if (this.#shape === "array") {
      this.#rows.push(values);
      this.#values = this.#nulls();
      return;
    }
    const row: Record<string, unknown> = {};
    const names = this.#names;
    for (let index = 0; index < names.length; index++) {
      setProperty(row, names[index]!, values[index]);
      values[index] = null;
    }
    this.#rows.push(row);
  }

  #takeNested(source: ByteSource, column: ColumnPlan): unknown {
    const { pos, crc } = source;
    if (!this.#walk.isInside) {
      try {
        return readNested(source, column.type, this.#rules);
      } catch (error) {
        if (error !== outOfBytes) throw error;
      }
      this.#walk.begin(column.type);
      this.#walked = 0;
    }
    source.pos = pos + this.#walked;
    const isWhole = this.#walk.go(source);
    this.#walked = source.pos - pos;
    source.pos = pos;
    source.crc = crc;
    return isWhole ? readNested(source, column.type, this.#rules) : incomplete;
  }

  #nulls(): unknown[] {
    return new Array<unknown>(this.#names.length).fill(null);
  }
}
