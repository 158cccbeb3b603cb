import type { CommitEvent, CommitFailure, CommitProgress, CommitState, PostFailure } from "./commit-state.ts";
import { isRecognisedStatus, type ReportedStatus } from "./upload-status.ts";

/** How long a commit is pursued. */
export interface CommitLimits {
  /** Commits that may be posted in all. */
  readonly maxPosts: number;
  /** Looks that may fail in a row once a post is unsettled. */
  readonly maxFailedLooks: number;
  /** How long, in all, to wait for a server that is still at work, in milliseconds. */
  readonly waitMs: number;
  /** How long a post without an answer may take to arrive, in milliseconds; until then no look settles it. */
  readonly settleMs: number;
}

/**
 * The state of a commit after an event; states that are final stay as they are.
 *
 * Every decision of a commit is here, and this is pure; sending and waiting are done by whoever drives it. The rule
 * behind it: a commit is posted again only after the status has shown that it has not happened, and it is reported as
 * failed or done only when that is known.
 */
export function nextCommitState(state: CommitState, event: CommitEvent, limits: CommitLimits): CommitState {
  switch (state.kind) {
    case "looking":
      return afterLook(state, event, limits);
    case "posting":
      return afterPost(state, event);
    case "waiting":
      return afterWait(state, event);
    case "committed":
    case "failed":
      return state;
  }
}

function afterLook(state: CommitState, event: CommitEvent, limits: CommitLimits): CommitState {
  const { progress } = state;
  switch (event.kind) {
    case "seen":
      return afterStatus({ ...progress, failedLooks: 0 }, event.reported, event.agrees, limits);
    case "gone":
      if (!wasPosted(progress)) return fail("no-such-session", progress);
      // A session goes only by being committed or by its age: what was there before the post was committed.
      return progress.unsettled + progress.lost > 0 && !event.mayHaveExpired
        ? { kind: "committed", confirmedBy: "absence", progress }
        : fail("outcome-unknown", progress);
    case "look-failed": {
      if (progress.unsettled === 0) return fail("look-failed", progress);
      const failedLooks = progress.failedLooks + 1;
      if (!event.temporary || failedLooks >= limits.maxFailedLooks) return fail("outcome-unknown", progress);
      return wait(backoffMs(failedLooks), { ...progress, failedLooks });
    }
    default:
      return afterAbort(state, event);
  }
}

function afterStatus(
  progress: CommitProgress,
  reported: ReportedStatus,
  agrees: boolean,
  limits: CommitLimits,
): CommitState {
  switch (reported.status) {
    case "CLOSED":
      if (wasPosted(progress)) return { kind: "committed", confirmedBy: "status", progress };
      return agrees
        ? { kind: "committed", confirmedBy: "earlier-commit", progress }
        : fail("differs", progress);
    case "CLOSING":
    case "COMMITTING":
      return poll(progress, limits);
    case "NORMAL":
      // An answered post has had its time; one without an answer may be on its way for a while.
      if (progress.open > 0 && progress.settledMs < limits.settleMs) return settle(progress, limits);
      return postOrGiveUp({ ...progress, unsettled: 0, open: 0 }, agrees, limits);
    case "UNKNOWN":
      if (progress.unsettled > 0) return poll(progress, limits);
      return isRecognisedStatus(reported)
        ? postOrGiveUp(progress, agrees, limits)
        : fail("session-not-ready", progress);
    case "CANCELED":
      return fail("session-canceled", progress);
    case "EXPIRED":
      return fail("session-expired", progress);
    case "CRITICAL":
      return fail("session-critical", progress);
  }
}

function postOrGiveUp(progress: CommitProgress, agrees: boolean, limits: CommitLimits): CommitState {
  const exhausted = progress.posts >= limits.maxPosts;
  if (agrees && !exhausted && !progress.refused) {
    return { kind: "posting", progress: { ...progress, posts: progress.posts + 1 } };
  }
  // Of a status that says nothing, an open post may yet commit the session.
  if (progress.open > 0) return fail("outcome-unknown", progress);
  if (progress.refused) return fail("refused", progress);
  return fail(agrees ? "commit-failed" : "differs", progress);
}

