import { clockOf, describeTable, type TableName, type TunnelConnection } from "../connection.ts";
import { SessionError, type SessionErrorCode } from "../errors.ts";
import { checkGivenSessionId } from "../session-facts.ts";
import { checkAgainstSchema, newTarget, sessionTarget } from "../session-target.ts";
import { type Answered, askTable, pause, type TableTarget } from "../table-request.ts";
import {
  type DownloadDocument,
  type DownloadProgress,
  parseDownloadDocument,
  parseDownloadDocumentOf,
} from "./download-document.ts";
import type { DownloadSessionOptions, DownloadStatus, TableDownloadSession } from "./download-session.ts";
import { OpenDownloadSession } from "./open-download-session.ts";

/**
 * Begins a download session: a view of the table or partition as it is now, readable for 24 hours.
 *
 * @throws SessionError `missing-partition`, `invalid-partition`, `date-transform`, `invalid-response`,
 * `session-not-ready`; TunnelError otherwise, such as `not-found` for an unknown table.
 */
export async function createDownloadSession(
  connection: TunnelConnection,
  table: TableName,
  options: DownloadSessionOptions = {},
): Promise<TableDownloadSession> {
  const target = newTarget(connection, table, options.partition);
  const operation = "create download session";
  const answered = await askTable<DownloadProgress | DownloadDocument>(
    target,
    {
      operation,
      method: "POST",
      kind: "control",
      query: { downloads: "", asyncmode: options.asyncMode ? "true" : undefined },
      signal: options.signal,
    },
    parseDownloadDocument,
  );
  return whenReady(target, operation, answered, options);
}

/** Reopens a download session by its id. @throws SessionError `no-such-session`, and as {@link createDownloadSession}. */
export async function resumeDownloadSession(
  connection: TunnelConnection,
  table: TableName,
  downloadId: string,
  options: Omit<DownloadSessionOptions, "asyncMode"> = {},
): Promise<TableDownloadSession> {
  const target = newTarget(connection, table, options.partition, checkGivenSessionId(downloadId));
  const operation = "reopen download session";
  return whenReady(target, operation, await reload(target, operation, downloadId, options.signal), options);
}

type Reloaded = Answered<DownloadProgress | DownloadDocument>;

/** Waits until the server has prepared the session. */
async function whenReady(
  target: TableTarget,
  operation: string,
  first: Reloaded,
  { waitMs = 600_000, signal }: DownloadSessionOptions,
): Promise<TableDownloadSession> {
  let answered = first;
  const own = sessionTarget(target, first.document);
  let waitedMs = 0;
  for (let poll = 0; answered.document.status === "INITIATING" && waitedMs < waitMs; poll += 1) {
    const ms = Math.round(
      Math.min(100 * 2 ** poll, 5_000) * (0.75 + 0.5 * clockOf(target.connection).random()),
    );
    await pause(own, { operation, signal }, ms);
    waitedMs += ms;
    answered = await reload(own, operation, first.document.id, signal);
  }
  if (!isReady(answered)) throw notReadyError(own, operation, answered);
  checkAgainstSchema(own, operation, answered);
  return new OpenDownloadSession(own, answered.document);
}

function reload(
  target: TableTarget,
  operation: string,
  downloadId: string,
  signal: AbortSignal | undefined,
): Promise<Reloaded> {
  return askTable(
    target,
    { operation, method: "GET", kind: "control", query: { downloadid: downloadId }, signal },
    parseDownloadDocumentOf(downloadId),
  );
}

function isReady(answered: Reloaded): answered is Answered<DownloadDocument> {
  return "schema" in answered.document;
}

function notReadyError(
  target: TableTarget,
  operation: string,
  { document, response }: Reloaded,
): SessionError {
  const codes: Partial<Record<DownloadStatus, SessionErrorCode>> = {
    CLOSED: "session-closed",
    EXPIRED: "session-expired",
    FAILED: "session-critical",
  };
  return new SessionError(
    codes[document.status] ?? "session-not-ready",
    `${operation}: Expected the status NORMAL, got ${JSON.stringify(document.statusText)}`,
    {
      operation,
      table: describeTable(target.table),
      sessionId: document.id,
      status: document.statusText,
      requestId: response.requestId,
    },
  );
}
