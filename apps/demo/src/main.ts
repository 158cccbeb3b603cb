import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { runSql } from "@maxcompute-tunnel/service";
import { createTransport } from "@maxcompute-tunnel/transport";
import { createTunnel } from "maxcompute-tunnel";
import { startEmulatorProcess } from "./child-process.ts";
import { datasets, openDuckDb, prepareFile } from "./datasets.ts";
import { loadDataset } from "./load.ts";
import { failures, formatReport, type Loaded } from "./report.ts";
import { verifyDataset } from "./verify.ts";

/**
 * The main job on real files: start the emulator, create tables, upload with `mctunnel`, read everything back and
 * compare every value with the original. Ends with 0 only when nothing differs and memory stayed within its bound.
 */
const { values } = parseArgs({ options: { rows: { type: "string" } } });
const limit = values.rows === undefined ? Number.POSITIVE_INFINITY : Number(values.rows);
if (!(limit > 0)) throw new RangeError(`Expected --rows to be a number above 0, got ${values.rows}`);

const project = "demo";
const accessKeyId = "demo";
const accessKeySecret = randomBytes(24).toString("hex");
const started = performance.now();

const duckDb = await openDuckDb();
const files: string[] = [];
for (const dataset of datasets) {
  say(`preparing ${dataset.fileName} from ${dataset.original}`);
  files.push(await prepareFile(duckDb, dataset, limit));
}

await using emulator = await startEmulatorProcess([
  ...["--port", "0", "--project", project],
  ...["--access-id", accessKeyId, "--access-key", accessKeySecret],
]);
say(`emulator at ${emulator.endpoint}`);

const { endpoint } = emulator;
const transport = createTransport({ credentials: { kind: "access-key", accessKeyId, accessKeySecret } });
const tunnel = createTunnel({ endpoint, project, credentials: { accessKeyId, accessKeySecret } });
const environment = {
  ODPS_ENDPOINT: endpoint,
  ODPS_PROJECT: project,
  ODPS_ACCESS_ID: accessKeyId,
  ODPS_ACCESS_KEY: accessKeySecret,
};

const loaded: Loaded[] = [];
for (const [index, dataset] of datasets.entries()) {
  for (const statement of dataset.ddl) await runSql({ transport, endpoint, project }, statement);
  const target = `${project}.${dataset.table}${dataset.partition === undefined ? "" : `/${dataset.partition}`}`;
  say(`uploading ${dataset.fileName} to ${target}`);
  const upload = await loadDataset(files[index] ?? "", target, environment);
  say(`reading ${target} back and comparing it with ${dataset.original}`);
  const comparison = await verifyDataset(duckDb, dataset, limit, tunnel.download(target));
  loaded.push({ target, ...upload, ...comparison });
}
await tunnel.close();

process.stdout.write(formatReport(loaded, (performance.now() - started) / 1000));
for (const failure of failures(loaded)) {
  process.stdout.write(`FAILED  ${failure}\n`);
  process.exitCode = 1;
}

function say(what: string): void {
  process.stderr.write(`demo: ${what}\n`);
}
