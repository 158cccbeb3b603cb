import type { ColumnSpec } from "@maxcompute-tunnel/codec";
import { columns as synthetic } from "./synthetic-rows.ts";

/** A table that contenders fill. */
export interface BenchTable {
  readonly name: string;
  readonly columns: readonly ColumnSpec[];
}

export const flightsTable: BenchTable = {
  name: "flights",
  columns: [
    { name: "date", type: "datetime" },
    { name: "delay", type: "bigint" },
    { name: "distance", type: "bigint" },
    { name: "origin", type: "string" },
    { name: "destination", type: "string" },
  ],
};

export const syntheticTable: BenchTable = { name: "synthetic", columns: synthetic };

export const tables: readonly BenchTable[] = [flightsTable, syntheticTable];

export function ddlOf({ name, columns }: BenchTable): string {
  return `create table ${name} (${columns.map((column) => `\`${column.name}\` ${column.type}`).join(", ")})`;
}
