import { isTunnelError, type Sent, type TunnelError } from "../errors.ts";
import type { Sleep } from "../sleep.ts";
import type { RetryPolicy } from "./retry-policy.ts";

/** One attempt among those of a call. */
export interface Attempt {
  /** Attempts so far, this one included. */
  readonly attempts: number;
  /** Whether one before it may have reached the service. */
  readonly sentBefore: Sent;
}

/** The powers of the retry loop. */
export interface RetryPowers {
  readonly policy: RetryPolicy;
  /** Milliseconds since any fixed moment. */
  readonly clock: () => number;
  readonly sleep: Sleep;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Ends a pause. */
  readonly signal: AbortSignal;
  /** The error to reject with when the signal ended a pause; it is given the failure that led to the pause. */
  readonly interrupted: (last: TunnelError) => TunnelError;
  /** Told before every pause. */
  readonly onRetry: (error: TunnelError, waitMs: number) => void;
}

/**
 * Runs attempts until one succeeds or the policy gives up; then the last error is thrown, which speaks for all of them.
 * Anything but a TunnelError is a defect and is thrown at once.
 */
export async function withRetry<T>(run: (attempt: Attempt) => Promise<T>, powers: RetryPowers): Promise<T> {
  let failures = 0;
  let throttled = 0;
  let sentBefore: Sent = "no";
  let firstFailureAt: number | undefined;
  for (;;) {
    try {
      return await run({ attempts: failures + throttled + 1, sentBefore });
    } catch (error) {
      if (!isTunnelError(error)) throw error;
      if (error.code === "throttled") throttled++;
      else failures++;
      sentBefore = error.sent;
      const now = powers.clock();
      firstFailureAt ??= now;
      const elapsedMs = now - firstFailureAt;
      const waitMs = powers.policy({ error, failures, throttled, elapsedMs, random: powers.random() });
      if (waitMs === undefined) throw error;
      powers.onRetry(error, waitMs);
      await pause(waitMs, error, powers);
    }
  }
}

async function pause(
  ms: number,
  last: TunnelError,
  { sleep, signal, interrupted }: RetryPowers,
): Promise<void> {
  try {
    await sleep(ms, signal);
  } catch (error) {
    if (signal.aborted) throw interrupted(last);
    throw error;
  }
  if (signal.aborted) throw interrupted(last);
}
