import type { DocumentReader } from "./document-reader.ts";

/** A column as the Tunnel service describes it; the record codec accepts it as it stands. */
export interface TunnelColumn {
  readonly name: string;
  /** MaxCompute type as sent, e.g. `bigint` or `array<struct<a:int>>`. */
  readonly type: string;
  readonly nullable: boolean;
  /** Stable id of the column; its position where the service gave none. */
  readonly columnId: string;
  readonly comment: string;
}

/** The columns of a table: data columns in wire order, and the partition keys apart from them. */
export interface TunnelSchema {
  readonly columns: readonly TunnelColumn[];
  readonly partitionKeys: readonly TunnelColumn[];
}

/** Reads the `Schema` member of a session answer. */
export function readTableSchema(schema: DocumentReader): TunnelSchema {
  const columns = readColumns(schema, "columns", 0);
  const partitionKeys = readColumns(schema, "partitionKeys", columns.length);
  return { columns, partitionKeys };
}

/** Far above the service's 1200 columns, and low enough that a hostile answer stays small. */
const columnLimit = 10_000;

function readColumns(schema: DocumentReader, name: string, firstId: number): readonly TunnelColumn[] {
  const seen = new Set<string>();
  return schema.objects(name, columnLimit).map((column, index) => {
    const columnName = column.text("name");
    const key = columnName.toLowerCase();
    if (columnName === "") throw column.error("name", "a column name", columnName);
    if (seen.has(key)) throw column.error("name", "a name that no other column has", columnName);
    seen.add(key);
    const type = column.text("type");
    if (type === "") throw column.error("type", "a MaxCompute type", type);
    return {
      name: columnName,
      type,
      nullable: column.optionalFlag("nullable") ?? true,
      columnId: readColumnId(column) ?? String(firstId + index),
      comment: column.optionalText("comment") ?? "",
    };
  });
}

function readColumnId(column: DocumentReader): string | undefined {
  // Text by the protocol; a number loses nothing by being taken as one.
  return typeof column.raw("column_id") === "number"
    ? String(column.count("column_id"))
    : column.optionalText("column_id");
}
