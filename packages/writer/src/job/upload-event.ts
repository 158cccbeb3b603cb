import type { SourceChange } from "./source-changes.ts";
import type { SealedFacts, SessionEnd } from "./upload-fact.ts";

/** A block of a journalled upload that the server has. */
export interface UploadedBlock extends SealedFacts {
  /** Bytes as sent, after compression. */
  readonly sentBytes: number;
  /** Requests it took; 1 when the first one succeeded. */
  readonly attempts: number;
  /** The service's id of the request that stored it; quote it to support. */
  readonly requestId?: string;
}

/** Something that happened in a journalled upload. Totals are sums over these. */
export type UploadEvent =
  /** A session was begun. */
  | { readonly kind: "opened"; readonly sessionId: string; readonly expiresAt?: Date }
  /** A session goes on. Blocks that are kept are not sent; those to be sent again are read again. */
  | {
      readonly kind: "resumed";
      readonly sessionId: string;
      readonly keptBlocks: number;
      readonly keptRows: number;
      readonly keptBytes: number;
      /** Rows rejected in ranges that are not read for their rows again. */
      readonly keptRejected: number;
      readonly againBlocks: number;
    }
  /** The session before is of no use any more, and nothing of it was committed: all is sent in another one. */
  | { readonly kind: "started-over"; readonly endedSessionId: string; readonly reason: SessionEnd }
  | { readonly kind: "block-sealed"; readonly block: SealedFacts }
  /** A range was read that holds no row. */
  | { readonly kind: "range-empty"; readonly rejected: number }
  /** Which compression the blocks have, told with the first one. */
  | { readonly kind: "compression-chosen"; readonly contentEncoding: string }
  | { readonly kind: "block-stored"; readonly block: UploadedBlock }
  /** A request for a block failed and is sent again, after a pause; `attempt` counts from 2. */
  | { readonly kind: "retried"; readonly blockId: number; readonly attempt: number }
  | {
      readonly kind: "committing";
      readonly sessionId: string;
      readonly blocks: number;
      readonly rows: number;
      /** Whether an earlier commit of this session is in doubt, so that its status comes first. */
      readonly inDoubt: boolean;
    }
  /**
   * The commit waits before it looks again. `settlesInMs` is there when that is because a commit that got no answer may
   * still arrive: so long at most, then it is posted again. Otherwise the server is at work, or did not answer.
   */
  | { readonly kind: "commit-waiting"; readonly delayMs: number; readonly settlesInMs?: number }
  | { readonly kind: "committed"; readonly sessionId: string; readonly rows: number }
  /** The journal says that this upload was committed before; nothing was done. */
  | {
      readonly kind: "already-done";
      readonly sessionId: string;
      readonly rows: number;
      readonly committedAt: Date;
    }
  /** The commit has happened, but that could not be written down: the next run has to ask the server. */
  | { readonly kind: "journal-failed"; readonly error: unknown };

/** Proof of a journalled upload. */
export interface UploadReceipt {
  /** `already-committed`: an earlier run did it, and this one did nothing. */
  readonly outcome: "committed" | "already-committed";
  readonly job?: string;
  readonly sessionId: string;
  /** Rows in the committed blocks. */
  readonly rows: number;
  /** Encoded bytes of the committed blocks, before compression. */
  readonly bytes: number;
  /** Rows of the source that were left out. */
  readonly rejected: number;
  /** The committed blocks, ascending. */
  readonly blockIds: readonly number[];
  /** Bytes sent by this run, after compression. */
  readonly sentBytes: number;
  /** Requests for blocks that this run had to send again. */
  readonly retries: number;
  /** Blocks that an earlier run had stored, and this one kept. */
  readonly keptBlocks: number;
  /** The service's ids of the requests that stored the blocks and committed, where they are known. */
  readonly requestIds: readonly string[];
  /** How it is known that the upload is committed. `caller`: somebody looked and told the journal. */
  readonly confirmedBy: "answer" | "status" | "earlier-commit" | "absence" | "caller";
  /** What is different about the source since it was committed; only told, never acted on. */
  readonly sourceChanges: readonly SourceChange[];
}
