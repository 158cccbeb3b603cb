import { CodecError } from "../../errors.ts";
import { type DecodeOptions, type PackSummary, positive, resolveLimits } from "../../record/options.ts";
import { RecordReading } from "../../record/record-reading.ts";
import { planColumns } from "../../record/type-plan.ts";
import type { ColumnSpec } from "../../schema/table-schema.ts";
import { ArrowFieldValues } from "./arrow-field-values.ts";
import { type ArrowField, type ArrowInstants, arrowLayOf, arrowTypeOf } from "./arrow-types.ts";
import type { ColumnBatch } from "./column-data.ts";
import { ColumnsBuilder } from "./columns-builder.ts";

/** How record packs are decoded into columns. */
export interface DecodeColumnsOptions extends Omit<DecodeOptions, "invalidUtf8" | "rowShape"> {
  /** Rows of a batch. @default 8192 */
  readonly batchRows?: number;
  /** A batch ends sooner once its values take about so many bytes. @default 33554432 (32 MiB) */
  readonly batchBytes?: number;
  /**
   * What TIMESTAMP and TIMESTAMP_NTZ become: `"nanoseconds"` since 1970, which reach from 1677 to 2262 (others are
   * refused as `out-of-range`), or `"fields"`, a struct of `sec` and `nano` that holds them all.
   * @default "nanoseconds"
   */
  readonly instants?: ArrowInstants;
}

/**
 * Decodes a record stream into columns in Arrow's layout as its bytes arrive in pieces of any size. Rows come out once
 * their checksum was seen and right, so many to a batch. (protocol: MaxCompute Tunnel, record wire format)
 *
 * The buffers are copies, the caller's to keep. What Arrow cannot hold is refused, never changed: texts that are not
 * UTF-8, decimals of more digits than their column's, map keys that are NULL.
 */
export class RecordColumnsDecoder {
  /** The columns as Arrow has them. */
  readonly fields: readonly ArrowField[];
  readonly #reading: RecordReading;
  readonly #builder: ColumnsBuilder;

  /** @throws CodecError `invalid-schema`, `invalid-type`, `invalid-option` */
  constructor(columns: readonly ColumnSpec[], options: DecodeColumnsOptions = {}) {
    const instants = resolveInstants(options);
    const limits = resolveLimits(options);
    const plans = planColumns(columns, "wire");
    const read = { maxFieldBytes: limits.maxFieldBytes, invalidUtf8: "error" } as const;
    this.fields = arrowFields(columns, options);
    this.#builder = new ColumnsBuilder(
      this.fields,
      { ...read, instants },
      {
        batchRows: positive("batchRows", options.batchRows ?? 8192),
        batchBytes: positive("batchBytes", options.batchBytes ?? 32 * 1024 * 1024),
      },
    );
    const values = new ArrowFieldValues(plans, this.#builder, read, instants);
    this.#reading = new RecordReading(plans, values, this.#builder, {
      options,
      limits,
      totalBytes: Number.POSITIVE_INFINITY,
      layOf: (type) => arrowLayOf(type, instants),
    });
  }

  /** Rows taken in so far. */
  get recordCount(): number {
    return this.#reading.recordCount;
  }

  /**
   * Takes the next bytes and gives the batches that they fill.
   *
   * @throws CodecError saying row, column, path and offset. A decoder that threw cannot go on.
   */
  push(chunk: Uint8Array): ColumnBatch[] {
    this.#reading.push(chunk);
    return this.#builder.take();
  }

  /** The rows that fill no batch yet, as a shorter one. Undefined when there are none. */
  flush(): ColumnBatch | undefined {
    return this.#builder.flush();
  }

  /** @throws CodecError `truncated`, or `missing-footer` when the bytes end behind a whole record. */
  end(): PackSummary {
    return this.#reading.end();
  }
}

/**
 * Decodes one whole record pack into columns. See {@link RecordColumnsDecoder} for one that arrives in pieces.
 *
 * @throws CodecError saying row, column, path and offset.
 */
export function decodeColumns(
  columns: readonly ColumnSpec[],
  bytes: Uint8Array,
  options: DecodeColumnsOptions = {},
): ColumnBatch[] {
  const decoder = new RecordColumnsDecoder(columns, options);
  const batches = decoder.push(bytes);
  decoder.end();
  const rest = decoder.flush();
  return rest === undefined ? batches : [...batches, rest];
}

/**
 * A table's columns as Arrow has them. All of them may be NULL: NOT NULL is the service's to watch over.
 *
 * @throws CodecError `invalid-schema`, `invalid-type`, `invalid-option`
 */
export function arrowFields(
  columns: readonly ColumnSpec[],
  options: { readonly instants?: ArrowInstants } = {},
): readonly ArrowField[] {
  const instants = resolveInstants(options);
  return planColumns(columns, "wire").map(({ name, type }) => ({
    name,
    type: arrowTypeOf(type, instants),
    nullable: true,
  }));
}

function resolveInstants({ instants = "nanoseconds" }: { readonly instants?: ArrowInstants }): ArrowInstants {
  if (instants === "nanoseconds" || instants === "fields") return instants;
  throw new CodecError(
    "invalid-option",
    `Expected instants to be "nanoseconds" or "fields", got ${JSON.stringify(instants)}`,
  );
}
