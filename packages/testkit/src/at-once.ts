/** From here on a wait is taken for a timeout, which never comes; below it for a pause, which takes no time. */
const timeoutMs = 900_000;

/** Options for a transport under test: no pause takes time, and no timeout ever comes. */
export const atOnce: {
  readonly timeouts: { readonly firstByteMs: number; readonly idleMs: number; readonly callMs: number };
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
} = {
  timeouts: { firstByteMs: timeoutMs + 1, idleMs: timeoutMs + 2, callMs: timeoutMs + 3 },
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      if (ms < timeoutMs) return void setImmediate(resolve);
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    }),
};
