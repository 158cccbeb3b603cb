import type { WrittenBlock } from "./block/block-sink.ts";
import type { SealReason } from "./block/seal-policy.ts";

/** How far a buffered writer has come. Every figure only ever grows, but for the blocks in flight. */
export interface WriteProgress {
  /** Rows accepted by `write`. */
  readonly rows: number;
  /** Encoded bytes of those rows, before compression. */
  readonly bytes: number;
  /** Blocks stored on the server. */
  readonly blocks: number;
  /** Rows in the stored blocks. */
  readonly storedRows: number;
  /** Encoded bytes of the stored blocks. */
  readonly storedBytes: number;
  /** Bytes of the stored blocks as they were sent, after compression. */
  readonly sentBytes: number;
  /** Blocks sealed and not yet stored. */
  readonly blocksInFlight: number;
  /** Requests that had to be sent again for the stored blocks. */
  readonly retries: number;
}

/** A block that is complete and about to be sent. */
export interface SealedBlock {
  readonly blockId: number;
  /** The position of its first row among all rows given to this writer, from 0. */
  readonly firstRow: number;
  readonly rows: number;
  /** Encoded bytes, before compression. */
  readonly bytes: number;
  /** Checksum of the record pack: the CRC32C over the checksums of its records. */
  readonly checksum: number;
  readonly reason: SealReason;
}

/** Something that happened in a buffered writer, with the totals right after it. */
export type WriteProgressEvent =
  | { readonly kind: "block-sealed"; readonly block: SealedBlock; readonly progress: WriteProgress }
  | { readonly kind: "block-stored"; readonly block: WrittenBlock; readonly progress: WriteProgress };

/** What a buffered writer has stored, once it is closed: what to commit, and what to print. */
export interface WriteSummary {
  /** The ids of the stored blocks, ascending. */
  readonly blockIds: readonly number[];
  readonly rows: number;
  /** Encoded bytes, before compression. */
  readonly bytes: number;
  /** Bytes as sent, after compression. */
  readonly sentBytes: number;
  /** Requests that had to be sent again. */
  readonly retries: number;
  /** The stored blocks one by one, by ascending id. */
  readonly blocks: readonly WrittenBlock[];
}
