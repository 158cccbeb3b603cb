import type { ArrowBatchLike, ArrowFieldLike } from "@maxcompute-tunnel/codec/arrow";

/** An input that is rows under a schema, opened for reading. */
export interface RowInput {
  /** Its columns, as Arrow has types. */
  readonly fields: readonly ArrowFieldLike[];
  /**
   * Its rows in order, from one on. A batch holds until the next is asked for.
   *
   * @throws FilesError `malformed` saying where
   */
  batches(from: number): AsyncGenerator<ArrowBatchLike, void, undefined>;
  /** Bytes read from the input and not told of yet. */
  takeReadBytes(): number;
  close(): Promise<void>;
}

/** Bytes read and not told of yet. */
export interface ReadCount {
  bytes: number;
}

/** Rows that are worked on at a time: enough for long runs, few enough that wide ones take little memory. */
export const batchRows = 8192;
