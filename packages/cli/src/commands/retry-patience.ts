import { createRetryPolicy, type RetryPolicy } from "@maxcompute-tunnel/transport";

/** A retry policy that learns whether the service can be reached at all. */
export interface RetryPatience {
  readonly policy: RetryPolicy;
  /** Says that the service has answered: from now on a failure is worth waiting out. */
  noteContact(): void;
  /** Called when the service has answered that it is asked too much. */
  onThrottled: () => void;
}

/**
 * Before the first answer a failed connection most likely means a wrong address: three quick tries, then the message.
 * In the middle of a load it most likely means a bad minute: the usual tries, for up to a quarter of an hour.
 *
 * @param retries how often a failed request is sent again
 */
export function retryPatience(retries: number): RetryPatience {
  const usual = createRetryPolicy({ maxAttempts: retries + 1 });
  const brief = createRetryPolicy({ maxAttempts: Math.min(retries + 1, 3), maxDelayMs: 500 });
  let reached = false;
  const patience: RetryPatience = {
    onThrottled: () => undefined,
    policy: (state) => {
      if (state.error.code === "throttled") patience.onThrottled();
      const unreachable = state.error.code === "network" || state.error.code === "timeout";
      return !reached && unreachable ? brief(state) : usual(state);
    },
    noteContact: () => {
      reached = true;
    },
  };
  return patience;
}

/** Seven: with the pauses in between, a service may be away for some minutes. */
export const defaultRetries = 7;
