import type { TableName, TunnelConnection } from "../connection.ts";
import { checkGivenSessionId } from "../session-facts.ts";
import { checkAgainstSchema, newTarget, sessionTarget } from "../session-target.ts";
import { askTable } from "../table-request.ts";
import type {
  BlockUploadSession,
  CreateUploadSessionOptions,
  UploadSessionOptions,
} from "./block-session.ts";
import { OpenBlockSession } from "./open-block-session.ts";
import { parseUploadDocument, parseUploadDocumentOf } from "./session-document.ts";

/**
 * Begins an upload session on a table or partition. Nothing is visible in the table until it is committed; left
 * alone, it expires after 24 hours.
 *
 * @throws SessionError `missing-partition`, `invalid-partition`, `date-transform`, `invalid-response`; TunnelError
 * otherwise, such as `not-found` for an unknown table.
 */
export async function createUploadSession(
  connection: TunnelConnection,
  table: TableName,
  options: CreateUploadSessionOptions = {},
): Promise<BlockUploadSession> {
  const operation = "create upload session";
  const target = newTarget(connection, table, options.partition);
  const answered = await askTable(
    target,
    {
      operation,
      method: "POST",
      kind: "control",
      query: {
        uploads: "",
        overwrite: options.overwrite ? "true" : undefined,
        create_partition: options.createPartition ? "true" : undefined,
      },
      signal: options.signal,
    },
    parseUploadDocument,
  );
  checkAgainstSchema(target, operation, answered);
  return new OpenBlockSession(sessionTarget(target, answered.document), answered.document);
}

/**
 * Reopens an upload session by its id, in whatever status it is. The partition must be the one it was created with.
 *
 * @throws SessionError `no-such-session` when the service does not know it (any more), and as
 * {@link createUploadSession}.
 */
export async function resumeUploadSession(
  connection: TunnelConnection,
  table: TableName,
  uploadId: string,
  options: UploadSessionOptions = {},
): Promise<BlockUploadSession> {
  const operation = "reopen upload session";
  const target = newTarget(connection, table, options.partition, checkGivenSessionId(uploadId));
  const answered = await askTable(
    target,
    {
      operation,
      method: "GET",
      kind: "control",
      query: { uploadid: uploadId, getblockid: "true" },
      signal: options.signal,
    },
    parseUploadDocumentOf(uploadId),
  );
  checkAgainstSchema(target, operation, answered);
  return new OpenBlockSession(sessionTarget(target, answered.document), answered.document);
}
