import type { CreateUploadSessionOptions } from "@maxcompute-tunnel/session";
import type { BufferedWriterOptions, WrittenBlock } from "@maxcompute-tunnel/writer";
import type { TableTarget } from "./table-target.ts";

/** How rows are uploaded: the session's, the writer's and two more options. */
export interface UploadOptions extends CreateUploadSessionOptions, BufferedWriterOptions {
  /** Told the session's id as soon as there is one. */
  readonly onSession?: (sessionId: string) => void;
}

/** Proof of an upload: what is in the table now, and what to quote to support. */
export interface UploadReceipt {
  readonly target: TableTarget;
  readonly sessionId: string;
  readonly rows: number;
  /** How many blocks were committed. */
  readonly blocks: number;
  readonly blockIds: readonly number[];
  /** Encoded bytes, before compression. */
  readonly bytes: number;
  /** Bytes as sent, after compression. */
  readonly sentBytes: number;
  /** Requests for blocks that had to be sent again. */
  readonly retries: number;
  /** The service's ids of the requests that stored blocks and committed. */
  readonly requestIds: readonly string[];
  /** From the call to the commit, in milliseconds. */
  readonly durationMs: number;
  readonly writtenBlocks: readonly WrittenBlock[];
}
