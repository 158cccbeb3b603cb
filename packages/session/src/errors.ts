/** What went wrong, for the caller's next decision. Every code is explained in the README's table. */
export type SessionErrorCode =
  | "invalid-argument"
  | "invalid-partition"
  | "missing-partition"
  | "invalid-block-id"
  | "invalid-row-range"
  | "invalid-response"
  | "no-such-session"
  | "session-closed"
  | "session-closing"
  | "session-canceled"
  | "session-expired"
  | "session-critical"
  | "session-not-ready"
  | "date-transform"
  | "block-list-differs"
  | "record-count-differs"
  | "commit-failed"
  | "outcome-unknown"
  | "unsupported-encoding";

/** A block whose row count on the server is not the one that was written. */
export interface RecordCountDifference {
  readonly blockId: number;
  /** Rows that this client wrote into the block. */
  readonly expected: number;
  /** Rows that the server reports for it. */
  readonly stored: number;
}

/** The facts of a {@link SessionError}; each is set where it is known and helps. */
export interface SessionErrorFacts {
  /** What was being done, e.g. "commit upload session". */
  readonly operation?: string | undefined;
  /** `project.table` or `project.schema.table`. */
  readonly table?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly blockId?: number | undefined;
  /** The session's status as the server last gave it. */
  readonly status?: string | undefined;
  /** Blocks that the caller named and the server lacks, ascending, all of them. */
  readonly missing?: readonly number[] | undefined;
  /** Blocks that the server holds and the caller did not name, ascending, all of them. */
  readonly unexpected?: readonly number[] | undefined;
  readonly recordCounts?: readonly RecordCountDifference[] | undefined;
  /** How often the commit was posted. */
  readonly commitsPosted?: number | undefined;
  /** The member of the server's answer that could not be used, e.g. "Schema.columns[3].type". */
  readonly member?: string | undefined;
  /** Zero-based character offset, for partition texts. */
  readonly offset?: number | undefined;
  /** The service's own code, e.g. "NoSuchUpload". */
  readonly serviceCode?: string | undefined;
  /** Quote it to support. */
  readonly requestId?: string | undefined;
  readonly cause?: unknown;
}

/** A Tunnel session that could not do what was asked. Branch on `code`; the facts are fields. */
export class SessionError extends Error {
  override readonly name: "SessionError" = "SessionError";
  readonly code: SessionErrorCode;
  readonly operation: string | undefined;
  readonly table: string | undefined;
  readonly sessionId: string | undefined;
  readonly blockId: number | undefined;
  readonly status: string | undefined;
  readonly missing: readonly number[] | undefined;
  readonly unexpected: readonly number[] | undefined;
  readonly recordCounts: readonly RecordCountDifference[] | undefined;
  readonly commitsPosted: number | undefined;
  readonly member: string | undefined;
  readonly offset: number | undefined;
  readonly serviceCode: string | undefined;
  readonly requestId: string | undefined;

  constructor(code: SessionErrorCode, message: string, facts: SessionErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.operation = facts.operation;
    this.table = facts.table;
    this.sessionId = facts.sessionId;
    this.blockId = facts.blockId;
    this.status = facts.status;
    this.missing = facts.missing;
    this.unexpected = facts.unexpected;
    this.recordCounts = facts.recordCounts;
    this.commitsPosted = facts.commitsPosted;
    this.member = facts.member;
    this.offset = facts.offset;
    this.serviceCode = facts.serviceCode;
    this.requestId = facts.requestId;
  }
}

/** Narrows a caught value to {@link SessionError}, also when it comes from another copy of this package. */
export function isSessionError(value: unknown): value is SessionError {
  return value instanceof Error && value.name === "SessionError" && "code" in value;
}
