/**
 * A record batch, as far as {@link ArrowPack} looks at it. The RecordBatch of the `apache-arrow` package is one; that
 * package is not needed to compile or run this one.
 */
export interface ArrowBatchLike {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly ArrowFieldLike[] };
  readonly data: { readonly children: readonly ArrowDataLike[] };
}

/** A named column, struct field or list element of Arrow data. */
export interface ArrowFieldLike {
  readonly name: string;
  readonly type: ArrowTypeLike;
}

/** An Arrow type: its number in the Arrow format, and the parameters that this kind of type has. */
export interface ArrowTypeLike {
  readonly typeId: number;
  readonly bitWidth?: unknown;
  readonly isSigned?: unknown;
  readonly precision?: unknown;
  readonly scale?: unknown;
  readonly unit?: unknown;
  readonly timezone?: unknown;
  readonly byteWidth?: unknown;
  readonly listSize?: unknown;
  readonly children?: readonly ArrowFieldLike[] | null;
  /** Of dictionary-encoded columns: the type of the values, and of the indices into them. */
  readonly dictionary?: ArrowTypeLike;
  readonly indices?: ArrowTypeLike;
}

/** The buffers of a column, as `apache-arrow` holds them: cut to the slice, except bitmaps, which begin at `offset`. */
export interface ArrowDataLike {
  readonly type: ArrowTypeLike;
  readonly length: number;
  /** First bit of the slice in `nullBitmap`, and in the `values` of a boolean column. */
  readonly offset: number;
  readonly nullCount: number;
  readonly nullBitmap?: Uint8Array | undefined;
  readonly values?: unknown;
  readonly valueOffsets?: unknown;
  readonly variadicBuffers?: readonly Uint8Array[];
  readonly children: readonly ArrowDataLike[];
  /** The values that a dictionary-encoded column's indices point at. */
  readonly dictionary?: { readonly data: readonly ArrowDataLike[] } | undefined;
}
