/** The two powers over time that writers need; pass your own to run an upload under simulated time. */
export interface WriterClock {
  /** Milliseconds since any fixed moment. */
  now(): number;
  /** Calls back once after a delay, unless the returned function is called before. */
  startTimer(callback: () => void, delayMs: number): () => void;
}

/** The real time of the machine. */
export const systemClock: WriterClock = {
  now: () => performance.now(),
  startTimer(callback, delayMs) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
