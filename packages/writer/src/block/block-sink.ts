import type { ColumnSpec } from "@maxcompute-tunnel/codec";

/**
 * What a writer needs of an upload session: its columns, and a place to put blocks.
 *
 * `BlockUploadSession` of `@maxcompute-tunnel/session` satisfies it as it stands; a test double needs four members.
 */
export interface BlockSink {
  /** Which upload this is: writers on several objects of the same upload keep clear of each other's blocks. */
  readonly id?: string;
  readonly schema: { readonly columns: readonly ColumnSpec[] };
  /** The largest field the project accepts, in bytes. */
  readonly maxFieldBytes: number;
  /**
   * Stores one block. Chunks are replayable and sent again, whole, when an attempt fails; a stream goes once.
   *
   * Chunks belong to the writer, which fills them with other rows after a result that says `attempts: 1`.
   */
  putBlock(
    blockId: number,
    body: readonly Uint8Array[] | AsyncIterable<Uint8Array>,
    options?: PutBlockOptions,
  ): Promise<PutBlockResult>;
  /** The blocks the server holds. */
  listBlocks(options?: { readonly signal?: AbortSignal }): Promise<readonly { readonly blockId: number }[]>;
}

/** How a block is put. */
export interface PutBlockOptions {
  /** Compression that the bytes have. @default none */
  readonly contentEncoding?: string;
  /**
   * Rows in the block, so that the commit can compare; a function where the count is known only at the end.
   *
   * @default not known
   */
  readonly recordCount?: number | (() => number);
  /** Breaks the request off. @default none */
  readonly signal?: AbortSignal;
}

/** What is known of a block once the server has it. */
export interface PutBlockResult {
  /** Requests it took; 1 when the first one succeeded, and nothing reads the chunks any more. @default not known */
  readonly attempts?: number;
  readonly requestId?: string | undefined;
}

/** A block that a writer has stored. */
export interface WrittenBlock {
  readonly blockId: number;
  readonly rows: number;
  /** Encoded bytes, before compression. */
  readonly bytes: number;
  /** Bytes of the request body, after compression. */
  readonly sentBytes: number;
  /** Checksum of the record pack: the CRC32C over the checksums of its records. */
  readonly checksum: number;
  /** Requests it took; 1 when the first one succeeded. */
  readonly attempts: number;
  /** The service's id of the request that stored it; quote it to support. */
  readonly requestId: string | undefined;
}
