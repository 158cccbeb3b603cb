import { isRecognisedStatus, type ReportedStatus } from "./upload-status.ts";

/**
 * The commit as a state machine: every decision is in {@link nextCommitState}, which is pure; sending and waiting
 * are done by whoever drives it. The rule behind it: a commit is posted again only after the status has shown that
 * it has not happened, and it is reported as failed or done only when that is known.
 */
export type CommitState =
  | { readonly kind: "looking"; readonly progress: CommitProgress }
  | { readonly kind: "posting"; readonly progress: CommitProgress }
  | {
      readonly kind: "waiting";
      readonly delayMs: number;
      /** Given while a post without an answer may still arrive: after so long it has not, and another one is made. */
      readonly settlesInMs?: number;
      readonly progress: CommitProgress;
    }
  | { readonly kind: "committed"; readonly confirmedBy: CommitEvidence; readonly progress: CommitProgress }
  | { readonly kind: "failed"; readonly failure: CommitFailure; readonly progress: CommitProgress };

/** What shows that the session is committed. */
export type CommitEvidence = "answer" | "status" | "earlier-commit" | "absence";

/** Why a commit ended without success. After all but `outcome-unknown` the data are not in the table by this commit. */
export type CommitFailure =
  | "differs"
  | "no-such-session"
  | "session-closing"
  | "session-canceled"
  | "session-expired"
  | "session-critical"
  | "session-not-ready"
  | "refused"
  | "look-failed"
  | "commit-failed"
  | "aborted"
  | "outcome-unknown";

/** What has happened so far, as plain counts. */
export interface CommitProgress {
  /** Commits posted, the one under way included. */
  readonly posts: number;
  /** Posts that may have had their effect: no later look has shown otherwise. */
  readonly unsettled: number;
  /** Posts without any answer of the service: they may still arrive, so that a look settles them only after a while. */
  readonly open: number;
  /** Posts made before this commit began, by this process or another, whose outcome nobody knew. */
  readonly earlier: number;
  /** Posts that never got an answer of the service, settled or not. */
  readonly lost: number;
  /** Time that has passed since there was first an open post, or since the last one was added. */
  readonly settledMs: number;
  /** Looks that failed since the last one that succeeded. */
  readonly failedLooks: number;
  /** Looks that found the server still at work. */
  readonly polls: number;
  readonly waitedMs: number;
  /** The service has refused a post for good. */
  readonly refused: boolean;
}

/** What came of the last step. */
export type CommitEvent =
  /** A look answered. `agrees`: the server holds the blocks that are to be committed. */
  | { readonly kind: "seen"; readonly reported: ReportedStatus; readonly agrees: boolean }
  /** A look answered that there is no such session. `mayHaveExpired`: its 24 hours may be over. */
  | { readonly kind: "gone"; readonly mayHaveExpired: boolean }
  /** A look failed, its own retries included. */
  | { readonly kind: "look-failed"; readonly temporary: boolean }
  /** The post was answered with success; without a status the answer could not be read. */
  | { readonly kind: "answered"; readonly reported: ReportedStatus | undefined }
  /** `byOther`: the answer was not the service's own, which may have done it all the same. */
  | {
      readonly kind: "post-failed";
      readonly how: PostFailure;
      readonly byOther?: boolean;
      readonly retryAfterMs?: number;
    }
  | { readonly kind: "waited"; readonly ms: number }
  /** `unsent`: the post had not left. */
  | { readonly kind: "aborted"; readonly unsent?: boolean };

/**
 * How a post failed: no answer (`lost`), an answer of trouble after which it may have happened (`server-error`), not
 * taken now (`not-taken`), not possible in the session's status (`conflict`), session unknown (`gone`), or never
 * going to work (`refused`).
 */
export type PostFailure = "lost" | "server-error" | "not-taken" | "conflict" | "gone" | "refused";

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

const nothingYet: CommitProgress = {
  posts: 0,
  unsettled: 0,
  open: 0,
  earlier: 0,
  lost: 0,
  settledMs: 0,
  failedLooks: 0,
  polls: 0,
  waitedMs: 0,
  refused: false,
};

/** A commit always begins by looking at the session. */
export const initialCommitState: CommitState = { kind: "looking", progress: nothingYet };

/** How a commit begins when the session was posted before and nobody knows what came of it: it looks, too. */
export function commitStateInDoubt(postsInDoubt: number): CommitState {
  if (!(postsInDoubt > 0)) return initialCommitState;
  const posts = postsInDoubt;
  return {
    kind: "looking",
    progress: { ...nothingYet, unsettled: posts, open: posts, earlier: posts, lost: posts },
  };
}

/** The state after `event`. States that are final stay as they are. */
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
