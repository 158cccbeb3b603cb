import { isTunnelError } from "@maxcompute-tunnel/transport";
import { checkBlockId } from "../block-id.ts";
import type { CallOptions } from "../call-options.ts";
import { describeTable, type TableName } from "../connection.ts";
import { isSessionError, SessionError, type SessionErrorCode } from "../errors.ts";
import { factsOf } from "../service-failure.ts";
import { askTable, type TableTarget } from "../table-request.ts";
import type { TunnelSchema } from "../table-schema.ts";
import { compareBlockLists, describeDifference, differs } from "./block-list.ts";
import type {
  BlockBody,
  BlockInfo,
  BlockUploadSession,
  CommitOptions,
  CommitReceipt,
  PutBlockOptions,
  SessionSnapshot,
  StoredBlock,
} from "./block-session.ts";
import { putBlock } from "./put-block.ts";
import { runCommit } from "./run-commit.ts";
import { parseReportedStatus, parseUploadSnapshot, type UploadDocument } from "./session-document.ts";
import type { UploadStatus } from "./upload-status.ts";

/** A session that exists on the server, and what this process has put into it. */
export class OpenBlockSession implements BlockUploadSession {
  readonly id: string;
  readonly table: TableName;
  readonly partition?: string;
  readonly schema: TunnelSchema;
  readonly maxFieldBytes: number;
  readonly expiresAt?: Date;
  readonly opened: SessionSnapshot;

  readonly #target: TableTarget;
  /** Blocks stored by this object, with their rows where the caller said how many. */
  readonly #written: Map<number, number | undefined> = new Map();
  #commits: CommitHistory = { kind: "none" };

  constructor(target: TableTarget, document: UploadDocument) {
    this.#target = target;
    this.id = document.id;
    this.table = target.table;
    this.schema = document.schema;
    this.maxFieldBytes = document.maxFieldBytes;
    const { status, statusText, blocks } = document;
    this.opened = { status, statusText, blocks };
    if (target.partition !== undefined) this.partition = target.partition;
    if (document.expiresAt !== undefined) this.expiresAt = document.expiresAt;
  }

  async putBlock(blockId: number, body: BlockBody, options: PutBlockOptions = {}): Promise<StoredBlock> {
    checkBlockId(blockId);
    // Until the answer is here nobody knows which content the block has.
    this.#written.delete(blockId);
    try {
      const stored = await putBlock(this.#target, blockId, body, options);
      this.#written.set(blockId, stored.recordCount);
      return stored;
    } catch (error) {
      throw await this.#explainConflict(error, blockId, options.signal);
    }
  }

  async refresh(options: CallOptions = {}): Promise<SessionSnapshot> {
    const { document } = await askTable(
      this.#target,
      {
        operation: "read upload session",
        method: "GET",
        kind: "control",
        query: { uploadid: this.id, getblockid: "true" },
        signal: options.signal,
      },
      parseUploadSnapshot(this.id),
    );
    return document;
  }

  async status(options: CallOptions = {}): Promise<UploadStatus> {
    const { document } = await askTable(
      this.#target,
      {
        operation: "read upload status",
        method: "GET",
        kind: "control",
        // The list of blocks is not needed and can be long.
        query: { uploadid: this.id, getblockid: "false" },
        signal: options.signal,
      },
      parseReportedStatus(this.id),
    );
    return document.status;
  }

  async listBlocks(options: CallOptions = {}): Promise<readonly BlockInfo[]> {
    return (await this.refresh(options)).blocks;
  }

  async commit(blockIds?: Iterable<number>, options: CommitOptions = {}): Promise<CommitReceipt> {
    const ids = blockIds === undefined ? undefined : new Set(blockIds);
    for (const id of ids ?? []) checkBlockId(id);
    while (this.#commits.kind === "running") await this.#commits.done;
    if (this.#commits.kind === "committed") return this.#sameCommit(this.#commits.receipt, ids);
    const postsInDoubt = (options.postsInDoubt ?? 0) + (this.#commits.kind === "in-doubt" ? 1 : 0);
    const run = runCommit(
      {
        target: this.#target,
        sessionId: this.id,
        expiresAt: this.expiresAt,
        blockIds: ids,
        writtenIds: new Set(this.#written.keys()),
        recordCounts: this.#recordCounts(options.expectedRecordCounts),
      },
      { ...options, postsInDoubt },
    );
    this.#commits = {
      kind: "running",
      done: run.then(
        (receipt) => {
          this.#commits = { kind: "committed", receipt };
        },
        (error: unknown) => {
          const inDoubt = isSessionError(error) && error.code === "outcome-unknown";
          this.#commits = { kind: inDoubt ? "in-doubt" : "none" };
        },
      ),
    };
    return run;
  }

  #recordCounts(named: ReadonlyMap<number, number> | undefined): ReadonlyMap<number, number> {
    const counts = new Map<number, number>();
    for (const [id, count] of this.#written) if (count !== undefined) counts.set(id, count);
    for (const [id, count] of named ?? []) counts.set(id, count);
    return counts;
  }

  /** The answer to a commit of what this object has committed already: no need to ask anyone. */
  #sameCommit(receipt: CommitReceipt, ids: ReadonlySet<number> | undefined): CommitReceipt {
    const committed = receipt.blockIds.map((blockId) => ({ blockId }));
    const difference = compareBlockLists(ids ?? new Set(receipt.blockIds), new Map(), committed);
    if (!differs(difference)) return { ...receipt, confirmedBy: "earlier-commit", posts: 0 };
    throw new SessionError(
      "block-list-differs",
      `commit upload session ${this.id}: ${describeDifference(difference)}; the session was committed before, with other blocks`,
      {
        operation: "commit upload session",
        table: describeTable(this.table),
        sessionId: this.id,
        status: "CLOSED",
        missing: difference.missing,
        unexpected: difference.unexpected,
        recordCounts: [],
      },
    );
  }

  /** The service says only that the status forbids it; which status that is, the session knows. */
  async #explainConflict(error: unknown, blockId: number, signal: AbortSignal | undefined): Promise<unknown> {
    if (!isTunnelError(error) || error.code !== "conflict") return error;
    const status = await this.status(signal ? { signal } : {}).catch((cause: unknown) =>
      isSessionError(cause) && cause.code === "no-such-session" ? ("EXPIRED" as const) : undefined,
    );
    const explained = status === undefined ? undefined : refusingStatuses[status];
    if (explained === undefined) return error;
    const [code, message] = explained;
    const context = {
      operation: error.operation,
      table: describeTable(this.table),
      sessionId: this.id,
      blockId,
    };
    return new SessionError(code, `${error.operation}: ${message}; the block was not stored`, {
      ...factsOf(error, context),
      status,
    });
  }
}

type CommitHistory =
  | { readonly kind: "none" }
  /** The last one ended without knowing what came of it. */
  | { readonly kind: "in-doubt" }
  | { readonly kind: "running"; readonly done: Promise<void> }
  | { readonly kind: "committed"; readonly receipt: CommitReceipt };

const refusingStatuses: Readonly<Partial<Record<UploadStatus, readonly [SessionErrorCode, string]>>> = {
  CLOSED: ["session-closed", "the session is committed and takes no more blocks"],
  CLOSING: ["session-closing", "the session is being committed and takes no more blocks"],
  COMMITTING: ["session-closing", "the session is being committed and takes no more blocks"],
  CANCELED: ["session-canceled", "the session was canceled"],
  EXPIRED: ["session-expired", "the session is older than 24 hours"],
  CRITICAL: ["session-critical", "the service reports an unrecoverable error in this session"],
};
