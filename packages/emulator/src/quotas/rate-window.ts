/** Counts what happened in the last few minutes, exactly. */
export interface RateWindow {
  /** Takes one more at `now` and returns `undefined`, or how many milliseconds until there is room. */
  take(now: number): number | undefined;
  /** True when nothing counts any more. */
  isEmpty(now: number): boolean;
}

/** A window in which at most `limit` things may happen in any `windowMs`. */
export function rateWindow(limit: number, windowMs: number): RateWindow {
  const times: number[] = [];
  const forget = (now: number): void => {
    const first = times.findIndex((time) => time > now - windowMs);
    times.splice(0, first < 0 ? times.length : first);
  };
  return {
    take(now) {
      forget(now);
      const [oldest] = times;
      if (times.length >= limit && oldest !== undefined) {
        return oldest + windowMs - now;
      }
      times.push(now);
      return undefined;
    },
    isEmpty(now) {
      forget(now);
      return times.length === 0;
    },
  };
}
