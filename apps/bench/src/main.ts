import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { benchCodec } from "./codec-bench.ts";
import { benchIngest } from "./ingest-bench.ts";
import { stampNow } from "./machine.ts";
import { benchMemory } from "./memory-bench.ts";
import { type Results, replaceResults, resultsTable } from "./results-table.ts";
import { benchUpload } from "./upload-bench.ts";

/**
 * Measures, and asserts nothing. A run replaces what it measured in results.json and in the README; `--short` only
 * prints.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: "boolean", default: false },
    rows: { type: "string" },
    megabytes: { type: "string" },
  },
});
const { short } = values;
const stamp = stampNow();

const parts: Readonly<Record<keyof Results, () => Promise<Results>>> = {
  async codec() {
    const rows = Number(values.rows ?? (short ? 50_000 : 200_000));
    const rounds = short ? 3 : 15;
    return { codec: { stamp, rows, rounds, ...(await benchCodec(rows, rounds)) } };
  },
  async upload() {
    const rows = Number(values.rows ?? (short ? 200_000 : 2_000_000));
    const rounds = short ? 1 : 3;
    return { upload: { stamp, rows, rounds, runs: await benchUpload(rows, rounds) } };
  },
  async ingest() {
    const packBytes = Number(values.megabytes ?? (short ? 32 : 256)) * 1e6;
    const rounds = short ? 3 : 9;
    return { ingest: { stamp, rounds, loads: await benchIngest({ packBytes, rounds }) } };
  },
  async memory() {
    const blockBytes = Number(values.megabytes ?? (short ? 500 : 10_000)) * 1e6;
    const loads = await benchMemory({ blockBytes, uploads: 64, uploadBytes: blockBytes / 400 });
    return { memory: { stamp, loads } };
  },
};
// Ten gigabytes are asked for by name.
const usual = ["codec", "upload", "ingest"] as const;

let results: Results = {};
for (const name of positionals.length > 0 ? positionals : usual) {
  const part = parts[name as keyof Results];
  if (part === undefined) throw new Error(`Expected ${Object.keys(parts).join(", ")}, got ${name}`);
  results = { ...results, ...(await part()) };
}
process.stdout.write(resultsTable(results));
if (!short) {
  const file = new URL("../results.json", import.meta.url);
  const all = { ...(JSON.parse(await readFile(file, "utf8")) as Results), ...results };
  await writeFile(file, `${JSON.stringify(all, null, 2)}\n`);
  const readme = new URL("../README.md", import.meta.url);
  await writeFile(readme, replaceResults(await readFile(readme, "utf8"), resultsTable(all)));
}
