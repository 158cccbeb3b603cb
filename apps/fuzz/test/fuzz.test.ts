import { mkdir, writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { fuzz, growthLimitBytes } from "../src/fuzz.ts";
import { report, summary, totals } from "../src/report.ts";
import { leftWrong } from "../src/run-target.ts";

/** More of them, or others, where time does not matter. */
const inputs = Number(process.env["FUZZ_INPUTS"] ?? 1_000_000);
const seed = Number(process.env["FUZZ_SEED"] ?? 20_261_122);

it("a million made and changed inputs are read or refused as they should be, in bounded memory", async () => {
  const start = performance.now();
  const results = await fuzz(inputs, seed);
  const elapsedMs = performance.now() - start;
  const notes = new URL("../reports/notes.txt", import.meta.url);
  await mkdir(new URL(".", notes), { recursive: true });
  await writeFile(notes, summary(results, seed, elapsedMs));
  console.log(report(results, seed, elapsedMs));

  const sums = totals(results);
  expect(sums.inputs).toBeGreaterThanOrEqual(inputs);
  expect(sums.mostGrownBytes).toBeLessThan(growthLimitBytes);
  expect(sums.takenBranches / sums.branches).toBeGreaterThanOrEqual(0.92);
  expect(sums.repaired / sums.inputs).toBeGreaterThanOrEqual(0.5);
  // Inputs do get past the checksums: some of every kind are whole.
  for (const { results: targets } of results) {
    for (const target of targets) {
      expect(target.taken, target.name).toBeGreaterThan(0);
      if (target.repaired > 0)
        expect(target.repaired, target.name).toBe(target.inputs - Math.ceil(target.inputs / leftWrong));
    }
  }
}, 1_200_000);
