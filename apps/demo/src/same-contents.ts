import { randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createGzip } from "node:zlib";
import type { DuckDBConnection } from "@duckdb/node-api";
import { runSql } from "@maxcompute-tunnel/service";
import { createTransport } from "@maxcompute-tunnel/transport";
import { createTunnel } from "maxcompute-tunnel";
import { runMctunnel, startEmulatorProcess } from "./child-process.ts";
import { comparableRow, compareRows } from "./compare.ts";
import { exists, openDuckDb, originalFile, sqlText } from "./datasets.ts";

/**
 * The same rows loaded from a file, a pipe, gzipped, as JSON lines and as Parquet: every table has to hold the rows that
 * DuckDB has, each value of them, in order. Flights, and rows with NULLs, quotes, line ends, other scripts, dates and decimals.
 */
const { values } = parseArgs({ options: { rows: { type: "string" } } });
const limit = Number(values.rows ?? 3_000_000);
if (!(limit > 0)) throw new RangeError(`Expected --rows to be a number above 0, got ${values.rows}`);

/** Rows in all ways of writing them down. */
interface Rows {
  readonly name: string;
  readonly ddl: string;
  /** The rows as they are written into files. */
  readonly select: string;
  /** The same as they come back from the table. */
  readonly expected: string;
  /** The column of decimals, whose values are the same with zeros behind them and without. */
  readonly decimals?: number;
}

const original = originalFile({ original: "flights-3m.parquet" });
const mixed = `
  SELECT i AS id,
    CASE WHEN i % 7 = 0 THEN NULL WHEN i % 19 = 0 THEN '' WHEN i % 5 = 0 THEN 'says "no", twice'
      WHEN i % 3 = 0 THEN 'línea' || chr(10) || '東京 😀' ELSE 'row ' || i END AS note,
    CASE WHEN i % 11 = 0 THEN NULL ELSE DATE '1969-12-01' + (i % 40000)::INTEGER END AS day,
    CASE WHEN i % 13 = 0 THEN NULL ELSE TIMESTAMPTZ '2001-01-01 00:00:00+00' + to_milliseconds(i * 12345) END AS moment,
    CASE WHEN i % 17 = 0 THEN NULL
      ELSE ((i * 31 % 100000) || '.' || lpad((i % 100)::VARCHAR, 2, '0'))::DECIMAL(12, 2) END AS price,
    i / 8 AS ratio
  FROM range(${limit}) AS numbers(i)`;
const sets: readonly Rows[] = [
  {
    name: "flights",
    ddl: "(`date` DATETIME, delay BIGINT, distance INT, origin STRING, destination STRING)",
    select: `SELECT date::TIMESTAMPTZ AS date, delay, distance::INTEGER AS distance, origin, destination FROM read_parquet(${original}) LIMIT ${limit}`,
    expected: `SELECT epoch_ms(date), delay, distance::INTEGER, origin, destination FROM read_parquet(${original}) LIMIT ${limit}`,
  },
  {
    name: "mixed",
    ddl: "(id BIGINT, note STRING, day DATE, moment DATETIME, price DECIMAL(12,2), ratio DOUBLE)",
    select: mixed,
    decimals: 4,
    expected: `SELECT id, note, day::VARCHAR, epoch_ms(moment), price::VARCHAR, ratio FROM (${mixed})`,
  },
];

const duckDb = await openDuckDb();
await duckDb.run("SET TimeZone = 'UTC'");
const accessKeySecret = randomBytes(24).toString("hex");
await using emulator = await startEmulatorProcess([
  ...["--port", "0", "--project", "demo", "--access-id", "demo", "--access-key", accessKeySecret],
]);
const { endpoint } = emulator;
const credentials = { accessKeyId: "demo", accessKeySecret };
const transport = createTransport({ credentials: { kind: "access-key", ...credentials } });
await using tunnel = createTunnel({ endpoint, project: "demo", credentials });
const environment = {
  ...{
    ODPS_ENDPOINT: endpoint,
    ODPS_PROJECT: "demo",
    ODPS_ACCESS_ID: "demo",
    ODPS_ACCESS_KEY: accessKeySecret,
  },
};

