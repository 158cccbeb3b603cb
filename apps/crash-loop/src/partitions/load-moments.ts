import type { Trigger } from "../kill/reaper.ts";
import type { Asked, Passage, Step } from "../world/gate.ts";
import type { LoadDeath } from "./draw-partitions-round.ts";

/** What is known of an undisturbed load of the same source. */
export interface UsualLoad {
  /** From the start of the process until its first request. */
  readonly startMs: number;
  /** How many requests there are of each kind. */
  readonly counts: ReadonlyMap<Asked, number>;
}

/** Finds the moment of a death; a trigger is for one run. */
export function momentOf({ phase, moment }: LoadDeath, usual: UsualLoad): Trigger {
  const count = (kind: Asked): number => usual.counts.get(kind) ?? 0;
  switch (phase) {
    case "before the sessions":
      return { afterMs: moment * usual.startMs, isReached: ({ asked }) => asked === "create session" };
    case "sessions and blocks":
      return { isReached: nthStep(loading, moment * (count("create session") + count("put block"))) };
    case "among the commits":
      return { isReached: nthStep(committing, moment * count("commit")) };
    case "in the middle of a block": {
      const block = Math.floor(moment * count("put block"));
      const part = moment * count("put block") - block;
      return {
        isReached: (_, step) => step === "cut",
        allowance({ index, bodyBytes }, passedBytes) {
          const left = Math.floor(part * bodyBytes) - passedBytes;
          return index === block && left >= 0 ? left : Number.POSITIVE_INFINITY;
        },
      };
    }
    case "after success was told":
      return { isTold: true };
  }
}

/** The step that comes after so many requests of these kinds, and parts of a request. */
function nthStep(kinds: ReadonlySet<Asked>, requests: number): (passage: Passage, step: Step) => boolean {
  const wanted = Math.floor(requests * stepsOfRequest);
  let seen = 0;
  return ({ asked }, step) => {
    if (!kinds.has(asked) || step === "cut") return false;
    seen += 1;
    return seen === wanted + 1;
  };
}

const loading: ReadonlySet<Asked> = new Set(["create session", "put block"]);
const committing: ReadonlySet<Asked> = new Set(["commit"]);
/** It arrives, is sent, has an answer, and is answered. */
const stepsOfRequest = 4;
