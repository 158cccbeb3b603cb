import { fuzz } from "./fuzz.ts";
import { report } from "./report.ts";

// `node src/main.ts [INPUTS] [SEED]`
const [inputs = "1000000", seed = `${Date.now() % 1_000_000}`] = process.argv.slice(2);
const start = performance.now();
const results = await fuzz(Number(inputs), Number(seed));
process.stdout.write(report(results, Number(seed), performance.now() - start));
