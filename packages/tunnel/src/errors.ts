/** What went wrong above the single request, the single session and the single writer. */
export type TableTunnelErrorCode =
  /** The configuration lacks something or contradicts itself. */
  | "invalid-configuration"
  /** The text that names a table cannot be read. */
  | "invalid-target"
  /** A record was asked for a column that the table does not have. */
  | "unknown-column"
  /** A one-line upload did not get to its end; `phase`, `sessionId` and `storedBlockIds` say how far it came. */
  | "upload-failed"
  /** The service delivered other rows than it had announced. */
  | "download-failed";

/** The facts of a {@link TableTunnelError}. */
export interface TableTunnelErrorOptions {
  readonly code: TableTunnelErrorCode;
  /** How far a one-line upload came. */
  readonly phase?: "create" | "write" | "commit" | undefined;
  /** Whether a failed upload may have been committed all the same. */
  readonly outcome?: "not-committed" | "unknown" | undefined;
  /** The upload session that is left on the server. */
  readonly sessionId?: string | undefined;
  /** The blocks it holds, as far as this client knows, ascending. */
  readonly storedBlockIds?: readonly number[] | undefined;
  /** Zero-based character offset, for texts that cannot be read. */
  readonly offset?: number | undefined;
  readonly cause?: unknown;
}

/**
 * A failure of this package's own steps: reading a configuration or a target, or an upload as a whole.
 *
 * For `upload-failed`, `cause` is the error that stopped it: `CodecError` (a row), `TunnelError` (the service or the
 * network), `SessionError`, `WriterError` (whose `cause` is one of these), or whatever the rows' source threw.
 */
export class TableTunnelError extends Error {
  override readonly name = "TableTunnelError";
  readonly code: TableTunnelErrorCode;
  readonly phase: "create" | "write" | "commit" | undefined;
  readonly outcome: "not-committed" | "unknown" | undefined;
  readonly sessionId: string | undefined;
  readonly storedBlockIds: readonly number[];
  readonly offset: number | undefined;

  constructor(message: string, options: TableTunnelErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.phase = options.phase;
    this.outcome = options.outcome;
    this.sessionId = options.sessionId;
    this.storedBlockIds = options.storedBlockIds ?? [];
    this.offset = options.offset;
  }
}

/** Narrows a caught value to {@link TableTunnelError}, also when it comes from another copy of this package. */
export function isTableTunnelError(value: unknown): value is TableTunnelError {
  return value instanceof Error && value.name === "TableTunnelError" && "code" in value;
}
