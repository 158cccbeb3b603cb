import { nearestName } from "./nearest-name.ts";

/** What the user said about a first row of names. */
export type HeaderChoice = "auto" | "present" | "absent";

/** What the first row of a file turned out to be. */
export type HeaderVerdict =
  /** A header; field i of every row goes to column `columns[i]` of the table. */
  | { readonly kind: "header"; readonly columns: readonly number[] }
  /** The first row of data; fields follow the table's own order. */
  | { readonly kind: "data" }
  /** Neither one nor the other for certain; `field` is the one to point at. */
  | {
      readonly kind: "refused";
      readonly reason: "unknown-column" | "unclear-header";
      readonly message: string;
      readonly field: number;
    };

/**
 * Decides whether a first row names columns, and which.
 *
 * Unless told, a row made only of different column names is a header. A row in which most fields are column names,
 * but not all, is refused: loading a misspelt header as a row would be wrong without a word.
 */
export function readHeader(
  fields: readonly string[],
  table: { readonly columns: readonly string[]; readonly partitionColumns: readonly string[] },
  choice: HeaderChoice,
): HeaderVerdict {
  if (choice === "absent") return { kind: "data" };
  const lower = table.columns.map((name) => name.toLowerCase());
  const columns = fields.map((field) => lower.indexOf(field.trim().toLowerCase()));
  const known = columns.filter((column) => column >= 0).length;
  const repeated = columns.findIndex((column, index) => column >= 0 && columns.indexOf(column) !== index);
  if (known === fields.length && repeated < 0) return { kind: "header", columns };
  if (choice === "auto" && known * 2 <= fields.length) return { kind: "data" };
  if (repeated >= 0) {
    return {
      kind: "refused",
      reason: choice === "auto" ? "unclear-header" : "unknown-column",
      message: `the header names column ${table.columns[columns[repeated]!]} twice.`,
      field: repeated,
    };
  }
  const unknown = columns.indexOf(-1);
  const name = fields[unknown]!.trim();
  const said = `the header names ${JSON.stringify(name)}, which is no column of the table`;
  return {
    kind: "refused",
    reason: choice === "auto" ? "unclear-header" : "unknown-column",
    message: `${said}${explain(name, table)}`,
    field: unknown,
  };
}

function explain(
  name: string,
  table: { readonly columns: readonly string[]; readonly partitionColumns: readonly string[] },
): string {
  if (table.partitionColumns.some((column) => column.toLowerCase() === name.toLowerCase())) {
    return " but a partition column: its value is said behind the table, as in TABLE/pt=value.";
  }
  const meant = nearestName(name, table.columns);
  if (meant !== undefined) return `; did you mean ${meant}?`;
  const shown = table.columns.slice(0, 12).join(", ");
  return ` (it has ${shown}${table.columns.length > 12 ? ", …" : ""}).`;
}
