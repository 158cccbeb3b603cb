import { lastBlockId } from "./block/block-ids.ts";
import { WriterError } from "./errors.ts";

/** The row that would need block 20001 of a session. */
export function blockIdsExhausted(): WriterError {
  return new WriterError(
    `All block ids up to ${lastBlockId} of this session are taken. This row was not accepted, every row before it was: close the writer, commit, and go on in a new session`,
    { code: "block-ids-exhausted" },
  );
}

/** The list that free ids are chosen by could not be had. */
export function listFailed(cause: unknown): WriterError {
  return new WriterError(`Could not list the blocks that the session holds: ${messageOf(cause)}`, {
    code: "list-failed",
    cause,
  });
}

/** The first block that could not be stored. */
export function blockFailed(
  block: { readonly blockId: number; readonly rows: number },
  storedBlockIds: readonly number[],
  cause: unknown,
): WriterError {
  return new WriterError(
    `Block ${block.blockId} (${block.rows === 1 ? "1 row" : `${block.rows} rows`}) could not be stored: ${messageOf(cause)}. The writer has stopped; ${storedBlockIds.length} of its blocks are stored, none is committed`,
    { code: "block-failed", blockId: block.blockId, storedBlockIds, cause },
  );
}

/** The end of a streamed block that the server does not have. */
export function streamFailed(blockId: number, cause: unknown): WriterError {
  const lost = isConnectionFault(cause);
  const happened = lost ? "lost its connection" : "was refused";
  const advice = isEndOfSession(cause)
    ? "create a new session for these rows"
    : codeOf(cause) === "invalid-block-id"
      ? "open a new record writer on another block for these rows"
      : `open a new record writer on block ${blockId} and write all of its rows again (with replace: true if the server turns out to hold it)`;
  return new WriterError(
    `Block ${blockId} ${happened}: ${messageOf(cause)}. This writer cannot be used any more; ${advice}`,
    { code: lost ? "connection-lost" : "block-failed", blockId, cause },
  );
}

/** A row beyond the largest block. */
export function blockFull(blockId: number, maxBlockBytes: number): WriterError {
  return new WriterError(
    `Block ${blockId} has reached ${maxBlockBytes} bytes, the largest block. This row was not accepted: close the writer and go on with another block id`,
    { code: "block-full", blockId },
  );
}

/** A block id that the server holds already. */
export function blockExists(blockId: number): WriterError {
  return new WriterError(
    `The session already holds block ${blockId}; choose another id, or pass replace: true to write it anew`,
    { code: "block-exists", blockId },
  );
}

/** What every call says after an abort. */
export function writerAborted(
  reason: unknown,
  facts: {
    readonly blockId?: number;
    readonly storedBlockIds?: readonly number[];
    readonly sessionId?: string;
  },
): WriterError {
  const why = reason === undefined ? "" : `: ${messageOf(reason)}`;
  return new WriterError(`The writer was aborted${why}`, { code: "aborted", ...facts, cause: reason });
}

/** A call after `close`. */
export function writerClosed(facts: {
  readonly blockId?: number;
  readonly storedBlockIds?: readonly number[];
}): WriterError {
  return new WriterError("The writer has been closed; open another one for more rows", {
    code: "writer-closed",
    ...facts,
  });
}

/** A progress listener that threw, which stops the writer. */
export function listenerFailed(cause: unknown, storedBlockIds: readonly number[]): WriterError {
  return new WriterError(`onProgress threw, so the writer has stopped: ${messageOf(cause)}`, {
    code: "aborted",
    storedBlockIds,
    cause,
  });
}

/** Whether no answer came, as far as the error tells: the transport's codes for a connection that died. */
function isConnectionFault(cause: unknown): boolean {
  const code = codeOf(cause);
  return code === "network" || code === "timeout";
}

/** Whether the session takes no block at all any more, so that sending this one again is no use. */
function isEndOfSession(cause: unknown): boolean {
  return endsOfSession.has(codeOf(cause));
}

const endsOfSession: ReadonlySet<unknown> = new Set([
  "session-closed",
  "session-closing",
  "session-canceled",
  "session-expired",
  "session-critical",
  "no-such-session",
]);

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && "code" in cause ? cause.code : undefined;
}

/** What went wrong, to go on after in the same line. */
export function messageOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, "");
}
