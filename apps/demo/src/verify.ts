import type { DuckDBConnection } from "@duckdb/node-api";
import { type Comparison, comparableRow, compareRows } from "./compare.ts";
import { type Dataset, expectedRows } from "./datasets.ts";

export interface Verification extends Comparison {
  readonly verifySeconds: number;
}

/** Compares what a table gives back with the original that DuckDB reads anew. */
export async function verifyDataset(
  duckDb: DuckDBConnection,
  dataset: Dataset,
  limit: number,
  downloaded: AsyncIterable<Readonly<Record<string, unknown>>>,
): Promise<Verification> {
  const started = performance.now();
  const comparison = await compareRows(expectedRows(duckDb, dataset, limit), comparable(downloaded));
  return { ...comparison, verifySeconds: (performance.now() - started) / 1000 };
}

async function* comparable(
  rows: AsyncIterable<Readonly<Record<string, unknown>>>,
): AsyncGenerator<readonly unknown[]> {
  for await (const row of rows) yield comparableRow(row);
}
