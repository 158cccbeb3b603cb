import { isTunnelError, type TunnelError } from "@maxcompute-tunnel/transport";
import { abortedError, clockOf, describeTable } from "../connection.ts";
import { isSessionError, SessionError, type SessionErrorCode, type SessionErrorFacts } from "../errors.ts";
import { askTable, pause, sendToTable, type TableTarget } from "../table-request.ts";
import { type BlockListDifference, compareBlockLists, describeDifference, differs } from "./block-list.ts";
import type { BlockInfo, CommitOptions, CommitReceipt, SessionSnapshot } from "./block-session.ts";
import {
  type CommitEvent,
  type CommitFailure,
  type CommitState,
  initialCommitState,
  nextCommitState,
} from "./commit.ts";
import { classifyLookFailure, classifyPostFailure } from "./commit-outcome.ts";
import { parseReportedStatus, parseUploadSnapshot } from "./session-document.ts";

/** What is to be committed. */
export interface CommitPlan {
  readonly target: TableTarget;
  readonly sessionId: string;
  readonly expiresAt: Date | undefined;
  /** The blocks that must be there, no more and no less; `undefined` takes what the server holds. */
  readonly blockIds: ReadonlySet<number> | undefined;
  /** Blocks that must be among them in any case. */
  readonly writtenIds: ReadonlySet<number>;
  readonly recordCounts: ReadonlyMap<number, number>;
}

/** Drives the commit's state machine with real requests and real waiting. */
export async function runCommit(plan: CommitPlan, options: CommitOptions): Promise<CommitReceipt> {
  const limits = {
    maxPosts: options.maxPosts ?? 5,
    maxFailedLooks: 5,
    waitMs: options.waitMs ?? 600_000,
  };
  const found: Findings = {};
  let state: CommitState = initialCommitState;
  for (;;) {
    await options.onState?.(state);
    switch (state.kind) {
      case "committed":
        return receipt(plan, state, found);
      case "failed":
        throw failureError(plan, state, found, options.signal);
      case "looking":
        state = nextCommitState(state, await look(plan, found, options.signal), limits);
        break;
      case "posting":
        state = nextCommitState(state, await post(plan, found, options.signal), limits);
        break;
      case "waiting":
        state = nextCommitState(state, await wait(plan, state.delayMs, found, options.signal), limits);
        break;
    }
  }
}

const operation = "commit upload session";

/** What the steps have brought to light, for the receipt or the error. */
interface Findings {
  error?: unknown;
  snapshot?: SessionSnapshot;
  difference?: BlockListDifference;
  /** The blocks as the last look before a post listed them: what is being committed. */
  committing?: readonly BlockInfo[];
  requestId?: string;
}

async function look(
  plan: CommitPlan,
  found: Findings,
  signal: AbortSignal | undefined,
): Promise<CommitEvent> {
  try {
    const { document, response } = await askTable(
      plan.target,
      {
        operation: "list blocks for commit",
        method: "GET",
        kind: "control",
        query: { uploadid: plan.sessionId, getblockid: "true" },
        signal,
      },
      parseUploadSnapshot(plan.sessionId),
    );
    found.snapshot = document;
    found.difference = compare(plan, document);
    if (document.blocks.length > 0 || found.committing === undefined) found.committing = document.blocks;
    if (response.requestId !== undefined) found.requestId = response.requestId;
    return { kind: "seen", reported: document, agrees: !differs(found.difference) };
  } catch (error) {
    return remember(found, error, classifyLookFailure(error, mayHaveExpired(plan)));
  }
}

async function post(
  plan: CommitPlan,
  found: Findings,
  signal: AbortSignal | undefined,
): Promise<CommitEvent> {
  try {
    const response = await sendToTable(plan.target, {
      operation,
      method: "POST",
      kind: "control",
      query: { uploadid: plan.sessionId },
      retry: "none",
      signal,
    });
    if (response.requestId !== undefined) found.requestId = response.requestId;
    return { kind: "answered", reported: parseReportedStatus(plan.sessionId)(await response.json()) };
  } catch (error) {
    const unreadable = isSessionError(error) && error.code === "invalid-response";
    return remember(
      found,
      error,
      unreadable ? { kind: "answered", reported: undefined } : classifyPostFailure(error),
    );
  }
}

async function wait(
  plan: CommitPlan,
  delayMs: number,
  found: Findings,
  signal: AbortSignal | undefined,
): Promise<CommitEvent> {
  // Never less than asked for; a little more keeps many clients from coming back together.
  const ms = Math.round(delayMs * (1 + 0.25 * clockOf(plan.target.connection).random()));
  try {
    await pause(plan.target, { operation, signal }, ms);
    return { kind: "waited", ms };
  } catch (error) {
    return remember(found, error, { kind: "aborted" });
  }
}

function remember(found: Findings, error: unknown, event: CommitEvent): CommitEvent {
  found.error = error;
  return event;
}

