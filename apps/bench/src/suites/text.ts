import { type DataFile, flightsCsv, syntheticCsv } from "../data/files.ts";
import type { TextKind } from "../data/synthetic-text.ts";
import { type BenchTable, flightsTable, syntheticTable } from "../data/tables.ts";
import { type Contender, ownLoop } from "../harness/contender.ts";
import { measureRounds } from "../harness/rounds.ts";
import type { DuckDbOptions } from "../peers/duckdb-read.ts";
import { manyRounds, type Suite } from "./suite.ts";

const kinds: Readonly<Record<TextKind, string>> = {
  plain: "ten columns",
  quoted: "quoted",
  cjk: "CJK",
  nulls: "all NULL",
};

/** CSV files → record packs, on one thread. */
export const textSuite: Suite = async (context) => {
  const { short } = context;
  const rows = short ? 2_000 : 500_000;
  const contenders: Contender[] = [];
  const flights = await flightsCsv(short ? 2_000 : 3_000_000);
  contenders.push(...readers("flights", "flights", flights, flightsTable));
  for (const [kind, label] of Object.entries(kinds)) {
    const file = await syntheticCsv(kind as TextKind, rows);
    const all = readers(kind, label, file, syntheticTable);
    contenders.push(...(kind === "plain" ? all : all.map((reader) => ({ ...reader, every: 2 }))));
  }
  const few = await syntheticCsv("plain", short ? 2_000 : 100_000);
  contenders.push({
    id: "plain-js",
    every: 2,
    label: "TextPack without the kernel, ten columns",
    program: ownLoop("ours/pack-text.js", { path: few.path, columns: syntheticTable.columns, kernel: "js" }),
  });
  for (const [id, label, file] of [
    ["plain", "ten columns", few],
    ["flights", "flights", await flightsCsv(short ? 2_000 : 300_000)],
  ] as const) {
    contenders.push({
      id: `${id}-papaparse`,
      every: 2,
      label: `papaparse, ${label}`,
      program: ownLoop("peers/papaparse-read.js", { path: file.path }),
    });
  }
  return {
    id: "text",
    title: "CSV → record packs, one thread",
    text: `Files in the page cache: ${flights.rows.toLocaleString("en-US")} real flights of five columns, and ${rows.toLocaleString("en-US")} rows of ten synthetic columns as
they are, with every text quoted, in Chinese, and all NULL. TextPack reads, converts, checks, encodes and checksums.
DuckDB (\`read_csv\` with types, one thread) reads and converts, papaparse makes strings of fields.`,
    bytes: "of CSV",
    lines: await measureRounds(contenders, manyRounds(context)),
  };
};

function readers(
  id: string,
  label: string,
  { path, rows }: DataFile,
  { columns }: BenchTable,
): readonly Contender[] {
  const duckDb: DuckDbOptions = { path, rows, columns };
  return [
    {
      id,
      label: `TextPack, ${label}`,
      program: ownLoop("ours/pack-text.js", { path, columns, kernel: "auto" }),
    },
    { id: `${id}-duckdb`, label: `DuckDB, ${label}`, program: ownLoop("peers/duckdb-read.js", duckDb) },
  ];
}
