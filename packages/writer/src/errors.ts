import type { SourceChange } from "./job/source-changes.ts";

/** What a caller can do about a failed write: branch on this. */
export type WriterErrorCode =
  /** An option has a value that cannot work. */
  | "invalid-option"
  /** A block id is not an integer from 0 to 20000. */
  | "invalid-block-id"
  /** The server already holds a block with this id; pass `replace: true` to write it anew. */
  | "block-exists"
  /** Another live writer of the same session object is filling this block. */
  | "block-in-use"
  /** The block has reached the size the service allows; close it and go on with another id. */
  | "block-full"
  /** All block ids of the session are taken; the row was not accepted, every earlier one is safe. */
  | "block-ids-exhausted"
  /** The session's blocks could not be listed, so that no free id could be chosen. */
  | "list-failed"
  /** A block could not be stored, after all attempts; the writer has stopped. */
  | "block-failed"
  /** The connection of a streamed block died; send the block again under the same id. */
  | "connection-lost"
  /** The writer was closed before this call. */
  | "writer-closed"
  /** The writer was aborted, by `abort`, by its signal or by leaving an `await using` scope. */
  | "aborted"
  /** What was to be sent is not what it was when the upload began; nothing was sent for the part that differs. */
  | "source-changed"
  /** A source of blocks does not keep to its contract; a bug in the source. */
  | "invalid-source"
  /** A job cannot have this name. */
  | "invalid-job"
  /** The journal is about another job, table, partition or way of committing. */
  | "job-differs"
  /** The journal tells of no upload that could be resumed. */
  | "nothing-to-resume"
  /** Somebody else is running this upload, or has taken its lock away. */
  | "journal-locked"
  /** The journal cannot be trusted; `line` says where. */
  | "journal-damaged"
  /** The journal could not be read or written; the upload has stopped. */
  | "journal-failed"
  /** The session was committed, but not by this upload: look at the table. */
  | "session-committed-elsewhere"
  /** The session is gone or broken, too early to have expired; look at the table. */
  | "session-lost"
  /** The upload was not committed; it can be resumed. */
  | "commit-failed"
  /** The commit was sent and what came of it is not known; resume to settle it. */
  | "outcome-unknown"
  /** A compressor needs an npm package that is not installed. */
  | "compressor-missing";

/** The facts a {@link WriterError} carries. */
export interface WriterErrorOptions {
  readonly code: WriterErrorCode;
  readonly blockId?: number | undefined;
  /** Blocks that this writer had stored on the server when it stopped. */
  readonly storedBlockIds?: readonly number[] | undefined;
  /** The upload session concerned, where there is one. */
  readonly sessionId?: string | undefined;
  /** What is different about the source. */
  readonly changes?: readonly SourceChange[] | undefined;
  /** Line of the journal, from 1. */
  readonly line?: number | undefined;
  readonly cause?: unknown;
}

/**
 * A writer that could not do what it was asked.
 *
 * When the service is to blame, `cause` is the transport's or the session's own error, with its request id.
 */
export class WriterError extends Error {
  override readonly name = "WriterError";
  readonly code: WriterErrorCode;
  /** The block concerned, where there is one. */
  readonly blockId: number | undefined;
  /** Blocks that this writer had stored on the server when it stopped. */
  readonly storedBlockIds: readonly number[];
  /** The upload session concerned, where there is one. */
  readonly sessionId: string | undefined;
  /** What is different about the source. */
  readonly changes: readonly SourceChange[];
  /** Line of the journal, from 1. */
  readonly line: number | undefined;

  constructor(message: string, options: WriterErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.blockId = options.blockId;
    this.storedBlockIds = options.storedBlockIds ?? [];
    this.sessionId = options.sessionId;
    this.changes = options.changes ?? [];
    this.line = options.line;
  }
}

/** Narrows a caught value to {@link WriterError}, also when it comes from another copy of this package. */
export function isWriterError(value: unknown): value is WriterError {
  return (
    value instanceof Error && value.name === "WriterError" && "code" in value && "storedBlockIds" in value
  );
}

/** Checks an option that counts something; `Infinity` stands for no limit. */
export function atLeastOne(option: string, value: number): number {
  if (value >= 1 && (Number.isInteger(value) || value === Number.POSITIVE_INFINITY)) return value;
  throw new WriterError(`Expected ${option} to be a whole number from 1 on, got ${value}`, {
    code: "invalid-option",
  });
}
