import { type ColumnSpec, defineSchema, type RowInput } from "@maxcompute-tunnel/codec";
import { syntheticRow, columns as tenColumns } from "./synthetic-rows.ts";

/** Rows to fill packs with. */
export interface IngestLoad {
  readonly name: string;
  readonly columns: readonly ColumnSpec[];
  /** The columns as a CREATE TABLE has them. */
  readonly ddl: string;
  /** About how many bytes a row takes in the pack. */
  readonly rowBytes: number;
  row(index: number): RowInput;
}

const wideColumns = defineSchema([
  { name: "id", type: "bigint" },
  { name: "payload", type: "string" },
]);

export const wideRows: IngestLoad = {
  name: "Wide rows",
  columns: wideColumns,
  ddl: ddlOf(wideColumns),
  rowBytes: 1024,
  row: (index) => ({ id: BigInt(index), payload: wideText(index) }),
};

export const tenColumnRows: IngestLoad = {
  name: "Rows of ten columns",
  columns: tenColumns,
  ddl: ddlOf(tenColumns),
  rowBytes: 117,
  row: (index) => syntheticRow(index),
};

/** 1010 characters that differ from row to row. */
function wideText(index: number): string {
  return `${index.toString(36).padStart(10, "0")}`.repeat(101);
}

function ddlOf(columns: readonly ColumnSpec[]): string {
  return columns.map(({ name, type }) => `\`${name}\` ${type}`).join(", ");
}
