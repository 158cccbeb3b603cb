/** An abort signal that follows another and can be let go of again, so that long-lived signals collect no listeners. */
export interface FollowingSignal {
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
  /** Stops following. */
  release(): void;
}

/** Makes a signal that aborts with its parent, or on its own. */
export function follow(parent: AbortSignal | undefined): FollowingSignal {
  const controller = new AbortController();
  const forward = (): void => controller.abort(parent?.reason);
  if (parent?.aborted) forward();
  else parent?.addEventListener("abort", forward, { once: true });
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    release: () => parent?.removeEventListener("abort", forward),
  };
}

/** The promise's outcome, or the signal's reason if that comes first: for waiting on code that knows no signal. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => undefined);
    throw signal.reason;
  }
  let forward: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    forward = () => reject(signal.reason);
    signal.addEventListener("abort", forward, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (forward !== undefined) signal.removeEventListener("abort", forward);
  }
}
