import { closeSync, openSync, writeSync } from "node:fs";
import { access, mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { encodeRecords } from "@maxcompute-tunnel/codec";
import { arrowFields, decodeColumns, encodeArrowStream } from "@maxcompute-tunnel/codec/arrow";
import { columns, syntheticRows } from "./synthetic-rows.ts";
import { header, type TextKind, textRecord } from "./synthetic-text.ts";

/** A file with a header row, and how much is in it. */
export interface DataFile {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
}

const folder = fileURLToPath(new URL("../../node_modules/.cache/data/", import.meta.url));

/** Ten synthetic columns as CSV; made once and kept. */
export function syntheticCsv(kind: TextKind, rows: number): Promise<DataFile> {
  return keep(`${kind}-${rows}.csv`, rows, async (path) => {
    const file = openSync(path, "w");
    try {
      writeSync(file, header(kind));
      for (let from = 0; from < rows; from += 10_000) {
        let text = "";
        for (let index = from; index < Math.min(rows, from + 10_000); index++)
          text += textRecord(kind, index);
        writeSync(file, text);
      }
    } finally {
      closeSync(file);
    }
  });
}

/** The ten synthetic columns as an Arrow IPC stream. */
export function syntheticArrow(rows: number): Promise<DataFile> {
  return keep(`synthetic-${rows}.arrows`, rows, async (path) => {
    const batches = decodeColumns(columns, encodeRecords(columns, syntheticRows(rows)), {
      batchRows: 65_536,
    });
    const file = openSync(path, "w");
    try {
      writeSync(file, encodeArrowStream(arrowFields(columns), batches));
    } finally {
      closeSync(file);
    }
  });
}

/** Three million real flights as CSV (105 MB), or the first of them, out of the package `vega-datasets`. */
export function flightsCsv(rows = 3_000_000): Promise<DataFile> {
  return keep(`flights-${rows}.csv`, rows, async (path) => {
    const original = fileURLToPath(
      // The package exports its entry alone, which lies in a folder beside `data`.
      new URL("../data/flights-3m.parquet", import.meta.resolve("vega-datasets")),
    );
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    await connection.run("SET preserve_insertion_order = true");
    const select = `SELECT strftime(date, '%Y-%m-%d %H:%M:%S') AS date, delay, distance, origin, destination
      FROM read_parquet(${sqlText(original)}) LIMIT ${rows}`;
    await connection.run(`COPY (${select}) TO ${sqlText(path)} (FORMAT csv, HEADER, QUOTE '')`);
    connection.closeSync();
  });
}

async function keep(name: string, rows: number, make: (path: string) => Promise<void>): Promise<DataFile> {
  const path = join(folder, name);
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (!exists) {
    await mkdir(folder, { recursive: true });
    const unfinished = `${path}.${process.pid}`;
    try {
      await make(unfinished);
      await rename(unfinished, path);
    } finally {
      await rm(unfinished, { force: true });
    }
  }
  return { path, rows, bytes: (await stat(path)).size };
}

function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
