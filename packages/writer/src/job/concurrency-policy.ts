/** How many blocks may be on their way at a time, and what that follows from. */
export interface Concurrency {
  readonly limit: number;
  /** What it never exceeds. */
  readonly most: number;
  /** Blocks stored since the limit last changed. */
  readonly calm: number;
  /** Until then, being throttled again is the same event; in the clock's milliseconds. */
  readonly settlesAt: number;
}

/** Begins with as many as were asked for. */
export function initialConcurrency(most: number): Concurrency {
  return { limit: most, most, calm: 0, settlesAt: Number.NEGATIVE_INFINITY };
}

/**
 * The service has answered that it is asked too much (protocol: MaxCompute Tunnel, HTTP 429): half as many from now on.
 * Blocks that were on their way already are told the same; that counts once.
 */
export function afterThrottling(state: Concurrency, now: number): Concurrency {
  if (now < state.settlesAt) return { ...state, calm: 0 };
  return {
    ...state,
    limit: Math.max(1, Math.floor(state.limit / 2)),
    calm: 0,
    settlesAt: now + settlingMs,
  };
}

/** A block was stored: once twice as many as may be on their way were stored in a row, one more is tried. */
export function afterStoring(state: Concurrency): Concurrency {
  if (state.limit >= state.most) return state;
  const calm = state.calm + 1;
  return calm < 2 * state.limit ? { ...state, calm } : { ...state, limit: state.limit + 1, calm: 0 };
}

/** Requests that wait their pause out come back within about so long. */
const settlingMs = 5000;
