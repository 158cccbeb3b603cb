import { access, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";

/** A file to upload, the table it goes to, and what its rows have to be. */
export interface Dataset {
  /** Name of the table; also where it stands in the report. */
  readonly table: string;
  /** Statements that make the table. */
  readonly ddl: readonly string[];
  /** What is loaded: the table, or one partition of it. */
  readonly partition: string | undefined;
  /** Makes the file to upload out of the original, by DuckDB. */
  readonly copy: (original: string, limit: number) => string;
  /** The file to upload. */
  readonly fileName: string;
  /** The file in vega-datasets. */
  readonly original: string;
  /** The rows of the original as DuckDB reads them, in the order of the file and as {@link comparableRow} writes them. */
  readonly expected: (original: string, limit: number) => string;
}

/** Three million flights: whole numbers, times to the minute, short texts. From Parquet, uploaded as CSV. */
const flights: Dataset = {
  table: "flights",
  ddl: [
    "CREATE TABLE flights (`date` DATETIME, delay BIGINT, distance INT, origin STRING, destination STRING)",
  ],
  partition: undefined,
  original: "flights-3m.parquet",
  fileName: "flights.csv",
  copy: (original, limit) => `SELECT * FROM read_parquet(${original}) LIMIT ${limit}`,
  expected: (original, limit) => `
    SELECT epoch_ms(date), delay, distance::INTEGER, origin, destination
    FROM read_parquet(${original}) LIMIT ${limit}`,
};

/** Movies: text with quotes and other scripts, dates, fractions, and NULL in every second place. Uploaded as JSON lines. */
const movies: Dataset = {
  table: "movies",
  ddl: [
    `CREATE TABLE movies (
      title STRING, us_gross BIGINT, production_budget BIGINT, release_date DATE, rating VARCHAR(16),
      running_minutes SMALLINT, distributor STRING, director STRING, imdb_rating DOUBLE, imdb_votes INT
    ) PARTITIONED BY (source STRING)`,
    "ALTER TABLE movies ADD PARTITION (source = 'vega')",
  ],
  partition: "source=vega",
  original: "movies.json",
  fileName: "movies.jsonl",
  copy: (original, limit) => `SELECT * FROM (${movieRows(original)}) LIMIT ${limit}`,
  expected: (original, limit) => `
    SELECT * REPLACE (release_date::VARCHAR AS release_date) FROM (${movieRows(original)}) LIMIT ${limit}`,
};

export const datasets: readonly Dataset[] = [flights, movies];

function movieRows(original: string): string {
  return `
    SELECT Title ->> '$' AS title, "US Gross" AS us_gross, "Production Budget" AS production_budget,
      strptime("Release Date", '%b %d %Y')::DATE AS release_date, "MPAA Rating" AS rating,
      "Running Time min"::SMALLINT AS running_minutes, "Distributor" AS distributor, "Director" AS director,
      "IMDB Rating" AS imdb_rating, "IMDB Votes"::INTEGER AS imdb_votes
    FROM read_json(${original})`;
}

/** A way to ask DuckDB; everything is in memory. */
export async function openDuckDb(): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run("SET preserve_insertion_order = true");
  return connection;
}

/** The data set's original as an SQL literal. */
export function originalFile({ original }: Pick<Dataset, "original">): string {
  // The package exports its entry alone, which lies in a folder beside `data`.
  return sqlText(fileURLToPath(new URL(`../data/${original}`, import.meta.resolve("vega-datasets"))));
}

/**
 * The file to upload, made once and kept among the caches of this workspace; a file of another length is another file.
 */
export async function prepareFile(
  connection: DuckDBConnection,
  dataset: Dataset,
  limit: number,
): Promise<string> {
  const cache = fileURLToPath(
    new URL("../../../node_modules/.cache/maxcompute-tunnel/demo/", import.meta.url),
  );
  const folder = join(cache, Number.isFinite(limit) ? String(limit) : "all");
  const file = join(folder, dataset.fileName);
  if (await exists(file)) return file;
  await mkdir(folder, { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  try {
    const format = dataset.fileName.endsWith(".csv") ? "FORMAT csv, HEADER" : "FORMAT json";
    const rows = dataset.copy(originalFile(dataset), limitOf(limit));
    await connection.run(`COPY (${rows}) TO ${sqlText(unfinished)} (${format})`);
    await rename(unfinished, file);
  } finally {
    await rm(unfinished, { force: true });
  }
  return file;
}

/** The original's rows, read anew by DuckDB. */
export async function* expectedRows(
  connection: DuckDBConnection,
  dataset: Dataset,
  limit: number,
): AsyncGenerator<readonly unknown[]> {
  const result = await connection.stream(dataset.expected(originalFile(dataset), limitOf(limit)));
  for await (const rows of result.yieldRowsJs()) yield* rows;
}

function limitOf(limit: number): number {
  return Math.min(limit, Number.MAX_SAFE_INTEGER);
}

export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
