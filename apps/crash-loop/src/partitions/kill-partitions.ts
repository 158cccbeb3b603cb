import { join } from "node:path";
import { playRounds, type RoundRange } from "../kill/play-rounds.ts";
import { undisturbed } from "../kill/undisturbed.ts";
import type { Lane } from "../world/lane.ts";
import { type SourceFile, writeSource } from "../world/source-file.ts";
import { drawPartitionsRound, type LoadPhase, loadPhases } from "./draw-partitions-round.ts";
import type { UsualLoad } from "./load-moments.ts";
import {
  lookAtPartitions,
  type PartitionsResult,
  partitionsOrder,
  playPartitionsRound,
} from "./play-partitions-round.ts";

/** What is to be played. */
export interface KillPartitionsOptions extends RoundRange<PartitionsResult> {
  readonly seed: number;
  readonly rounds: number;
}

/** Values of a partition key, some of which need care on their way: names of journals, queries, spaces. */
const partitions = ["2024-01-01", "2024-01-02", "größe 3", "100%25", "a+b&c?"];
const rows = 3_000;

/** Kills `mctunnel upload --partition-by` and emulators, round after round; gives what each round came to. */
export async function killPartitions(options: KillPartitionsOptions): Promise<readonly PartitionsResult[]> {
  return await playRounds<UsualLoad, PartitionsResult>(options, {
    prepare: (lane) => writeSource(join(lane.directory, "source.csv"), rows, options.seed, partitions),
    measure,
    play: (lane, source, usual, round) =>
      playPartitionsRound(lane, source, usual, drawPartitionsRound(options, round)),
    failed: (error, round) => ({
      ...{ hits: [], sentAgain: 0, runs: 0, partly: 0 },
      problem: `${error.stack}; ${JSON.stringify(drawPartitionsRound(options, round))}`,
    }),
  });
}

/** Tells how often what died when, and what that came to. */
export function partitionsHistogram(results: readonly PartitionsResult[]): string {
  const cells = (what: string, texts: readonly (string | number)[]): string =>
    `${what.padEnd(32)}${texts.map((text) => String(text).padStart(9)).join("")}\n`;
  const died = (phase: LoadPhase, victim: string): number =>
    firsts(results).filter((hit) => hit.phase === phase && hit.victim === victim).length;
  let text = cells("died", ["client", "emulator", "both"]);
  for (const phase of loadPhases) {
    text += cells(
      phase,
      ["client", "emulator", "both"].map((victim) => died(phase, victim)),
    );
  }
  const sum = (of: (result: PartitionsResult) => number): number =>
    results.reduce((total, result) => total + of(result), 0);
  text += cells("died once more while going on", [sum(({ hits }) => Math.max(0, hits.length - 1))]);
  const again = results.reduce((most, { sentAgain }) => Math.max(most, sentAgain), 0);
  return `${text}${sum(({ runs }) => runs)} runs; after ${sum(({ partly }) => partly)} of them some partitions were in and others not; at most ${again} requests for blocks more than blocks in one round\n`;
}

/** Phases that no round died in first. */
export function loadPhasesMissed(results: readonly PartitionsResult[]): readonly LoadPhase[] {
  const hit = new Set(firsts(results).map(({ phase }) => phase));
  return loadPhases.filter((phase) => !hit.has(phase));
}

function firsts(results: readonly PartitionsResult[]): PartitionsResult["hits"] {
  return results.flatMap(({ hits }) => hits.slice(0, 1));
}

/** Loads the source undisturbed, to know what requests there are and when the first comes. */
async function measure(lane: Lane, source: SourceFile): Promise<UsualLoad> {
  const order = await partitionsOrder(lane, source, "usual", 4);
  const { end, startMs } = await undisturbed(lane, "mctunnel", order);
  const states = [...(await lookAtPartitions(lane, "usual", source)).values()];
  if (end.exitCode !== 0 || startMs === undefined || states.some(({ kind }) => kind !== "exact")) {
    throw new Error(`Expected an undisturbed load to succeed, got ${JSON.stringify(states)}: ${end.stderr}`);
  }
  return { startMs, counts: new Map(lane.gate.counts) };
}
