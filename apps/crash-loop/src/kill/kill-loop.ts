import { join } from "node:path";
import { type ClientKind, startClient } from "../world/client.ts";
import { type Lane, openLane } from "../world/lane.ts";
import { type SourceFile, writeSource } from "../world/source-file.ts";
import { compareTable } from "../world/table.ts";
import { type Draw, drawRound } from "./draw-round.ts";
import type { UsualUpload } from "./kill-points.ts";
import { type RoundGround, type RoundResult, runRound } from "./run-round.ts";

/** What a loop is to do. */
export interface KillLoopOptions extends Draw {
  /** The first of them to be done. */
  readonly from: number;
  /** The first of them not to be done any more. */
  readonly until: number;
  /** Rounds at a time, each with an emulator of its own. */
  readonly lanes: number;
  readonly onRound?: (done: number, result: RoundResult) => void;
}

/** Blocks are small, so that there are many of them in a file that is read quickly. */
const blockBytes = 24 * 1024;
const rows = 5_000;

/** Kills clients and emulators round after round; gives what each round came to. */
export async function killLoop(options: KillLoopOptions): Promise<readonly RoundResult[]> {
  const { from, until, onRound } = options;
  const waiting = Array.from({ length: until - from }, (_, index) => from + index);
  const results: RoundResult[] = [];
  const firstLane = Promise.withResolvers<ReadonlyMap<ClientKind, UsualUpload>>();
  await Promise.all(
    Array.from({ length: Math.min(options.lanes, waiting.length) }, async (_, number) => {
      let keep = false;
      await using lane = await openLane(() => keep);
      // The same for all, so that a round is the same wherever it is played.
      const source = await writeSource(join(lane.directory, "source.csv"), rows, options.seed);
      if (number === 0) measureAll(lane, source, options.clients).then(firstLane.resolve, firstLane.reject);
      const usual = await firstLane.promise;
      for (let round = waiting.shift(); round !== undefined; round = waiting.shift()) {
        const plan = drawRound(options, round);
        const ground: RoundGround = { lane, source, blockBytes, usual: usual.get(plan.client)! };
        const result = await runRound(ground, plan).catch(
          (error: unknown): RoundResult => ({
            hits: [],
            bytesShare: 0,
            sentAgain: 0,
            runs: 0,
            problem: `${(error as Error).stack}; ${JSON.stringify(plan)}`,
          }),
        );
        keep ||= result.problem !== undefined;
        results.push(
          result.problem === undefined
            ? result
            : { ...result, problem: `${result.problem} (${lane.directory})` },
        );
        onRound?.(results.length, result);
      }
    }),
  );
  return results;
}

async function measureAll(
  lane: Lane,
  source: SourceFile,
  clients: readonly ClientKind[],
): Promise<ReadonlyMap<ClientKind, UsualUpload>> {
  const usual = new Map<ClientKind, UsualUpload>();
  for (const client of clients) usual.set(client, await measure(lane, source, client));
  return usual;
}

/** Uploads the source undisturbed, to know how many blocks it has and when the first request comes. */
async function measure(lane: Lane, source: SourceFile, client: ClientKind): Promise<UsualUpload> {
  const table = `usual_${client}`;
  const order = { ...(await lane.order(table, source)), blockBytes, parallel: 4 };
  lane.gate.reset();
  const began = performance.now();
  let startMs: number | undefined;
  lane.gate.keeper = {
    step({ asked }) {
      if (asked === "create session") startMs ??= performance.now() - began;
      return true;
    },
  };
  const end = await startClient(client, order, "upload").ended;
  const state = await compareTable(lane.emulator, table, source);
  if (end.exitCode !== 0 || state.kind !== "exact" || startMs === undefined) {
    throw new Error(`Expected an undisturbed upload to succeed, got ${JSON.stringify(state)}: ${end.stderr}`);
  }
  return { blocks: lane.gate.counts.get("put block") ?? 0, startMs };
}
