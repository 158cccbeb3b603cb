import type { ReportedStatus } from "./upload-status.ts";

/** Where a commit is: what is being done, or what came of it. */
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
