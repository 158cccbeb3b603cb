import {
  type CreateUploadSessionOptions,
  type TunnelConnection,
  uploadTarget,
} from "@maxcompute-tunnel/session";
import {
  type Compressor,
  isWriterError,
  type UploadReceipt as JobReceipt,
  type JournalStore,
  type RowSourceOptions,
  type RunUploadOptions,
  resumeUpload,
  rowSource,
  runUpload,
  type UploadJournal,
} from "@maxcompute-tunnel/writer";
import { TableTunnelError } from "./errors.ts";
import { rowOf } from "./record-writers.ts";
import { formatTableTarget, type TableTarget } from "./table-target.ts";

export type { JobReceipt };

/** Rows of a job: what can be read again, or a function that opens it anew each time. */
export type JobRows<R> = Iterable<R> | AsyncIterable<R> | (() => Iterable<R> | AsyncIterable<R>);

/** How a job is uploaded: the session's options, the engine's and those that cut rows into blocks. */
export interface JobUploadOptions
  extends CreateUploadSessionOptions,
    Omit<RunUploadOptions, "job" | "journal" | "compressor" | "signal">,
    Pick<RowSourceOptions, "blockBytes" | "maxRows" | "unknownProperties" | "digest"> {
  /** Names the upload, so that it is done once however often it is asked for: `orders-2026-11-22`. */
  readonly job: string;
  /**
   * What remembers it: `journalDirectory(path)` from `@maxcompute-tunnel/writer/node`, or a journal of your own.
   * The facts in it must outlive the process for the job to do so.
   */
  readonly journal: JournalStore | UploadJournal;
  /** `true` for deflate, or a compressor. @default false */
  readonly compress?: boolean | Compressor;
}

/** Uploads a job's rows, unless that is done already. `TableTunnel#upload` is this with its connection. */
export async function uploadJob<R extends object>(
  connection: TunnelConnection,
  target: TableTarget,
  rows: JobRows<R>,
  options: JobUploadOptions,
): Promise<JobReceipt> {
  return run(target, () =>
    runUpload(targetOf(connection, target, options), sourceOf(rows, options), runOptions(options)),
  );
}

/** Goes on with a job that was begun before. `TableTunnel#resume` is this with its connection. */
export async function resumeJob<R extends object>(
  connection: TunnelConnection,
  target: TableTarget,
  rows: JobRows<R>,
  options: JobUploadOptions,
): Promise<JobReceipt> {
  return run(target, async () => {
    const { journal: given, ...rest } = runOptions(options);
    const journal = "open" in given ? await given.open(options.job) : given;
    try {
      return await resumeUpload(
        targetOf(connection, target, options),
        journal,
        sourceOf(rows, options),
        rest,
      );
    } finally {
      if (journal !== given) await journal.close();
    }
  });
}

function targetOf(connection: TunnelConnection, target: TableTarget, options: JobUploadOptions) {
  const { overwrite = false, createPartition = false } = options;
  const { partition, ...table } = target;
  return uploadTarget(connection, table, {
    overwrite,
    createPartition,
    ...(partition === undefined ? {} : { partition }),
  });
}

function runOptions({ compress, ...options }: JobUploadOptions): RunUploadOptions & {
  readonly journal: JournalStore | UploadJournal;
} {
  if (options.journal === undefined || options.job === undefined) {
    throw new TypeError("Expected a job with its name and the journal that remembers it");
  }
  return compress === undefined ? options : { ...options, compressor: compress };
}

function sourceOf<R extends object>(rows: JobRows<R>, options: JobUploadOptions) {
  const open = opener(rows);
  return rowSource<object>(() => plainRows(open()), options);
}

/** Opens rows as often as they allow. */
function opener<R>(rows: JobRows<R>): () => Iterable<R> | AsyncIterable<R> {
  if (typeof rows === "function") return rows;
  if (rows === null || typeof rows !== "object") {
    throw new TypeError(`Expected an iterable of rows, got ${rows === null ? "null" : typeof rows}`);
  }
  // An iterable that gives another iterator each time, such as an array, can be read again.
  if (Symbol.iterator in rows && !Object.is(rows[Symbol.iterator](), rows)) return () => rows;
  let isSpent = false;
  return () => {
    // A generator that is read twice is empty the second time: that must not pass for an upload without rows.
    if (isSpent) {
      throw new TypeError(
        "These rows can be read only once, and have to be read again: give a function that opens them",
      );
    }
    isSpent = true;
    return rows;
  };
}

function plainRows(rows: Iterable<object> | AsyncIterable<object>): Iterable<object> | AsyncIterable<object> {
  if (Symbol.asyncIterator in rows) return plainAsync(rows);
  return plainSync(rows);
}

function* plainSync(rows: Iterable<object>): Generator<object, void, undefined> {
  for (const row of rows) yield rowOf(row) as object;
}

async function* plainAsync(rows: AsyncIterable<object>): AsyncGenerator<object, void, undefined> {
  for await (const row of rows) yield rowOf(row) as object;
}

async function run(target: TableTarget, work: () => Promise<JobReceipt>): Promise<JobReceipt> {
  try {
    return await work();
  } catch (cause) {
    const code = isWriterError(cause) ? cause.code : undefined;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TableTunnelError(
      `The upload into ${formatTableTarget(target)} failed: ${reason.replace(/\.$/u, "")}`,
      {
        code: "upload-failed",
        outcome: code !== undefined && undecided.has(code) ? "unknown" : "not-committed",
        sessionId: isWriterError(cause) ? cause.sessionId : undefined,
        cause,
      },
    );
  }
}

/** Failures after which the table may hold rows of this upload. */
const undecided: ReadonlySet<string> = new Set([
  "outcome-unknown",
  "session-committed-elsewhere",
  "session-lost",
  // What the journal would have said of the commit cannot be read.
  "journal-damaged",
  "journal-locked",
]);
