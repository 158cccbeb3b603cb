import type { TunnelConfiguration } from "maxcompute-tunnel";

/** Time limits that no pause between attempts is as long as. */
export const patience = { firstByteMs: 7_654_321, idleMs: 7_654_322 } as const;

/** A client's clock: pauses are over at once, time limits when it is told to lose patience. */
export interface ImpatientClock extends NonNullable<TunnelConfiguration["clock"]> {
  /** Every pause so far, in milliseconds. */
  readonly pauses: readonly number[];
  /** Ends all waiting for answers that is going on. */
  losePatience(): void;
}

/** `onPause` sees every pause before it is over: a server's clock may be put forward there. */
export function impatientClock(onPause: (ms: number) => void = () => undefined): ImpatientClock {
  const waiting = new Set<() => void>();
  const pauses: number[] = [];
  let aheadMs = 0;
  return {
    pauses,
    now: () => Date.now() + aheadMs,
    random: () => 0.5,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      if (ms === patience.firstByteMs || ms === patience.idleMs) {
        await new Promise<void>((resolve, reject) => {
          waiting.add(resolve);
          signal?.addEventListener("abort", () => {
            waiting.delete(resolve);
            reject(signal.reason);
          });
        });
        return;
      }
      pauses.push(ms);
      aheadMs += ms;
      onPause(ms);
    },
    losePatience() {
      for (const end of waiting) {
        waiting.delete(end);
        end();
      }
    },
  };
}
