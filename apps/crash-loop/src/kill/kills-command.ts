import { parseArgs } from "node:util";
import type { ClientKind } from "../world/client.ts";
import type { Death } from "./draw-round.ts";
import { killHistogram, phasesMissed } from "./histogram.ts";
import { killLoop } from "./kill-loop.ts";

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
    },
  });
  const [rounds, seed, lanes] = [Number(values.rounds), Number(values.seed), Number(values.lanes)];
  const clients: readonly ClientKind[] =
    values.client === "both" ? ["mctunnel", "library"] : [values.client as ClientKind];
  const began = performance.now();
  const results = await killLoop({
    rounds,
    seed,
    lanes,
    clients,
    signals: values.signal.split(",") as Death["signal"][],
    from: values.round === undefined ? Number(values.from) : Number(values.round),
    until: values.round === undefined ? rounds : Number(values.round) + 1,
    onRound: (done, { problem }) => {
      if (problem !== undefined) process.stderr.write(`WRONG  ${problem}\n`);
      if (done % 20 === 0) process.stderr.write(`${done} of ${rounds} …\n`);
    },
  });
  const problems = results.flatMap(({ problem }) => problem ?? []);
  process.stdout.write(killHistogram(results));
  for (const problem of problems) process.stdout.write(`WRONG  ${problem}\n`);
  const missed = values.round === undefined && rounds >= 20 ? phasesMissed(results) : [];
  if (missed.length > 0) process.stdout.write(`NEVER HIT  ${missed.join(", ")}\n`);
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  const good = results.length - problems.length;
  process.stdout.write(
    `${good} of ${results.length} rounds: the table was the source, each row once (seed ${seed}, ${seconds} s)\n`,
  );
  return problems.length === 0 && missed.length === 0;
}
