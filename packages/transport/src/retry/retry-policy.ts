import type { TunnelError } from "../errors.ts";

/** Settings of the usual retry policy. */
export interface RetryOptions {
  /** Attempts in all, the first included. Throttled ones do not count: they are bounded by the budget alone. @default 8 */
  readonly maxAttempts?: number;
  /** The upper bound of the first pause, in milliseconds; it doubles with every failure. @default 1000 */
  readonly baseDelayMs?: number;
  /** The upper bound of any pause that the service did not ask for, in milliseconds. @default 64000 */
  readonly maxDelayMs?: number;
  /** No attempt starts later than this after the first failure of a call, in milliseconds. @default 900000 (15 minutes) */
  readonly budgetMs?: number;
}

/** Where a call stands when an attempt has failed. */
export interface RetryState {
  readonly error: TunnelError;
  /** Attempts so far whose failure was not throttling. */
  readonly failures: number;
  /** Attempts so far that were throttled. */
  readonly throttled: number;
  /** Since the first failure of this call, in milliseconds. */
  readonly elapsedMs: number;
  /** A number from 0 up to 1, drawn for this decision. */
  readonly random: number;
}

/** Milliseconds to wait before the next attempt, or `undefined` to give up. Pure: it neither waits nor looks at a clock. */
export type RetryPolicy = (state: RetryState) => number | undefined;

/** Makes the usual policy: what is retryable is tried again after an exponential pause with full jitter, within a budget. */
export function createRetryPolicy(options: RetryOptions = {}): RetryPolicy {
  const { maxAttempts, baseDelayMs, maxDelayMs, budgetMs } = resolveRetryOptions(options);
  return ({ error, failures, throttled, elapsedMs, random }) => {
    const attempts = error.code === "corrupt-data" ? Math.min(maxAttempts, corruptDataAttempts) : maxAttempts;
    if (!error.retryable || failures >= attempts) return undefined;
    const ceilingMs = Math.min(maxDelayMs, baseDelayMs * 2 ** Math.max(0, failures + throttled - 1));
    const jitterMs = Math.floor(random * ceilingMs);
    const waitMs =
      error.retryAfterMs === undefined ? jitterMs : error.retryAfterMs + Math.min(jitterMs, baseDelayMs);
    return elapsedMs + waitMs <= budgetMs ? waitMs : undefined;
  };
}

/** Bytes that broke on the way are whole when they are sent again; bytes that were wrong from the start never are. */
const corruptDataAttempts = 3;

/** Never tries again. */
export const neverRetry: RetryPolicy = () => undefined;

const defaults = {
  maxAttempts: 8,
  baseDelayMs: 1_000,
  maxDelayMs: 64_000,
  budgetMs: 900_000,
} as const satisfies Required<RetryOptions>;

function resolveRetryOptions(options: RetryOptions): Required<RetryOptions> {
  const resolved = { ...defaults, ...options };
  if (!(Number.isInteger(resolved.maxAttempts) && resolved.maxAttempts > 0)) {
    throw new RangeError(`Expected maxAttempts to be a whole number above 0, got ${resolved.maxAttempts}`);
  }
  for (const name of ["baseDelayMs", "maxDelayMs", "budgetMs"] as const) {
    if (!(resolved[name] >= 0))
      throw new RangeError(`Expected ${name} to be 0 or more, got ${resolved[name]}`);
  }
  return resolved;
}
