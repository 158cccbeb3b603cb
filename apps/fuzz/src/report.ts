import type { GroupResult } from "./fuzz.ts";

/** Sums over all groups. */
export interface Totals {
  readonly inputs: number;
  readonly repaired: number;
  readonly taken: number;
  readonly takenBranches: number;
  readonly branches: number;
  readonly mostGrownBytes: number;
}

/** Adds up what the groups saw. */
export function totals(results: readonly GroupResult[]): Totals {
  const targets = results.flatMap((group) => group.results);
  const files = results.flatMap((group) => group.branches);
  const sum = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
    items.reduce((before, item) => before + of(item), 0);
  return {
    inputs: sum(targets, ({ inputs }) => inputs),
    repaired: sum(targets, ({ repaired }) => repaired),
    taken: sum(targets, ({ taken }) => taken),
    takenBranches: sum(files, ({ taken }) => taken),
    branches: sum(files, ({ all }) => all),
    mostGrownBytes: Math.max(...results.map(({ grownBytes }) => grownBytes)),
  };
}

/** What was fuzzed, for people: a line for each target, the branches taken in each file, and the sums. */
export function report(results: readonly GroupResult[], seed: number, elapsedMs: number): string {
  const targets = results
    .flatMap((group) => group.results)
    .map(
      ({ name, inputs, repaired, taken, refused, cpuMs }) =>
        `  ${name}: ${inputs} inputs, ${repaired} with right checksums, ${taken} taken, ${refused} refused, ${(cpuMs / 1000).toFixed(1)} s of processor time\n`,
    );
  const files = results
    .flatMap((group) => group.branches)
    .map(({ file, taken, all, missed }) => {
      const percent = `${Math.floor((100 * taken) / all)} %`.padStart(5);
      const lines = missed.length > 0 ? `; not lines ${missed.join(", ")}` : "";
      return `  ${percent}  ${file}: ${taken} of ${all} branches${lines}\n`;
    });
  return `${targets.join("")}${files.join("")}${summary(results, seed, elapsedMs)}`;
}

/** The sums in one line. */
export function summary(results: readonly GroupResult[], seed: number, elapsedMs: number): string {
  const { inputs, repaired, taken, takenBranches, branches, mostGrownBytes } = totals(results);
  const percent = ((100 * takenBranches) / branches).toFixed(1);
  return `fuzz: ${inputs} inputs (${repaired} with right checksums, ${taken} taken) with seed ${seed} in ${(elapsedMs / 1000).toFixed(0)} s; ${percent} % of ${branches} branches; at most ${(mostGrownBytes / 2 ** 20).toFixed(0)} MiB more memory\n`;
}
