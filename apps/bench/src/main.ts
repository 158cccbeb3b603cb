import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { benchCodec } from "./codec-bench.ts";
import { type Results, replaceResults, resultsTable } from "./results-table.ts";
import { benchUpload } from "./upload-bench.ts";

/**
 * Measures, and asserts nothing. The whole run writes results.json and the table in the README; `--short` only
 * prints.
 */
const { values } = parseArgs({
  options: { short: { type: "boolean", default: false }, rows: { type: "string" } },
});
const { short } = values;
const rows = Number(values.rows ?? (short ? 50_000 : 200_000));
const codecRounds = short ? 3 : 15;
const uploadRows = values.rows === undefined ? (short ? 200_000 : 2_000_000) : rows;
const uploadRounds = short ? 1 : 3;

const [cpu] = cpus();
const results: Results = {
  date: new Date().toISOString().slice(0, 10),
  machine: { node: process.versions.node, cpu: cpu?.model.trim() ?? "unknown", cores: cpus().length },
  codec: { rows, rounds: codecRounds, ...(await benchCodec(rows, codecRounds)) },
  upload: { rows: uploadRows, rounds: uploadRounds, runs: await benchUpload(uploadRows, uploadRounds) },
};
process.stdout.write(resultsTable(results));
if (!short) {
  const readme = new URL("../README.md", import.meta.url);
  await writeFile(new URL("../results.json", import.meta.url), `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(readme, replaceResults(await readFile(readme, "utf8"), resultsTable(results)));
}
