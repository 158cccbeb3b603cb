import type { ArrowField, ArrowType } from "./arrow-types.ts";

/**
 * A column's buffers in Arrow's layout, under the names that `apache-arrow`'s Data has them: {@link ArrowPack} takes
 * it as it is, and `makeData({ ...column, type, data: column.values })` makes that library's own of it.
 */
export interface ColumnData {
  readonly type: ArrowType;
  readonly length: number;
  readonly offset: 0;
  readonly nullCount: number;
  /** A bit a row, least significant first: 1 where there is a value. Absent when there are no NULLs. */
  readonly nullBitmap?: Uint8Array<ArrayBuffer>;
  /** Where each list's elements or text's bytes begin and the last ones end. */
  readonly valueOffsets?: Int32Array<ArrayBuffer>;
  /** Numbers, bits of booleans, bytes of texts; of decimals, words, least significant first. */
  readonly values?: ColumnValues;
  readonly children: readonly ColumnData[];
}

export type ColumnValues =
  | Int8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>;

/** Rows as columns. {@link ArrowPack} takes it as it is. */
export interface ColumnBatch {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly ArrowField[] };
  /** The columns are the children, in schema order. */
  readonly data: { readonly children: readonly ColumnData[] };
}
