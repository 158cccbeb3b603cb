import { isTunnelError, type TunnelError } from "@maxcompute-tunnel/transport";
import { abortedError, describeTable } from "../connection.ts";
import { isSessionError, SessionError, type SessionErrorCode, type SessionErrorFacts } from "../errors.ts";
import { describeDifference } from "./block-list.ts";
import type { CommitFindings, CommitPlan } from "./commit-plan.ts";
import type { CommitFailure, CommitState } from "./commit-state.ts";

const operation = "commit upload session";

/** The error of a commit that ended without success. */
export function commitError(
  plan: CommitPlan,
  state: CommitState & { readonly kind: "failed" },
  found: CommitFindings,
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

function differenceError(plan: CommitPlan, found: CommitFindings, facts: SessionErrorFacts): SessionError {
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
  Record<ToldFailure, readonly [SessionErrorCode, (found: CommitFindings) => string]>
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
