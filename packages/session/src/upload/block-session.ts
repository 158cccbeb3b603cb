import type { CallOptions } from "../call-options.ts";
import type { TableName } from "../connection.ts";
import type { PartitionSpec } from "../partition-spec.ts";
import type { TunnelSchema } from "../table-schema.ts";
import type { CommitState } from "./commit-state.ts";
import type { UploadStatus } from "./upload-status.ts";

/**
 * The bytes of one block, already encoded (and compressed). A list of chunks is sent again when an attempt fails;
 * an async iterable is sent once. Chunks must not change before the call settles.
 */
export type BlockBody = readonly Uint8Array[] | AsyncIterable<Uint8Array>;

/** Which part of a table a session is about. */
export interface UploadSessionOptions extends CallOptions {
  /** Required for a partitioned table: `pt=1,region=cn`, with or without quotes, or its levels. @default none */
  readonly partition?: string | PartitionSpec;
}

/** What a new session is to do when it commits. */
export interface CreateUploadSessionOptions extends UploadSessionOptions {
  /** Replace what the table or partition holds when the session commits. @default false */
  readonly overwrite?: boolean;
  /** Let the service create the partition when it is missing. @default false */
  readonly createPartition?: boolean;
}

/** What is known of a block that is put. */
export interface PutBlockOptions extends CallOptions {
  /** Compression that the bytes already have: "deflate", "zstd", "x-snappy-framed", "x-lz4-frame". @default none */
  readonly contentEncoding?: string;
  /** Record packs or framed Arrow batches. @default "records" */
  readonly format?: "records" | "arrow";
  /**
   * Rows in the block. Remembered, and compared with the server's own count at commit.
   * For a stream, a function that is called once the stream has ended. @default not compared
   */
  readonly recordCount?: number | (() => number);
  /** Told before each attempt after the first; `attempt` counts from 2. What it throws is dropped. @default not told */
  readonly onRetry?: (attempt: number) => void;
}

/** A block that the server has acknowledged. */
export interface StoredBlock {
  readonly blockId: number;
  /** Bytes of the body as sent. */
  readonly byteLength: number;
  readonly recordCount?: number;
  /** How many requests it took. */
  readonly attempts: number;
  readonly requestId?: string;
  /** What the server says the block cost, where it says so. */
  readonly metrics?: BlockMetrics;
}

/** Server-side cost of one block, in microseconds. Protocol: the `odps-tunnel-metrics` answer header. */
export interface BlockMetrics {
  readonly storageMicros?: number;
  readonly ioMicros?: number;
  readonly totalMicros?: number;
  readonly rateLimitMicros?: number;
}

/** A block as the server lists it. */
export interface BlockInfo {
  readonly blockId: number;
  /** Rows in it, where the server says so. */
  readonly recordCount?: number;
  readonly createdAt?: Date;
}

/** What the server said about a session at one moment. */
export interface SessionSnapshot {
  readonly status: UploadStatus;
  /** The status in the server's own word. */
  readonly statusText: string;
  /** Ascending by block id, each id once. */
  readonly blocks: readonly BlockInfo[];
}

/** What a commit is checked against, and how long it is pursued. */
export interface CommitOptions extends CallOptions {
  /**
   * Rows expected in each block, for blocks that this object did not write (a resumed upload with notes of its
   * own). Blocks named here and written here are compared with what is named here. @default what this object wrote
   */
  readonly expectedRecordCounts?: ReadonlyMap<number, number>;
  /** How long to wait for a commit that the server is still working on, in milliseconds. @default 600 000 */
  readonly waitMs?: number;
  /** How often the commit may be posted while the status shows that it has not happened. @default 5 */
  readonly maxPosts?: number;
  /**
   * After a commit that got no answer, how long to go on looking while the status is NORMAL before it counts as lost
   * for good and may be posted again, in milliseconds. A server that loads a session twice when asked twice would
   * otherwise do so when the first request arrives late. @default 30 000
   */
  readonly settleMs?: number;
  /**
   * Commits of this session whose outcome is not known and that this object did not post: by a process that ended,
   * say. They are settled first, as if this call had posted them and had got no answer. @default 0
   */
  readonly postsInDoubt?: number;
  /**
   * Called, and awaited, before each step: a journal writes its intent when the state is `posting`. An error
   * thrown here stops the commit before that step. The end is not told here: it is the receipt, or the error.
   *
   * @default not told
   */
  readonly onState?: (state: CommitState) => void | Promise<void>;
}

/** Proof that the session is committed. */
export interface CommitReceipt {
  readonly sessionId: string;
  /** The committed blocks, ascending. */
  readonly blockIds: readonly number[];
  /** Rows over all blocks, where the count of every block is known. */
  readonly recordCount?: number;
  /**
   * How it is known: the server's answer to the commit; the status read afterwards; the session having been
   * committed before this call; or the session being gone after a commit whose answer was lost.
   */
  readonly confirmedBy: "answer" | "status" | "earlier-commit" | "absence";
  /** How often this call posted the commit. */
  readonly posts: number;
  readonly requestId?: string;
}

/** An upload session that carries blocks of bytes into one table or partition. */
export interface BlockUploadSession {
  /** Survives this process: a session is reopened by it. */
  readonly id: string;
  readonly table: TableName;
  /** Normalised, e.g. `pt=1,region=cn`; absent for a table without partitions. */
  readonly partition?: string;
  readonly schema: TunnelSchema;
  /** Largest encoded field that the service accepts. */
  readonly maxFieldBytes: number;
  /** When the service drops the session, 24 hours after it began, where it says when that was. */
  readonly expiresAt?: Date;
  /** What the service said about the session when this object was made. */
  readonly opened?: SessionSnapshot;

  /**
   * Stores one block, replacing what the id held before. A list of chunks is sent again on failures that allow it;
   * a stream gets one attempt.
   *
   * @throws SessionError `invalid-block-id` for an id outside 0..20000 (nothing is sent) or one the service refuses,
   * `session-closed`, `session-expired` … when the session no longer takes blocks; TunnelError otherwise.
   */
  putBlock(blockId: number, body: BlockBody, options?: PutBlockOptions): Promise<StoredBlock>;

  /** Asks the server for status and blocks. */
  refresh(options?: CallOptions): Promise<SessionSnapshot>;

  /** Asks the server for the status. */
  status(options?: CallOptions): Promise<UploadStatus>;

  /** Asks the server for its blocks, ascending by id. */
  listBlocks(options?: CallOptions): Promise<readonly BlockInfo[]>;

  /**
   * Commits the session, once: everything it holds becomes visible in the table together.
   *
   * The server's list is compared with `blockIds` both ways, and its row counts with those written. A lost answer
   * is settled by reading the status, so a commit that happened is never reported failed and never repeated.
   * Without `blockIds` the session commits all that the server holds, provided that it holds what this object wrote.
   *
   * @throws SessionError `block-list-differs`, `record-count-differs` (nothing was committed), `commit-failed` (nothing
   * was committed, the session is still usable), `outcome-unknown` (ask for the status before doing anything else).
   */
  commit(blockIds?: Iterable<number>, options?: CommitOptions): Promise<CommitReceipt>;
}
