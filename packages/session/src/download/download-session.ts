import type { CallOptions } from "../call-options.ts";
import type { TableName } from "../connection.ts";
import type { PartitionSpec } from "../partition-spec.ts";
import type { TunnelSchema } from "../table-schema.ts";

/** Where a download session stands. Some servers say `CLOSES` for `CLOSED`. */
export type DownloadStatus = "UNKNOWN" | "INITIATING" | "NORMAL" | "CLOSED" | "EXPIRED" | "FAILED";

/** Turns a compressed body into the plain one. */
export type Decompressor = (body: ReadableStream<Uint8Array>) => ReadableStream<Uint8Array>;

/** Which part of a table to read, and how its view is prepared. */
export interface DownloadSessionOptions extends CallOptions {
  /** Required for a partitioned table. @default none */
  readonly partition?: string | PartitionSpec;
  /** Let the service prepare a large table in the background; the call still waits until it is ready. @default false */
  readonly asyncMode?: boolean;
  /** How long to wait for a session that is being prepared, in milliseconds. @default 600 000 */
  readonly waitMs?: number;
}

/** Which columns to read, and in which form the bytes come. */
export interface ReadOptions extends CallOptions {
  /** Data columns by name, any case; the answer's fields are numbered in this order. @default all, in table order */
  readonly columns?: readonly string[];
  /** Record packs or framed Arrow batches. @default "records" */
  readonly format?: "records" | "arrow";
  /** Compressions to ask for, e.g. "deflate". @default none, plus those that `decompressors` names */
  readonly acceptEncoding?: readonly string[];
  /** Decoders for compressions that `fetch` does not take off by itself, by content coding. @default none */
  readonly decompressors?: Readonly<Record<string, Decompressor>>;
  /** Read on when the table has changed since the session began. @default false */
  readonly ignoreModification?: boolean;
}

/** A fixed view of a table or partition, read by row range. */
export interface TableDownloadSession {
  readonly id: string;
  readonly table: TableName;
  /** Normalised, e.g. `pt=1,region=cn`. */
  readonly partition?: string;
  readonly schema: TunnelSchema;
  readonly recordCount: number;
  /** When the service drops the session, where it said when it began. */
  readonly expiresAt?: Date;

  /**
   * Opens the bytes of `count` rows from row `start` (zero-based), decompressed. Cancel the stream to stop early.
   *
   * @throws SessionError `invalid-row-range`, `invalid-argument` (unknown column), `unsupported-encoding`,
   * `no-such-session`; TunnelError otherwise.
   */
  read(start: number, count: number, options?: ReadOptions): Promise<ReadableStream<Uint8Array>>;

  /** Asks the server for the status. */
  status(options?: CallOptions): Promise<DownloadStatus>;
}
