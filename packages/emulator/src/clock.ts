/**
 * Time as the emulator sees it: session lifetimes, idle connections and every date it writes.
 *
 * Signature skew is the one exception; it is checked against the machine's own clock.
 */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /** Runs `callback` once, `delayMs` from now, and returns what cancels it. Never keeps the process alive. */
  schedule(delayMs: number, callback: () => void): () => void;
}

/** A clock that runs like the machine's and can be put forward: 24 hours pass in no time. */
export interface AdjustableClock extends Clock {
  /** Puts the clock forward and runs what became due, in order of its time. */
  advance(milliseconds: number): void;
}

interface Entry {
  readonly dueAt: number;
  readonly callback: () => void;
  timer: NodeJS.Timeout | undefined;
}

/** Longest delay a platform timer takes; longer ones are set again when they fire. */
const longestTimerMs = 2 ** 31 - 1;

/** Makes a clock that starts at the machine's time and can be put forward. */
export function createAdjustableClock(): AdjustableClock {
  const entries = new Set<Entry>();
  let aheadMs = 0;

  const now = (): number => Date.now() + aheadMs;

  const run = (entry: Entry): void => {
    if (entry.dueAt > now()) {
      arm(entry);
    } else if (entries.delete(entry)) {
      clearTimeout(entry.timer);
      entry.callback();
    }
  };

  const arm = (entry: Entry): void => {
    clearTimeout(entry.timer);
    entry.timer = setTimeout(run, Math.min(Math.max(entry.dueAt - now(), 0), longestTimerMs), entry);
    entry.timer.unref();
  };

  return {
    now,
    schedule(delayMs, callback) {
      const entry: Entry = { dueAt: now() + delayMs, callback, timer: undefined };
      entries.add(entry);
      arm(entry);
      return () => {
        clearTimeout(entry.timer);
        entries.delete(entry);
      };
    },
    advance(milliseconds) {
      if (!(milliseconds >= 0)) {
        throw new RangeError(`Expected a clock to go forward, got ${milliseconds} milliseconds`);
      }
      aheadMs += milliseconds;
      for (const entry of [...entries].sort((a, b) => a.dueAt - b.dueAt)) {
        run(entry);
      }
    },
  };
}
