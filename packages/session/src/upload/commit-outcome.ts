import { isTunnelError, type TunnelError } from "@maxcompute-tunnel/transport";
import { isSessionError } from "../errors.ts";
import { isUnreadable } from "../table-request.ts";
import type { CommitEvent, PostFailure } from "./commit-state.ts";

/** What a failed post says about whether the commit may have happened. */
export function classifyPostFailure(error: unknown): CommitEvent {
  if (isSessionError(error)) {
    const how: PostFailure = error.code === "no-such-session" ? "gone" : "refused";
    return { kind: "post-failed", how };
  }
  if (!isTunnelError(error)) return { kind: "post-failed", how: "lost" };
  const failed = (how: PostFailure): CommitEvent => ({
    kind: "post-failed",
    how,
    // A gateway or a filter can put its own answer in the place of one that told of success.
    ...(isOfOther(error, how) && { byOther: true }),
    ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
  });
  switch (error.code) {
    case "aborted":
      return { kind: "aborted" };
    case "throttled":
      return failed("not-taken");
    case "network":
      return failed(error.sent === "no" ? "not-taken" : "lost");
    case "timeout":
      if (error.serviceCode !== undefined) return failed("server-error");
      return failed(error.sent === "no" ? "not-taken" : "lost");
    case "server":
      // A gateway that gave up waiting knows nothing of the server behind it, which may still be at work.
      return failed(error.status === 502 || error.status === 504 ? "lost" : "server-error");
    case "invalid-response":
    case "too-large":
      return { kind: "answered", reported: undefined };
    case "conflict":
      return failed("conflict");
    case "not-found":
      // Only the service can say that a session is gone; a 404 without its code comes from something in between.
      return failed(error.serviceCode === undefined ? "server-error" : "refused");
    default:
      return failed("refused");
  }
}

/** Whether an answer that the service did not give stands for a post as not done. */
function isOfOther({ status, serviceCode }: TunnelError, how: PostFailure): boolean {
  const meansUndone = how === "not-taken" || how === "conflict" || how === "refused";
  return meansUndone && status !== undefined && serviceCode === undefined;
}

/** What a failed look says. */
export function classifyLookFailure(error: unknown, mayHaveExpired: boolean): CommitEvent {
  if (isSessionError(error) && error.code === "no-such-session") return { kind: "gone", mayHaveExpired };
  if (isTunnelError(error) && error.code === "aborted") return { kind: "aborted" };
  const temporary =
    isUnreadable(error) ||
    (isTunnelError(error) &&
      (error.retryable || (error.code === "not-found" && error.serviceCode === undefined)));
  return { kind: "look-failed", temporary };
}
