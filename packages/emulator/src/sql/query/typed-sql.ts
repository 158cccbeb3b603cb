import { type ColumnType, formatType } from "@maxcompute-tunnel/codec/schema";
import { duckString } from "./duckdb-text.ts";
import { toDuckDbType } from "./duckdb-type.ts";

/** A DuckDB expression, closed in itself, and its type in the dialect where that is known. */
export interface TypedSql {
  readonly sql: string;
  readonly type?: ColumnType;
}

/** Families of types that are treated alike. */
export type TypeFamily = "integer" | "float" | "decimal" | "string" | "time" | "other" | "unknown";

export function familyOf({ type }: TypedSql): TypeFamily {
  return type === undefined ? "unknown" : (families[type.kind] ?? "other");
}

/** An expression with its type, or without when that is not known. */
export function typed(sql: string, type: ColumnType | undefined): TypedSql {
  return type === undefined ? { sql } : { sql, type };
}

/** As text, the way the dialect writes values. */
export function asText(value: TypedSql): TypedSql {
  switch (value.type?.kind) {
    case "string":
    case "char":
    case "varchar":
      return value;
    case "datetime":
      return typed(`strftime(${value.sql}, '%Y-%m-%d %H:%M:%S')`, string);
    case "binary":
      return typed(`decode(${value.sql})`, string);
    default:
      return typed(`CAST(${value.sql} AS VARCHAR)`, string);
  }
}

/** As a DATETIME; text that is none gives NULL. */
export function asDatetime(value: TypedSql): TypedSql {
  if (value.type?.kind === "datetime") return value;
  const word = familyOf(value) === "time" ? "CAST" : "TRY_CAST";
  return typed(`${word}(${value.sql} AS TIMESTAMP)`, datetime);
}

/** As a DATE; text that is none gives NULL. */
export function asDate(value: TypedSql): TypedSql {
  return value.type?.kind === "date" ? value : typed(`CAST(${asDatetime(value).sql} AS DATE)`, date);
}

/** As a DOUBLE; text that is no number gives NULL. */
export function asDouble(value: TypedSql): TypedSql {
  if (value.type?.kind === "double") return value;
  return typed(`${familyOf(value) === "string" ? "TRY_CAST" : "CAST"}(${value.sql} AS DOUBLE)`, double);
}

/**
 * Two sides of a comparison in one type: text beside a number is read as a number, beside a date as a date.
 */
export function comparable(left: TypedSql, right: TypedSql): readonly [TypedSql, TypedSql] {
  return [towards(left, right), towards(right, left)];
}

/** The type of all of them, if they have one and the same; a bare NULL has any. */
export function agreedType(values: readonly TypedSql[]): ColumnType | undefined {
  const types = values.flatMap(({ sql, type }) => (sql === "NULL" ? [] : [type]));
  const names = new Set(types.map((type) => type && formatType(type)));
  return names.size === 1 ? types[0] : undefined;
}

/** A moment as a DATETIME literal. */
export function datetimeLiteral(moment: Date): TypedSql {
  return typed(`TIMESTAMP ${duckString(moment.toISOString().slice(0, 23).replace("T", " "))}`, datetime);
}

export const bigint: ColumnType = { kind: "bigint" };
export const boolean: ColumnType = { kind: "boolean" };
export const date: ColumnType = { kind: "date" };
export const datetime: ColumnType = { kind: "datetime" };
export const double: ColumnType = { kind: "double" };
export const int: ColumnType = { kind: "int" };
export const string: ColumnType = { kind: "string" };
export const timestamp: ColumnType = { kind: "timestamp" };

function towards(value: TypedSql, other: TypedSql): TypedSql {
  if (familyOf(value) !== "string") {
    return value;
  }
  switch (familyOf(other)) {
    case "integer":
    case "float":
    case "decimal":
      return asDouble(value);
    case "time":
      return typed(`TRY_CAST(${value.sql} AS ${toDuckDbType(other.type ?? datetime)})`, other.type);
    default:
      return value;
  }
}

const families: Readonly<Partial<Record<ColumnType["kind"], TypeFamily>>> = {
  tinyint: "integer",
  smallint: "integer",
  int: "integer",
  bigint: "integer",
  float: "float",
  double: "float",
  decimal: "decimal",
  string: "string",
  char: "string",
  varchar: "string",
  date: "time",
  datetime: "time",
  timestamp: "time",
  timestamp_ntz: "time",
};
