import { mkdir, readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { stampNow } from "./harness/machine.ts";
import { calibrate } from "./harness/quietness.ts";
import { measureSuite } from "./measure-suite.ts";
import { installPeers } from "./peers/peers.ts";
import { disagreements } from "./report/agreement.ts";
import type { Results } from "./report/goals.ts";
import { replaceResults, report } from "./report/readme.ts";
import { type ServerResults, serverPart } from "./report/server-part.ts";
import { keepResult, readResult } from "./results-store.ts";
import { benchMemory } from "./suites/emulator-memory.ts";
import { suites } from "./suites/index.ts";
import { benchIngest } from "./suites/ingest.ts";
import type { SuiteResult } from "./suites/suite.ts";

/**
 * Measures, and fails only on wrong results, never on time. Without names it runs everything but `memory`, which sends
 * ten gigabytes. `--write` keeps the results and renders all that are kept into the README; `--render` only renders.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    render: { type: "boolean", default: false },
    peers: { type: "boolean" },
    megabytes: { type: "string" },
  },
  allowNegative: true,
});
const { short, write, render } = values;
const all = [...Object.keys(suites), "ingest"];
const names = render ? [] : positionals.length > 0 ? positionals : all;
const unknown = names.find((name) => ![...all, "memory"].includes(name));
if (unknown !== undefined) throw new Error(`Expected ${[...all, "memory"].join(", ")}, got ${unknown}`);

const progress = (text: string): void => {
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${text.slice(0, 100)}` : `${text}\n`);
};
const needsPeers = names.some((name) => /^(rows|columns|upload-)/.test(name));
const peers = await installPeers(needsPeers && (values.peers ?? !short), progress);
calibrate();

const measured: Record<string, SuiteResult> = {};
let servers: ServerResults = {};
for (const name of names) {
  progress(`== ${name}`);
  const suite = suites[name];
  if (suite !== undefined) {
    measured[name] = await measureSuite(suite, { short, peers, progress });
    if (write) await keepResult(name, measured[name]);
  } else {
    servers = { ...servers, ...(await measureServer(name)) };
    if (write) await keepResult(name, servers[name as keyof ServerResults]);
  }
}
progress("");

const before: Record<string, SuiteResult | undefined> = {};
for (const name of Object.keys(suites)) before[name] = await readResult(name, true);
if (write || render) {
  const kept: Record<string, SuiteResult | undefined> = {};
  for (const name of Object.keys(suites)) kept[name] = await readResult(name);
  const server = (await readServers()) satisfies ServerResults;
  const { markdown, charts } = report(kept, before);
  await mkdir(new URL("../charts/", import.meta.url), { recursive: true });
  for (const [file, svg] of Object.entries(charts)) {
    await writeFile(new URL(`../charts/${file}`, import.meta.url), svg);
  }
  const readme = new URL("../README.md", import.meta.url);
  const results = `${markdown}\n${serverPart(server)}\n`;
  await writeFile(readme, replaceResults(await readFile(readme, "utf8"), results));
}
if (!render) {
  process.stdout.write(`${report(measured satisfies Results, before).markdown}\n${serverPart(servers)}\n`);
}
const wrong = disagreements(measured);
for (const text of wrong) process.stderr.write(`wrong: ${text}\n`);
process.exitCode = wrong.length === 0 ? 0 : 1;

async function measureServer(name: string): Promise<ServerResults> {
  const stamp = stampNow();
  if (name === "ingest") {
    const rounds = short ? 1 : 5;
    const loads = await benchIngest({
      packBytes: Number(values.megabytes ?? (short ? 16 : 128)) * 1e6,
      rounds,
    });
    return { ingest: { stamp, rounds, loads } };
  }
  const blockBytes = Number(values.megabytes ?? (short ? 500 : 10_000)) * 1e6;
  const loads = await benchMemory({ blockBytes, uploads: 64, uploadBytes: blockBytes / 400 });
  return { memory: { stamp, loads } };
}

async function readServers(): Promise<ServerResults> {
  const ingest = await readResult<NonNullable<ServerResults["ingest"]>>("ingest");
  const memory = await readResult<NonNullable<ServerResults["memory"]>>("memory");
  return { ...(ingest && { ingest }), ...(memory && { memory }) };
}
