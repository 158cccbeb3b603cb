import type { TableName } from "@maxcompute-tunnel/session";
import type { InputFingerprint, SourceRange } from "./block-source.ts";

/** A value that JSON carries as it is. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/**
 * One thing that became known during an upload. A journal is the list of them, in order; none is ever changed.
 *
 * `at` is when, in milliseconds since 1970 by the clock of the machine that wrote it: for people, nothing is decided
 * by it.
 */
export type UploadFact = { readonly at: number } & UploadFactContent;

/** {@link UploadFact} before it is given its time. */
export type UploadFactContent =
  /** The upload was asked for. */
  | {
      readonly kind: "begun";
      readonly job?: string;
      readonly table: TableName;
      readonly partition?: string;
      readonly overwrite: boolean;
      /** What the caller wants to find again; see `RunUploadOptions.details`. */
      readonly details?: JsonValue;
    }
  /** What is uploaded, as it was recognised before the first block of a session. */
  | {
      readonly kind: "source";
      readonly fingerprint: readonly InputFingerprint[];
      readonly settings?: string;
    }
  /** The server has begun a session; all blocks that follow are its. */
  | {
      readonly kind: "session";
      readonly sessionId: string;
      /** Milliseconds since 1970, where the server says. */
      readonly expiresAt?: number;
      /** Names and types of the columns that the blocks are encoded for. */
      readonly columns: string;
    }
  /** A block is complete and about to be sent; from here on its id has this content or none. */
  | ({ readonly kind: "block-sealed" } & SealedFacts)
  /** The server has acknowledged a block. */
  | {
      readonly kind: "block-stored";
      readonly blockId: number;
      /** Bytes as sent, after compression. */
      readonly sentBytes: number;
      readonly attempts: number;
      readonly requestId?: string;
    }
  /** A range holds no row, so that no block is needed for it. */
  | ({ readonly kind: "range-empty" } & RangeFacts)
  /** The commit of exactly these blocks is about to be posted. */
  | { readonly kind: "commit-intended"; readonly blockIds: string; readonly rows: number }
  /** The commit has happened. */
  | {
      readonly kind: "committed";
      readonly confirmedBy: "answer" | "status" | "earlier-commit" | "absence" | "caller";
      readonly requestId?: string;
    }
  /** The commit has not happened and is not under way; it may be tried again. */
  | { readonly kind: "not-committed"; readonly reason: string }
  /** The commit was posted and nobody could say what came of it. */
  | { readonly kind: "outcome-unknown"; readonly reason: string }
  /** The session was given up, with nothing of it committed; another one follows. */
  | { readonly kind: "session-ended"; readonly reason: SessionEnd }
  /** The upload could not go on, for what the server said of its session. */
  | { readonly kind: "refused"; readonly reason: UploadRefusal };

/** What is known of a range that was read. */
export interface RangeFacts {
  readonly range: SourceRange;
  readonly sourceChecksum: number;
  readonly rejected: number;
}

/** What is known of a block that is sealed. */
export interface SealedFacts extends RangeFacts {
  readonly blockId: number;
  readonly rows: number;
  /** Encoded bytes, before compression. */
  readonly bytes: number;
  /** Checksum of the record pack. */
  readonly checksum: number;
}

/**
 * Why an upload cannot go on without somebody who looks at the table, though no commit of its own is in doubt: its session
 * is committed, or being committed, and this upload has not done it (`committed-elsewhere`); it is gone, too early to have
 * expired (`vanished`); or the service reports an error that cannot be repaired (`critical`). What is in the table is not
 * known in any of them.
 */
export type UploadRefusal = "committed-elsewhere" | "vanished" | "critical";

/**
 * Why a session was given up before anything of it was committed: its 24 hours were over (`expired`), it was canceled,
 * the table's columns had changed, it holds blocks that the journal does not know, or the caller said so because the
 * source had changed.
 */
export type SessionEnd = "expired" | "canceled" | "columns-changed" | "unknown-blocks" | "source-changed";
