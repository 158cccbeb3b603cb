import { isTunnelError, type TunnelError } from "../errors.ts";
import type { RetryPolicy } from "./retry-policy.ts";

/** Waits some milliseconds; rejects with the signal's reason as soon as that aborts. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

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
 * Runs attempts, numbered from 1, until one succeeds or the policy gives up; then the last error is thrown.
 * Anything but a TunnelError is a defect and is thrown at once.
 */
export async function withRetry<T>(run: (attempt: number) => Promise<T>, powers: RetryPowers): Promise<T> {
  let failures = 0;
  let throttled = 0;
  let firstFailureAt: number | undefined;
  for (;;) {
    try {
      return await run(failures + throttled + 1);
    } catch (error) {
      if (!isTunnelError(error)) throw error;
      if (error.code === "throttled") throttled++;
      else failures++;
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

/** Waits by the platform's timers, in steps that they can hold. */
export const platformSleep: Sleep = async (ms, signal) => {
  let left = ms;
  do {
    const step = Math.min(left, longestTimer);
    await timer(step, signal);
    left -= step;
  } while (left > 0);
};

const longestTimer = 2 ** 31 - 1;

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

function timer(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const abort = (): void => {
      clearTimeout(handle);
      reject(signal?.reason);
    };
    const handle = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", abort, { once: true });
  });
}
