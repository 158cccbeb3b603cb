import { abortedError, clockOf } from "../connection.ts";
import { isSessionError, SessionError } from "../errors.ts";
import { askTable, pause, sendToTable } from "../table-request.ts";
import { type BlockListDifference, compareBlockLists, differs } from "./block-list.ts";
import type { CommitOptions, CommitReceipt, SessionSnapshot } from "./block-session.ts";
import { type CommitLimits, nextCommitState } from "./commit.ts";
import { commitError } from "./commit-error.ts";
import { classifyLookFailure, classifyPostFailure } from "./commit-outcome.ts";
import type { CommitFindings, CommitPlan } from "./commit-plan.ts";
import { type CommitEvent, type CommitState, commitStateInDoubt } from "./commit-state.ts";
import { parseReportedStatus, parseUploadSnapshot } from "./session-document.ts";

/** Drives the commit's state machine with real requests and real waiting. */
export async function runCommit(plan: CommitPlan, options: CommitOptions): Promise<CommitReceipt> {
  const { signal, onState } = options;
  const limits = commitLimits(options);
  const found: CommitFindings = {};
  let state: CommitState = commitStateInDoubt(options.postsInDoubt ?? 0);
  for (;;) {
    if (state.kind === "committed") return receipt(plan, state, found);
    if (state.kind === "failed") throw commitError(plan, state, found, signal);
    await onState?.(state);
    state = nextCommitState(state, await step(plan, state, found, signal), limits);
  }
}

const operation = "commit upload session";

function commitLimits({ maxPosts = 5, waitMs = 600_000, settleMs = 30_000 }: CommitOptions): CommitLimits {
  if (maxPosts >= 1 && waitMs >= 0 && settleMs >= 0) return { maxPosts, waitMs, settleMs, maxFailedLooks: 5 };
  throw new SessionError(
    "invalid-argument",
    `Expected maxPosts from 1, waitMs and settleMs from 0, got ${maxPosts}, ${waitMs} and ${settleMs}`,
  );
}

function step(
  plan: CommitPlan,
  state: CommitState,
  found: CommitFindings,
  signal: AbortSignal | undefined,
): Promise<CommitEvent> {
  if (state.kind === "waiting") return wait(plan, state.delayMs, found, signal);
  return state.kind === "posting" ? post(plan, found, signal) : look(plan, found, signal);
}

async function look(
  plan: CommitPlan,
  found: CommitFindings,
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
  found: CommitFindings,
  signal: AbortSignal | undefined,
): Promise<CommitEvent> {
  if (signal?.aborted) {
    return remember(found, abortedError(operation, signal), { kind: "aborted", unsent: true });
  }
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
  found: CommitFindings,
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

function remember(found: CommitFindings, error: unknown, event: CommitEvent): CommitEvent {
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
  found: CommitFindings,
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
