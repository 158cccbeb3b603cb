import {
  type CreateUploadSessionOptions,
  isSessionError,
  type TunnelConnection,
} from "@maxcompute-tunnel/session";
import {
  type BufferedWriter,
  type BufferedWriterOptions,
  type WrittenBlock,
  writeAll,
} from "@maxcompute-tunnel/writer";
import { TableTunnelError } from "./errors.ts";
import { formatTableTarget, type TableTarget } from "./table-target.ts";
import { UploadSession } from "./upload-session.ts";

/** How rows are uploaded: the session's options, the writer's and one more. */
export interface UploadOptions extends CreateUploadSessionOptions, BufferedWriterOptions {
  /** Told the session's id as soon as there is one. @default not told */
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

/**
 * Uploads rows into a table and commits them: all of them or none. `TableTunnel#upload` is this with its connection.
 *
 * @throws TableTunnelError `upload-failed`
 */
export async function uploadRows<R extends object>(
  connection: TunnelConnection,
  target: TableTarget,
  rows: Iterable<R> | AsyncIterable<R>,
  options: UploadOptions,
): Promise<UploadReceipt> {
  const startedAt = performance.now();
  if (rows === null || typeof rows !== "object") {
    throw new TypeError(`Expected an iterable of rows, got ${rows === null ? "null" : typeof rows}`);
  }
  const { signal } = options;
  let phase: "create" | "write" | "commit" = "create";
  let session: UploadSession | undefined;
  let writer: BufferedWriter<R> | undefined;
  try {
    session = await UploadSession.create(connection, target, options);
    options.onSession?.(session.getId());
    phase = "write";
    writer = session.openBufferedWriter<R>(options);
    await writeAll(writer, rows, { signal });
    const summary = await writer.close();
    phase = "commit";
    const receipt = await session.commit(summary.blockIds, signal === undefined ? {} : { signal });
    return {
      target,
      sessionId: session.getId(),
      rows: summary.rows,
      blocks: summary.blockIds.length,
      blockIds: summary.blockIds,
      bytes: summary.bytes,
      sentBytes: summary.sentBytes,
      retries: summary.retries,
      requestIds: [...summary.blocks.map((block) => block.requestId), receipt.requestId].filter(
        (id) => id !== undefined,
      ),
      durationMs: performance.now() - startedAt,
      writtenBlocks: summary.blocks,
    };
  } catch (thrown) {
    // The writer heard of the abort too, and says it in the way it always does.
    const cause = writer !== undefined && signal?.aborted === true ? await failureOf(writer, thrown) : thrown;
    await writer?.abort(cause);
    throw uploadFailed(target, phase, session, writer?.storedBlockIds ?? [], cause);
  }
}

/** What stopped the writer, if it has stopped. */
async function failureOf(writer: BufferedWriter<never>, otherwise: unknown): Promise<unknown> {
  try {
    await writer.flush();
    return otherwise;
  } catch (error) {
    return error;
  }
}

function uploadFailed(
  target: TableTarget,
  phase: "create" | "write" | "commit",
  session: UploadSession | undefined,
  storedBlockIds: readonly number[],
  cause: unknown,
): TableTunnelError {
  const unknown = isSessionError(cause) && cause.code === "outcome-unknown";
  const reason = cause instanceof Error ? cause.message : String(cause);
  const outcome = unknown
    ? "Whether it was committed is not known: ask for the session's status before anything else."
    : "Nothing was committed.";
  return new TableTunnelError(
    `The upload into ${formatTableTarget(target)} failed: ${reason}. ${outcome} ${leftOnServer(session, storedBlockIds)}`,
    {
      code: "upload-failed",
      phase,
      outcome: unknown ? "unknown" : "not-committed",
      sessionId: session?.getId(),
      storedBlockIds,
      cause,
    },
  );
}

function leftOnServer(session: UploadSession | undefined, storedBlockIds: readonly number[]): string {
  if (session === undefined) return "Nothing is left on the server";
  const count = storedBlockIds.length;
  const held = count === 0 ? "no stored block" : `${count} stored block${count === 1 ? "" : "s"}`;
  return `The server keeps upload session ${session.getId()} with ${held} until it expires, 24 hours after it began`;
}
