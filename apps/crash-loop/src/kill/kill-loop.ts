import { join } from "node:path";
import type { ClientKind } from "../world/client.ts";
import type { Lane } from "../world/lane.ts";
import { type SourceFile, writeSource } from "../world/source-file.ts";
import { compareTable } from "../world/table.ts";
import { type Draw, drawRound } from "./draw-round.ts";
import type { UsualUpload } from "./kill-points.ts";
import { playRounds, type RoundRange } from "./play-rounds.ts";
import { type RoundResult, runRound } from "./run-round.ts";
import { undisturbed } from "./undisturbed.ts";

/** What a loop is to do. */
export interface KillLoopOptions extends Draw, RoundRange<RoundResult> {}

/** Blocks are small, so that there are many of them in a file that is read quickly. */
const blockBytes = 24 * 1024;
const rows = 5_000;

/** Kills clients and emulators round after round; gives what each round came to. */
export async function killLoop(options: KillLoopOptions): Promise<readonly RoundResult[]> {
  const nothing = { hits: [], bytesShare: 0, sentAgain: 0, runs: 0 };
  return await playRounds<ReadonlyMap<ClientKind, UsualUpload>, RoundResult>(options, {
    // The same for all, so that a round is the same wherever it is played.
    prepare: (lane) => writeSource(join(lane.directory, "source.csv"), rows, options.seed),
    measure: (lane, source) => measureAll(lane, source, options.clients),
    play(lane, source, usual, round) {
      const plan = drawRound(options, round);
      return runRound({ lane, source, blockBytes, usual: usual.get(plan.client)! }, plan);
    },
    failed: (error, round) => ({
      ...nothing,
      problem: `${error.stack}; ${JSON.stringify(drawRound(options, round))}`,
    }),
  });
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
  const { end, startMs } = await undisturbed(lane, client, order);
  const state = await compareTable(lane.emulator, table, source);
  if (end.exitCode !== 0 || state.kind !== "exact" || startMs === undefined) {
    throw new Error(`Expected an undisturbed upload to succeed, got ${JSON.stringify(state)}: ${end.stderr}`);
  }
  return { blocks: lane.gate.counts.get("put block") ?? 0, startMs };
}
