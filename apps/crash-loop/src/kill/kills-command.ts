import { parseArgs } from "node:util";
import {
  type KillPartitionsOptions,
  killPartitions,
  loadPhasesMissed,
  partitionsHistogram,
} from "../partitions/kill-partitions.ts";
import type { ClientKind } from "../world/client.ts";
import type { Death } from "./draw-round.ts";
import { killHistogram, phasesMissed } from "./histogram.ts";
import { type KillLoopOptions, killLoop } from "./kill-loop.ts";

/** `kills`: kills clients and emulators at moments that are spread evenly; true when every round was good. */
export async function kills(args: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "200" },
      seed: { type: "string", default: "1" },
      round: { type: "string" },
      from: { type: "string", default: "0" },
      lanes: { type: "string", default: "4" },
      client: { type: "string", default: "both" },
      signal: { type: "string", default: "SIGKILL" },
      "partition-by": { type: "boolean", default: false },
    },
  });
  const [rounds, seed] = [Number(values.rounds), Number(values.seed)];
  const began = performance.now();
  const range = {
    ...{ rounds, seed },
    lanes: Number(values.lanes),
    from: values.round === undefined ? Number(values.from) : Number(values.round),
    until: values.round === undefined ? rounds : Number(values.round) + 1,
    onRound(done: number, { problem }: { readonly problem?: string }) {
      if (problem !== undefined) process.stderr.write(`WRONG  ${problem}\n`);
      if (done % 20 === 0) process.stderr.write(`${done} of ${rounds} …\n`);
    },
  };
  const played = values["partition-by"]
    ? await playPartitions(range)
    : await playTables({
        ...range,
        clients: values.client === "both" ? ["mctunnel", "library"] : [values.client as ClientKind],
        signals: values.signal.split(",") as Death["signal"][],
      });
  const { histogram, results } = played;
  const problems = results.flatMap(({ problem }) => problem ?? []);
  process.stdout.write(histogram);
  for (const problem of problems) process.stdout.write(`WRONG  ${problem}\n`);
  const missed = values.round === undefined && rounds >= 20 ? played.missed : [];
  if (missed.length > 0) process.stdout.write(`NEVER HIT  ${missed.join(", ")}\n`);
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  const good = results.length - problems.length;
  process.stdout.write(
    `${good} of ${results.length} rounds: ${played.promise} (seed ${seed}, ${seconds} s)\n`,
  );
  return problems.length === 0 && missed.length === 0;
}

/** What rounds came to, ready to be told. */
interface Played {
  readonly results: readonly { readonly problem?: string }[];
  readonly histogram: string;
  readonly missed: readonly string[];
  readonly promise: string;
}

async function playTables(options: KillLoopOptions): Promise<Played> {
  const results = await killLoop(options);
  const promise = "the table was the source, each row once";
  return { results, histogram: killHistogram(results), missed: phasesMissed(results), promise };
}

async function playPartitions(options: KillPartitionsOptions): Promise<Played> {
  const results = await killPartitions(options);
  const promise = "each partition was empty or whole, and in the end held its rows, each once";
  return { results, histogram: partitionsHistogram(results), missed: loadPhasesMissed(results), promise };
}
