import { platformSleep, type Sleep } from "./sleep.ts";

/** Says when so many bytes of a body may leave: at once, or once the promise resolves. */
export type Pace = (bytes: number, signal: AbortSignal) => Promise<void> | undefined;

/** What a pace measures and waits with. */
export interface PaceOptions {
  /** Milliseconds that only go forward. @default performance.now */
  readonly clock?: () => number;
  /** @default the platform's timers */
  readonly sleep?: Sleep;
}

/**
 * A limit on what is sent, as bytes a second over all requests that share it. Bodies leave in pieces of 64 KiB, each in
 * its turn; up to a quarter of a second's worth may follow a pause at once.
 *
 * @throws RangeError unless the limit is more than 0
 */
export function createPace(bytesPerSecond: number, options: PaceOptions = {}): Pace {
  if (!(bytesPerSecond > 0)) {
    throw new RangeError(`Expected a limit of more than 0 bytes a second, got ${bytesPerSecond}`);
  }
  const { clock = () => performance.now(), sleep = platformSleep } = options;
  let freeAt = Number.NEGATIVE_INFINITY;
  return (bytes, signal) => {
    const now = clock();
    const { waitMs, nextFreeAt } = departure(freeAt, now, bytes, bytesPerSecond);
    freeAt = nextFreeAt;
    return waitMs > 0 ? sleep(waitMs, signal) : undefined;
  };
}

/**
 * When bytes may leave, and when the next ones after them.
 *
 * @param freeAt when everything before has left at the limit's speed
 */
export function departure(
  freeAt: number,
  now: number,
  bytes: number,
  bytesPerSecond: number,
): { readonly waitMs: number; readonly nextFreeAt: number } {
  const from = Math.max(freeAt, now - burstMs);
  return { waitMs: Math.max(0, from - now), nextFreeAt: from + (bytes / bytesPerSecond) * 1000 };
}

const burstMs = 250;