for (const set of sets) {
  const files = await writeFiles(duckDb, set);
  const ways = [
    { way: "file", argv: [files.csv] },
    { way: "pipe", argv: ["-", "--format", "csv"], piped: files.csv },
    { way: "gzip", argv: [files.gzip] },
    { way: "jsonl", argv: [files.jsonl] },
    { way: "parquet", argv: [files.parquet] },
  ];
  for (const { way, argv, piped } of ways) {
    const table = `${set.name}_${way}`;
    await runSql({ transport, endpoint, project: "demo" }, `CREATE TABLE ${table} ${set.ddl}`);
    const [input = "", ...flags] = argv;
    const load = await runMctunnel(
      ["upload", "--json", "--no-journal", ...flags, input, table],
      environment,
      piped,
    );
    if (load.exitCode !== 0) throw new Error(`mctunnel ended with ${load.exitCode}: ${load.stdout}`);
    const expected = await duckDb.stream(set.expected);
    const found = await compareRows(
      rowsOf(expected.yieldRowsJs(), set),
      comparable(tunnel.download(`demo.${table}`), set),
    );
    const count = found.rows.toLocaleString("en");
    const verdict = found.differences === 0 ? "the same" : `DIFFERENT ${found.differences}`;
    const peak = `${Math.round(load.peakBytes / 1e6)} MB`;
    process.stdout.write(
      `${table.padEnd(16)} ${count.padStart(10)} rows  ${verdict}  ${load.seconds.toFixed(1)} s  ${peak}\n`,
    );
    if (found.differences > 0) {
      process.stdout.write(
        `${JSON.stringify(found.examples, (_, value) => (typeof value === "bigint" ? String(value) : value))}\n`,
      );
      process.exitCode = 1;
    }
    await runSql({ transport, endpoint, project: "demo" }, `DROP TABLE ${table}`);
  }
}

/** The rows as CSV, the same gzipped, as JSON lines and as Parquet; made once and kept. */
async function writeFiles(
  connection: DuckDBConnection,
  { name, select }: Rows,
): Promise<Readonly<Record<"csv" | "gzip" | "jsonl" | "parquet", string>>> {
  const folder = fileURLToPath(
    new URL(`../../../node_modules/.cache/maxcompute-tunnel/same-contents/${limit}/`, import.meta.url),
  );
  await mkdir(folder, { recursive: true });
  const make = async (extension: string, write: (path: string) => Promise<unknown>): Promise<string> => {
    const path = join(folder, `${name}.${extension}`);
    if (await exists(path)) return path;
    await write(`${path}.part`);
    await rename(`${path}.part`, path);
    return path;
  };
  const copy = (path: string, format: string): Promise<unknown> =>
    connection.run(`COPY (${select}) TO ${sqlText(path)} (${format})`);
  const csv = await make("csv", (path) => copy(path, "FORMAT csv, HEADER"));
  return {
    csv,
    gzip: await make("csv.gz", (path) =>
      pipeline(createReadStream(csv), createGzip({ level: 1 }), createWriteStream(path)),
    ),
    jsonl: await make("jsonl", (path) => copy(path, "FORMAT json")),
    parquet: await make("parquet", (path) => copy(path, "FORMAT parquet")),
  };
}

async function* rowsOf(
  batches: AsyncIterable<readonly (readonly unknown[])[]>,
  set: Rows,
): AsyncGenerator<readonly unknown[]> {
  for await (const rows of batches) for (const row of rows) yield plain(row, set);
}

async function* comparable(
  rows: AsyncIterable<Readonly<Record<string, unknown>>>,
  set: Rows,
): AsyncGenerator<readonly unknown[]> {
  for await (const row of rows) yield plain(comparableRow(row), set);
}

function plain(row: readonly unknown[], { decimals }: Rows): readonly unknown[] {
  if (decimals === undefined) return row;
  return row.map((value, at) =>
    at === decimals && typeof value === "string"
      ? value.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "")
      : value,
  );
}
