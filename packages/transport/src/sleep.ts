/** Waits some milliseconds; rejects with the signal's reason as soon as that aborts. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

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
