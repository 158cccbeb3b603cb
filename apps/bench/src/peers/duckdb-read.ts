import { statSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { serveContender } from "../harness/serve-contender.ts";

/** DuckDB's `read_csv` with types, on one thread: it reads and converts every field, and encodes nothing. */
export interface DuckDbOptions {
  readonly path: string;
  readonly rows: number;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

const types: Readonly<Record<string, string>> = { string: "VARCHAR", datetime: "TIMESTAMP" };

await serveContender<DuckDbOptions>(async ({ path, rows, columns }) => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run("SET threads = 1");
  const struct = columns
    .map(({ name, type }) => `'${name}': '${types[type] ?? type.toUpperCase()}'`)
    .join(", ");
  // A count of each column makes it convert them all.
  const counts = columns.map(({ name }) => `count("${name}")`).join(", ");
  const query = `SELECT count(*), ${counts} FROM read_csv('${path}', header = true, auto_detect = false,
    delim = ',', quote = '"', escape = '"', columns = {${struct}})`;
  const bytes = statSync(path).size;
  return async () => {
    const result = await connection.runAndReadAll(query);
    const read = Number(result.getRows()[0]?.[0]);
    if (read !== rows) throw new Error(`Expected DuckDB to read ${rows} rows, got ${read}`);
    return { rows: read, bytes };
  };
});