function compare(plan: CommitPlan, snapshot: SessionSnapshot): BlockListDifference {
  const { blocks, status } = snapshot;
  // A server may forget the list of a session that is over; then there is nothing to compare with.
  if (status === "CLOSED" && blocks.length === 0) return { missing: [], unexpected: [], recordCounts: [] };
  const expected = plan.blockIds ?? new Set([...plan.writtenIds, ...blocks.map((block) => block.blockId)]);
  return compareBlockLists(expected, plan.recordCounts, blocks);
}

/** Sessions end after 24 hours by the server's clock, which may differ from ours by the 15 minutes that signing allows. */
function mayHaveExpired(plan: CommitPlan): boolean {
  const nowMs = clockOf(plan.target.connection).now();
  return plan.expiresAt === undefined || nowMs > plan.expiresAt.getTime() - 15 * 60_000;
}

function receipt(
  plan: CommitPlan,
  state: CommitState & { readonly kind: "committed" },
  found: Findings,
): CommitReceipt {
  const blocks = found.committing ?? [];
  const listed = blocks.map((block) => block.blockId);
  const blockIds = plan.blockIds ? [...plan.blockIds].sort((a, b) => a - b) : listed;
  const counts = new Map(blocks.map((block) => [block.blockId, block.recordCount]));
  const recordCount = blockIds.reduce<number | undefined>((sum, id) => {
    const count = counts.get(id) ?? plan.recordCounts.get(id);
    return sum === undefined || count === undefined ? undefined : sum + count;
  }, 0);
  return {
    sessionId: plan.sessionId,
    blockIds,
    confirmedBy: state.confirmedBy,
    posts: state.progress.posts,
    ...(recordCount !== undefined && { recordCount }),
    ...(found.requestId !== undefined && { requestId: found.requestId }),
  };
}

function failureError(
  plan: CommitPlan,
  state: CommitState & { readonly kind: "failed" },
  found: Findings,
  signal: AbortSignal | undefined,
): unknown {
  const { failure } = state;
  if (failure === "aborted") return found.error ?? abortedError(operation, signal);
  if (failure === "look-failed" || failure === "refused" || failure === "no-such-session") return found.error;
  const facts: SessionErrorFacts = {
    operation,
    table: describeTable(plan.target.table),
    sessionId: plan.sessionId,
    status: found.snapshot?.statusText,
    commitsPosted: state.progress.posts,
    ...(found.error !== undefined &&
      failure !== "differs" && { cause: found.error, ...serverFacts(found.error) }),
  };
  if (failure === "differs") return differenceError(plan, found, facts);
  const [code, message] = failureMessages[failure];
  return new SessionError(code, `${operation} ${plan.sessionId}: ${message(found)}`, facts);
}

function serverFacts(error: unknown): SessionErrorFacts {
  const known: TunnelError | SessionError | undefined =
    isTunnelError(error) || isSessionError(error) ? error : undefined;
  return { serviceCode: known?.serviceCode, requestId: known?.requestId };
}

function differenceError(plan: CommitPlan, found: Findings, facts: SessionErrorFacts): SessionError {
  const difference = found.difference ?? { missing: [], unexpected: [], recordCounts: [] };
  const listDiffers = difference.missing.length + difference.unexpected.length > 0;
  const closed = found.snapshot?.status === "CLOSED";
  const head = closed ? "the session was committed before, with other blocks" : "nothing was committed";
  return new SessionError(
    listDiffers ? "block-list-differs" : "record-count-differs",
    `${operation} ${plan.sessionId}: ${describeDifference(difference)}; ${head}`,
    {
      ...facts,
      missing: difference.missing,
      unexpected: difference.unexpected,
      recordCounts: difference.recordCounts,
    },
  );
}

type ToldFailure = Exclude<
  CommitFailure,
  "differs" | "look-failed" | "refused" | "no-such-session" | "aborted"
>;

const failureMessages: Readonly<
  Record<ToldFailure, readonly [SessionErrorCode, (found: Findings) => string]>
> = {
  "session-closing": [
    "session-closing",
    () =>
      "a commit is under way and was still not done when the time to wait was over; ask for the status later",
  ],
  "session-canceled": ["session-canceled", () => "the session was canceled; nothing was committed"],
  "session-expired": [
    "session-expired",
    () => "the session is older than 24 hours; nothing was committed, begin again",
  ],
  "session-critical": [
    "session-critical",
    () =>
      "the service reports an unrecoverable error in this session; check the table before uploading again",
  ],
  "session-not-ready": [
    "session-not-ready",
    ({ snapshot }) =>
      `Expected the status NORMAL, got ${JSON.stringify(snapshot?.statusText)}; nothing was committed`,
  ],
  "commit-failed": [
    "commit-failed",
    ({ error }) =>
      `the service kept failing${error instanceof Error ? ` (${error.message})` : ""}; ` +
      "nothing was committed, the session is still open and can be committed again",
  ],
  "outcome-unknown": [
    "outcome-unknown",
    ({ error }) =>
      `the commit was sent and its outcome could not be learnt${error instanceof Error ? ` (${error.message})` : ""}; ` +
      "do not upload the rows again before the session's status, or the table itself, shows what happened: " +
      "CLOSED means committed, NORMAL that it can be committed again",
  ],
};
