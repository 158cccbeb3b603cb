import type { GoesOn } from "../kill/go-on.ts";
import type { Victim } from "../kill/reaper.ts";
import { seededRandom } from "../random.ts";

/** Where a load into several partitions is when something dies, in the order it goes through them. */
export const loadPhases = [
  "before the sessions",
  "sessions and blocks",
  "in the middle of a block",
  "among the commits",
  "after success was told",
] as const;

export type LoadPhase = (typeof loadPhases)[number];

/** One death of a round, at a moment of a phase: from 0 to below 1. */
export interface LoadDeath {
  readonly phase: LoadPhase;
  readonly moment: number;
  readonly victim: Victim;
}

/** Everything that is drawn for a round. */
export interface LoadPlan {
  readonly round: number;
  readonly deaths: readonly LoadDeath[];
  readonly goesOn: GoesOn;
  readonly parallel: number;
  /** How long the emulator is away. */
  readonly awayMs: number;
}

/** Draws a round; the same seed, number of rounds and round give the same plan. */
export function drawPartitionsRound(
  { seed, rounds }: { readonly seed: number; readonly rounds: number },
  round: number,
): LoadPlan {
  const random = seededRandom(Math.imul(seed, 0x10003) + round);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
  const perPhase = Math.ceil(rounds / loadPhases.length);
  const death = (phase: LoadPhase, moment: number): LoadDeath => {
    const victim = random() < 0.6 ? "client" : random() < 0.7 ? "emulator" : "both";
    return { phase, moment, victim };
  };
  const moment = (Math.floor(round / loadPhases.length) + random()) / perPhase;
  const deaths = [death(loadPhases[round % loadPhases.length] as LoadPhase, moment)];
  // What goes on may have less to do than this: then nobody dies in it.
  while (deaths.length < 3 && random() < 0.4) {
    deaths.push(death(pick(["sessions and blocks", "among the commits"]), random()));
  }
  return {
    round,
    deaths,
    goesOn: pick(["same job", "resume the job", "resume the last"]),
    // Threads take longer to start than such a small file takes to load.
    parallel: pick([1, 1, 2, 2, 3, 4]),
    awayMs: random() * 300,
  };
}
