import type { UploadOrder } from "../world/client.ts";
import type { Lane } from "../world/lane.ts";
import type { SourceFile } from "../world/source-file.ts";
import { compareTable } from "../world/table.ts";
import type { Death, RoundPlan } from "./draw-round.ts";
import { goOn, mayBeEither } from "./go-on.ts";
import { type KillPhase, triggerOf, type UsualUpload } from "./kill-points.ts";

/** How a round went. */
export interface RoundResult {
  /** The deaths that were hit, in order. */
  readonly hits: readonly { readonly phase: KillPhase; readonly victim: Death["victim"] }[];
  /** Share of all bytes of blocks that had passed at the first death, from 0 to 1. */
  readonly bytesShare: number;
  /** Requests for blocks beyond one for each, over all runs of the upload. */
  readonly sentAgain: number;
  /** Runs of the client until the upload was done. */
  readonly runs: number;
  /** What was wrong; nothing when all was as promised. */
  readonly problem?: string;
}

/** What rounds of a lane have in common. */
export interface RoundGround {
  readonly lane: Lane;
  readonly source: SourceFile;
  readonly blockBytes: number;
  readonly usual: UsualUpload;
}

/**
 * Uploads, lets die what is to die, goes on until the upload says that it is done, and once more after that. After every
 * run the table is compared with the source, and with what the run said.
 */
export async function runRound(ground: RoundGround, plan: RoundPlan): Promise<RoundResult> {
  const { lane, source, blockBytes, usual } = ground;
  const { client, goesOn, awayMs, parallel } = plan;
  const table = `t${plan.round}_${client}`;
  const base = { ...(await lane.order(table, source)), blockBytes, parallel };
  const order: UploadOrder = goesOn === "resume the last" ? base : { ...base, job: `round-${plan.round}` };
  const { runs, puts, hits, problem } = await goOn({
    ...{ lane, client, order, goesOn, awayMs },
    strikes: plan.deaths.map(({ point, victim, signal }) => ({
      ...{ victim, signal },
      trigger: triggerOf(point, usual, blockBytes),
    })),
    async judge(end) {
      const state = await compareTable(lane.emulator, table, source);
      if (state.kind === "wrong") return `the table holds ${state.what}`;
      if (end.exitCode === 0)
        return state.kind === "exact" ? undefined : "success was told, and the table is empty";
      return state.kind === "exact" && !mayBeEither(end)
        ? "failure was told, and the rows are there"
        : undefined;
    },
  });
  const result: RoundResult = {
    hits: hits.map(({ strike }) => {
      const { point, victim } = plan.deaths[strike]!;
      return { phase: point.phase, victim };
    }),
    bytesShare: (hits[0]?.passedBytes ?? 0) / Math.max(1, source.bytes),
    sentAgain: Math.max(0, puts - usual.blocks),
    runs,
  };
  if (problem !== undefined) return { ...result, problem: `${problem}; ${JSON.stringify(plan)}` };
  return checkSentAgain(result, plan);
}

/** What was in flight when a client died may be sent again, and nothing else. */
function checkSentAgain(result: RoundResult, plan: RoundPlan): RoundResult {
  const { hits, sentAgain } = result;
  const most = hits.length * plan.parallel;
  // An emulator that is away makes clients try in vain, which is no block sent.
  if (sentAgain <= most || hits.some(({ victim }) => victim !== "client")) return result;
  return { ...result, problem: `${sentAgain} blocks sent again, ${most} in flight; ${JSON.stringify(plan)}` };
}
