import type { Sample } from "./sample.ts";

/** Does a contender's work once. */
export type RunOnceMore = () => Promise<Sample>;

/** Rates of two runs this close are one that has settled. */
const settled = 0.05;

/**
 * A turn: the work is done again until it has taken so long in all. What is short is over before a processor that ran
 * something else has its caches and branches in order, and says little.
 *
 * @param seconds 0 does it once
 */
export async function takeTurn(run: RunOnceMore, seconds: number): Promise<Sample> {
  let sum = await run();
  while (sum.seconds < seconds) {
    const next = await run();
    sum = {
      seconds: sum.seconds + next.seconds,
      cpuSeconds: sum.cpuSeconds + next.cpuSeconds,
      rows: sum.rows + next.rows,
      bytes: sum.bytes + next.bytes,
    };
  }
  return sum;
}

/**
 * Lets a contender get into its stride: its work is done again for at least so many seconds, and then until a run is no
 * quicker than the quickest before it, but for no more than twice as long. Compilers need that; nothing of it counts.
 */
export async function warmUp(run: RunOnceMore, seconds: number): Promise<void> {
  let quickest = 0;
  for (let worked = 0; worked < seconds * 2; ) {
    const sample = await run();
    worked += sample.seconds;
    const rate = sample.rows / sample.seconds;
    if (worked >= seconds && rate <= quickest * (1 + settled)) return;
    quickest = Math.max(quickest, rate);
  }
}
