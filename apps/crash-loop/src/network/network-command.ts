import { join } from "node:path";
import { parseArgs } from "node:util";
import { openLane } from "../world/lane.ts";
import { writeSource } from "../world/source-file.ts";
import { drawMishap, mishapKinds } from "./draw-mishap.ts";
import { type NetworkResult, networkRound } from "./network-round.ts";

/** `network`: breaks the network of uploads in every way and direction; true when every round was good. */
export async function network(args: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "240" },
      seed: { type: "string", default: "1" },
      round: { type: "string" },
      lanes: { type: "string", default: "6" },
    },
  });
  const [rounds, seed] = [Number(values.rounds), Number(values.seed)];
  const began = performance.now();
  let keep = false;
  await using lane = await openLane(() => keep);
  const source = await writeSource(join(lane.directory, "source.csv"), 4_000, seed);
  const usual = await networkRound(lane, source, "usual", undefined);
  if (usual.problem !== undefined || usual.outcome !== "success")
    throw new Error(usual.problem ?? usual.error);
  const waiting =
    values.round === undefined ? Array.from({ length: rounds }, (_, i) => i) : [Number(values.round)];
  const results: NetworkResult[] = [];
  await Promise.all(
    Array.from({ length: Number(values.lanes) }, async () => {
      for (let round = waiting.shift(); round !== undefined; round = waiting.shift()) {
        const mishap = drawMishap(seed, rounds, round, usual.passed);
        const result = await networkRound(lane, source, String(round), mishap);
        if (result.problem !== undefined) {
          keep = true;
          process.stderr.write(`WRONG  round ${round}: ${result.problem} (${lane.directory})\n`);
        }
        if (values.round !== undefined) process.stdout.write(`${JSON.stringify(result)}\n`);
        results.push(result);
      }
    }),
  );
  process.stdout.write(table(results));
  const good = results.filter(({ problem }) => problem === undefined).length;
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  process.stdout.write(
    `${good} of ${results.length} rounds: success or a clear error, and the table was the source in the end (seed ${seed}, ${seconds} s)\n`,
  );
  return good === results.length;
}

function table(results: readonly NetworkResult[]): string {
  const row = (what: string, cells: readonly (string | number)[]): string =>
    `${what.padEnd(20)}${cells.map((cell) => String(cell).padStart(12)).join("")}\n`;
  let text = row("", ["rounds", "happened", "success", "error", "unknown", "sent again", "slowest"]);
  for (const { kind, direction } of mishapKinds) {
    const these = results.filter(
      ({ mishap }) => mishap.effect.kind === kind && mishap.direction === direction,
    );
    const of = (outcome: string): number => these.filter((result) => result.outcome === outcome).length;
    text += row(`${kind} ${direction}`, [
      these.length,
      these.filter(({ hasHappened }) => hasHappened).length,
      of("success"),
      of("error"),
      of("unknown"),
      these.reduce((sum, { retries }) => sum + retries, 0),
      `${(these.reduce((most, { ms }) => Math.max(most, ms), 0) / 1000).toFixed(1)} s`,
    ]);
  }
  const codes = new Map<string, number>();
  for (const { error } of results) {
    const code = error?.split(":")[0];
    if (code !== undefined) codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  if (codes.size === 0) return text;
  return `${text}errors: ${[...codes].map(([code, count]) => `${code} ${count}`).join(", ")}\n`;
}
