import { readFile } from "node:fs/promises";
import { startCoverage } from "./branch-coverage.ts";
import type { FuzzGroup } from "./fuzz-target.ts";
import { runTarget, type TargetResult } from "./run-target.ts";

// One process: `node run-group.ts GROUP INPUTS SEED`. It says where it is, and in the end what it saw.
const [name = "", inputs = "", seed = ""] = process.argv.slice(2);
const root = new URL("../../../", import.meta.url);
Error.stackTraceLimit = 0;

const coverage = await startCoverage(root);
const group = ((await import(`./targets/${name}.ts`)) as { readonly group: FuzzGroup }).group;
const whole = group.targets.reduce((sum, { share }) => sum + share, 0);
await settle();
const restingBytes = process.memoryUsage.rss();
const results: TargetResult[] = [];
for (const target of group.targets) {
  let said = 0;
  results.push(
    await runTarget(target, Math.ceil((Number(inputs) * target.share) / whole), Number(seed), (at, turn) => {
      if (++said % 500 === 1) process.send?.({ at, turn });
    }),
  );
}
const grownBytes = process.resourceUsage().maxRSS * 1024 - restingBytes;
const branches = await coverage.of(group.files, (file) => readFile(new URL(file, root), "utf8"));
process.send?.({ results, branches, grownBytes });

async function settle(): Promise<void> {
  globalThis.gc?.();
  await new Promise((resolve) => setImmediate(resolve));
}
