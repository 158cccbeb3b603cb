import { nearestName } from "./nearest-name.ts";

/** Whether the first record of a file names its fields. */
export type HeaderChoice = "auto" | "present" | "absent";

/** What the names in a header are looked up in. */
export interface HeaderNames {
  /** Names of the table's columns. */
  readonly columns: readonly string[];
  readonly partitionColumns: readonly string[];
  /** Field name to column name, where they differ. */
  readonly map: Readonly<Record<string, string>>;
  readonly unknownFields: "refuse" | "ignore";
}

/** What the first record of a file turned out to be. */
export type HeaderVerdict =
  /** A header; field i of every record goes to column `columns[i]` of the table, or nowhere if that is -1. */
  | { readonly kind: "header"; readonly columns: readonly number[] }
  /** The first record of data. */
  | { readonly kind: "data" }
  /** Neither one nor the other for certain; `field` is the one to point at. */
  | {
      readonly kind: "refused";
      readonly reason: "unknown-column" | "unclear-header";
      readonly message: string;
      readonly field: number;
    };

/**
 * Decides whether a first record names columns, and which.
 *
 * Unless told, a record made only of different column names is a header. One in which most fields are column names,
 * but not all, is refused: loading a misspelt header as a row would be wrong without a word.
 */
export function readHeader(
  fields: readonly string[],
  names: HeaderNames,
  choice: HeaderChoice,
): HeaderVerdict {
  if (choice === "absent") return { kind: "data" };
  const columns = fields.map((field) => columnOf(field, names));
  const known = columns.filter((column) => column >= 0).length;
  const repeated = columns.findIndex((column, index) => column >= 0 && columns.indexOf(column) !== index);
  const complete = known === fields.length || (choice === "present" && names.unknownFields === "ignore");
  if (complete && repeated < 0) return { kind: "header", columns };
  if (choice === "auto" && names.unknownFields === "ignore" && known * 2 > fields.length && repeated < 0) {
    return { kind: "header", columns };
  }
  if (choice === "auto" && known * 2 <= fields.length) return { kind: "data" };
  const reason = choice === "auto" ? "unclear-header" : "unknown-column";
  if (repeated >= 0) {
    const message = `the header names column ${names.columns[columns[repeated]!]} twice.`;
    return { kind: "refused", reason, message, field: repeated };
  }
  const field = columns.indexOf(-1);
  const name = fields[field]!.trim();
  const said = `the header names ${JSON.stringify(name)}, which is no column of the table`;
  return { kind: "refused", reason, message: `${said}${explain(name, names)}`, field };
}

/** The table's column that a field's name means; -1 for none. Names are the same in any case, blanks around do not count. */
export function columnOf(field: string, names: Pick<HeaderNames, "columns" | "map">): number {
  const name = field.trim().toLowerCase();
  const mapped =
    Object.entries(names.map).find(([source]) => source.trim().toLowerCase() === name)?.[1] ?? name;
  return names.columns.findIndex((column) => column.toLowerCase() === mapped.toLowerCase());
}

/** What may help someone whose name is no column: a partition column, or a name like it. */
export function explain(name: string, names: Pick<HeaderNames, "columns" | "partitionColumns">): string {
  if (names.partitionColumns.some((column) => column.toLowerCase() === name.toLowerCase())) {
    return " but a partition column: its value is said with the partition, as in pt=value.";
  }
  const meant = nearestName(name, names.columns);
  if (meant !== undefined) return `; did you mean ${meant}?`;
  const shown = names.columns.slice(0, 12).join(", ");
  return ` (it has ${shown}${names.columns.length > 12 ? ", …" : ""}).`;
}