function afterPost(state: CommitState, event: CommitEvent): CommitState {
  const { progress } = state;
  switch (event.kind) {
    case "answered":
      if (event.reported?.status === "CLOSED") return { kind: "committed", confirmedBy: "answer", progress };
      return wait(firstPollMs, unsettle(progress));
    case "post-failed":
      return afterFailedPost(
        event.byOther === true ? unsettle(progress) : progress,
        event.how,
        event.retryAfterMs ?? 0,
      );
    case "aborted":
      return event.unsent === true ? afterAbort(state, event) : fail("outcome-unknown", unsettle(progress));
    default:
      return state;
  }
}

function afterFailedPost(progress: CommitProgress, how: PostFailure, retryAfterMs: number): CommitState {
  const pauseMs = Math.max(retryAfterMs, backoffMs(progress.posts));
  switch (how) {
    case "lost":
      return wait(pauseMs, {
        ...unsettle(progress),
        open: progress.open + 1,
        lost: progress.lost + 1,
        settledMs: 0,
      });
    case "server-error":
      return wait(pauseMs, unsettle(progress));
    case "not-taken":
    case "conflict":
      return wait(pauseMs, progress);
    case "gone":
      return { kind: "looking", progress };
    case "refused":
      // An earlier post may be why: however long ago, it is looked for before this is believed.
      return progress.unsettled + progress.lost > 0
        ? { kind: "looking", progress: { ...progress, refused: true } }
        : fail("refused", progress);
  }
}

function unsettle(progress: CommitProgress): CommitProgress {
  return { ...progress, unsettled: progress.unsettled + 1 };
}

function afterWait(state: CommitState, event: CommitEvent): CommitState {
  if (event.kind !== "waited") return afterAbort(state, event);
  const { progress } = state;
  const settledMs = progress.open > 0 ? progress.settledMs + event.ms : 0;
  return { kind: "looking", progress: { ...progress, waitedMs: progress.waitedMs + event.ms, settledMs } };
}

function afterAbort(state: CommitState, event: CommitEvent): CommitState {
  if (event.kind !== "aborted") return state;
  return fail(state.progress.unsettled > 0 ? "outcome-unknown" : "aborted", state.progress);
}

function poll(progress: CommitProgress, limits: CommitLimits): CommitState {
  if (progress.waitedMs >= limits.waitMs) {
    return fail(wasPosted(progress) ? "outcome-unknown" : "session-closing", progress);
  }
  return pollIn(limits.waitMs - progress.waitedMs, progress);
}

/** Looks again until whatever was lost on the way must have arrived, or never will. */
function settle(progress: CommitProgress, limits: CommitLimits): CommitState {
  const settlesInMs = limits.settleMs - progress.settledMs;
  return { ...pollIn(settlesInMs, progress), settlesInMs };
}

function pollIn(atMostMs: number, progress: CommitProgress): CommitState & { readonly kind: "waiting" } {
  const delayMs = Math.min(firstPollMs * 2 ** Math.min(progress.polls, 10), longestPollMs);
  return wait(Math.min(delayMs, atMostMs), { ...progress, polls: progress.polls + 1 });
}

function wasPosted(progress: CommitProgress): boolean {
  return progress.posts + progress.earlier > 0;
}

function wait(delayMs: number, progress: CommitProgress): CommitState & { readonly kind: "waiting" } {
  return { kind: "waiting", delayMs, progress };
}

function fail(failure: CommitFailure, progress: CommitProgress): CommitState {
  return { kind: "failed", failure, progress };
}

const firstPollMs = 250;
const longestPollMs = 10_000;

function backoffMs(attempt: number): number {
  return Math.min(250 * 2 ** Math.min(attempt - 1, 10), longestPollMs);
}
