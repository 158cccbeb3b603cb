import { plantedDefects } from "../defects/planted-defects.ts";
import { runMany, type SeedResult } from "../run/run-many.ts";
import type { SimulateOptions } from "./simulate.ts";

/** Looks for each planted defect in turn and says which seed shows it. True when all were found. */
export async function findPlanted({ schedules, seed, threads, say }: SimulateOptions): Promise<boolean> {
  let found = 0;
  for (const { name, what } of plantedDefects) {
    let first: SeedResult | undefined;
    const runs = Array.from({ length: schedules }, (_, index) => ({ seed: seed + index, defect: name }));
    await runMany(runs, {
      threads,
      isEnough: () => first !== undefined,
      onResult(result) {
        const isEarlier = first === undefined || result.run.seed < first.run.seed;
        if (result.result.violations.length > 0 && isEarlier) {
          first = result;
        }
      },
    });
    const shown = first as SeedResult | undefined;
    if (shown === undefined) {
      say(`NOT FOUND  ${name}: ${what}`);
    } else {
      found += 1;
      say(`seed ${String(shown.run.seed).padStart(4)}  ${name}: ${what}`);
      say(`           ${shown.result.violations[0]}`);
    }
  }
  say(`${found} of ${plantedDefects.length} planted defects found, each within ${schedules} schedules`);
  return found === plantedDefects.length;
}
