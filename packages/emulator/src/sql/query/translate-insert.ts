import type { ColumnType } from "@maxcompute-tunnel/codec/schema";
import { duckName } from "./duckdb-text.ts";
import { toDuckDbType } from "./duckdb-type.ts";
import type { Insert, Place } from "./query.ts";
import type { OutputColumn } from "./scope.ts";
import { translateQuery } from "./translate-query.ts";
import { contradiction, type TranslationOptions } from "./translation.ts";
import { asText, familyOf, type TypedSql } from "./typed-sql.ts";

/** The table that an INSERT fills. */
export interface InsertTarget {
  readonly columns: readonly TargetColumn[];
  readonly partitionColumns: readonly TargetColumn[];
}

/** One of its columns. */
export interface TargetColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** The rows of an INSERT as one DuckDB SELECT. */
export interface TranslatedInsert {
  /** Gives every column of the table in order, then one text for each dynamic partition level. */
  readonly sql: string;
  /** Names of the table's columns that the query fills, in the table's order; the others are NULL. */
  readonly filled: readonly string[];
  /** Partition levels with their values, in the table's order. */
  readonly fixedLevels: readonly { readonly key: string; readonly value: string }[];
  /** Partition levels whose values come with the rows, in the table's order, behind the fixed ones. */
  readonly dynamicLevels: readonly string[];
}

/**
 * The rows that an INSERT is to write, in the types of its table.
 *
 * Values that do not fit their column fail when DuckDB runs the query, with its own message.
 *
 * @throws SqlError where names, partition levels or the number of columns do not match the table
 */
export function translateInsert(
  insert: Insert,
  target: InsertTarget,
  options: TranslationOptions,
): TranslatedInsert {
  const { fixedLevels, dynamicLevels } = matchLevels(insert, target);
  const dynamicColumns = dynamicLevels.map((name): TargetColumn => ({ name, type: { kind: "string" } }));
  const offered = [...target.columns, ...dynamicColumns];
  const wanted = insert.columns.length === 0 ? offered : namedColumns(insert, offered, insert.table);
  const { sql, columns } = translateQuery(insert.query, options);
  if (columns.length !== wanted.length) {
    throw contradiction(`expected ${wanted.length} columns to insert, got ${columns.length}`, insert.table);
  }
  const values = offered.map((column) => {
    const index = wanted.findIndex(({ name }) => name === column.name);
    return index < 0 ? "NULL" : convert(columns[index], `"_i"."c${index}"`, column.type);
  });
  const names = columns.map((_, index) => `"c${index}"`).join(", ");
  const list = values.map((value, index) => `${value} AS ${duckName(offered[index]?.name ?? "")}`).join(", ");
  return {
    sql: `SELECT ${list} FROM (${sql}) AS "_i"(${names})`,
    filled: target.columns.filter((column) => wanted.includes(column)).map(({ name }) => name),
    fixedLevels,
    dynamicLevels,
  };
}

function matchLevels(
  { partition, table }: Insert,
  { partitionColumns }: InsertTarget,
): Pick<TranslatedInsert, "fixedLevels" | "dynamicLevels"> {
  const given = new Map(partition.map((level) => [level.key.toLowerCase(), level]));
  const names = partitionColumns.map(({ name }) => name);
  if (given.size !== names.length || names.some((name) => !given.has(name.toLowerCase()))) {
    const expected = names.length === 0 ? "no PARTITION" : `PARTITION with ${names.join(", ")}`;
    throw contradiction(`expected ${expected}, got ${[...given.keys()].join(", ") || "none"}`, table);
  }
  const fixedLevels: { key: string; value: string }[] = [];
  const dynamicLevels: string[] = [];
  for (const name of names) {
    const value = given.get(name.toLowerCase())?.value;
    if (value === undefined) {
      dynamicLevels.push(name);
    } else if (dynamicLevels.length > 0) {
      throw contradiction(`partition column ${name} has a value behind one without`, table);
    } else {
      fixedLevels.push({ key: name, value });
    }
  }
  return { fixedLevels, dynamicLevels };
}

function namedColumns(insert: Insert, offered: readonly TargetColumn[], place: Place): TargetColumn[] {
  const wanted = insert.columns.map((name) => {
    const column = offered.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
    if (column === undefined) {
      throw contradiction(`column ${name} cannot be resolved in the table to insert into`, place);
    }
    return column;
  });
  const twice = wanted.find((column, index) => wanted.indexOf(column) !== index);
  if (twice !== undefined) {
    throw contradiction(`column ${twice.name} is named twice`, place);
  }
  return wanted;
}

/** Unlike CAST, what does not fit is an error and not NULL. */
function convert(from: OutputColumn | undefined, sql: string, to: ColumnType): string {
  const value: TypedSql = from?.type === undefined ? { sql } : { sql, type: from.type };
  switch (to.kind) {
    case "string":
      return asText(value).sql;
    case "char":
    case "varchar":
      return `left(${asText(value).sql}, ${to.length})`;
    case "binary":
      return from?.type?.kind === "binary" ? sql : `encode(${asText(value).sql})`;
    case "tinyint":
    case "smallint":
    case "int":
    case "bigint": {
      const family = familyOf(value);
      const cut =
        family === "float" || family === "decimal"
          ? `trunc(${sql})`
          : family === "string"
            ? wholePart(sql)
            : sql;
      return `CAST(${cut} AS ${toDuckDbType(to)})`;
    }
    default:
      return `CAST(${sql} AS ${toDuckDbType(to)})`;
  }
}

/** Text without its fraction where it is a number, and as it stands where it is none. */
function wholePart(sql: string): string {
  return `coalesce(nullif(regexp_extract(${sql}, '^\\s*([+-]?\\d+)(\\.\\d*)?\\s*$', 1), ''), ${sql})`;
}
