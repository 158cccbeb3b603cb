import { platformSleep } from "@maxcompute-tunnel/transport";

/** Time as a session sees it: injected, so that waiting can be simulated. */
export interface SessionClock {
  /** Milliseconds since 1970, as `Date.now`. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** A number from 0 to below 1, as `Math.random`. */
  random(): number;
}

/** The machine's own clock. */
export const systemClock: SessionClock = {
  now: () => Date.now(),
  sleep: platformSleep,
  random: () => Math.random(),
};
