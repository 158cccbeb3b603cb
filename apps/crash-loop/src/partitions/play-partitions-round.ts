import { goOn } from "../kill/go-on.ts";
import type { UploadOrder } from "../world/client.ts";
import type { Lane } from "../world/lane.ts";
import type { SourceFile } from "../world/source-file.ts";
import { compareTable } from "../world/table.ts";
import type { LoadDeath, LoadPlan } from "./draw-partitions-round.ts";
import { judgePartitions, type PartitionStates } from "./judge-partitions.ts";
import { momentOf, type UsualLoad } from "./load-moments.ts";

/** How a round went. */
export interface PartitionsResult {
  /** The deaths that were hit, in order. */
  readonly hits: readonly LoadDeath[];
  /** Requests for blocks beyond one for each, over all runs. */
  readonly sentAgain: number;
  /** Runs until the load was done. */
  readonly runs: number;
  /** After how many of these some partitions were whole, and others were not there. */
  readonly partly: number;
  /** What was wrong; nothing when all was as promised. */
  readonly problem?: string;
}

/** The order to load a source into the partitions of a table of its own. */
export async function partitionsOrder(
  lane: Lane,
  source: SourceFile,
  table: string,
  parallel: number,
): Promise<UploadOrder> {
  return { ...(await lane.order(table, source)), blockBytes, parallel, partitionBy: "part" };
}

/** Loads, lets die what is to die, and goes on until the load is done; each partition is looked at after every run. */
export async function playPartitionsRound(
  lane: Lane,
  source: SourceFile,
  usual: UsualLoad,
  plan: LoadPlan,
): Promise<PartitionsResult> {
  const { deaths, goesOn, parallel, awayMs, round } = plan;
  const table = `p${round}`;
  const base = await partitionsOrder(lane, source, table, parallel);
  let states: PartitionStates = new Map();
  let partly = 0;
  const { runs, puts, hits, problem } = await goOn({
    ...{ lane, goesOn, awayMs },
    client: "mctunnel",
    order: goesOn === "resume the last" ? base : { ...base, job: `round-${round}` },
    strikes: deaths.map((death) => ({
      trigger: momentOf(death, usual),
      victim: death.victim,
      signal: "SIGKILL",
    })),
    async judge(end) {
      const before = states;
      states = await lookAtPartitions(lane, table, source);
      const whole = [...states.values()].filter(({ kind }) => kind === "exact").length;
      if (whole > 0 && whole < states.size) partly += 1;
      return judgePartitions(end, before, states);
    },
  });
  const hit = hits.map(({ strike }) => deaths[strike]!);
  const sentAgain = Math.max(0, puts - (usual.counts.get("put block") ?? 0));
  const result = { hits: hit, sentAgain, runs, partly };
  // Only what was in flight is sent again. A block whose neighbour was known may be cut elsewhere, once in each partition.
  const most = hits.length * (parallel + source.partitions.length);
  const tooMany =
    sentAgain > most && hit.every(({ victim }) => victim === "client")
      ? `${sentAgain} blocks sent again, of which ${most} may be`
      : undefined;
  const wrong = problem ?? tooMany;
  return wrong === undefined ? result : { ...result, problem: `${wrong}; ${JSON.stringify(plan)}` };
}

/** What each partition of a table holds. */
export async function lookAtPartitions(
  lane: Lane,
  table: string,
  source: SourceFile,
): Promise<PartitionStates> {
  const states = new Map<string, Awaited<ReturnType<typeof compareTable>>>();
  for (const part of source.partitions) {
    states.set(part, await compareTable(lane.emulator, table, source, part));
  }
  return states;
}

/** Many blocks in a file that is read quickly. */
const blockBytes = 12 * 1024;
