import type { ColumnType, SimpleKind } from "@maxcompute-tunnel/codec/schema";
import { duckName } from "./duckdb-text.ts";

/**
 * The DuckDB type that holds a column of this type.
 *
 * DATETIME is a TIMESTAMP, TIMESTAMP and TIMESTAMP_NTZ are both a TIMESTAMP_NS (1677 to 2262), all in UTC.
 *
 * @throws RangeError for the types that have no counterpart (`vector`, `geography`)
 */
export function toDuckDbType(type: ColumnType): string {
  switch (type.kind) {
    case "decimal":
      return `DECIMAL(${type.precision ?? 38},${type.scale ?? (type.precision === undefined ? 18 : 0)})`;
    case "char":
    case "varchar":
      return "VARCHAR";
    case "array":
      return `${toDuckDbType(type.element)}[]`;
    case "map":
      return `MAP(${toDuckDbType(type.key)}, ${toDuckDbType(type.value)})`;
    case "struct":
      return `STRUCT(${type.fields.map((field) => `${duckName(field.name)} ${toDuckDbType(field.type)}`).join(", ")})`;
    case "vector":
    case "geography":
      throw new RangeError(`Expected a type that queries can read, got ${type.kind}`);
    default:
      return simpleTypes[type.kind];
  }
}

/**
 * The type a result column of DuckDB is shown as, from the type's name (`DECIMAL(18,3)`, `STRUCT("a" INTEGER)[]`).
 *
 * @throws RangeError for a name that cannot be read
 */
export function fromDuckDbType(name: string): ColumnType {
  const tokens = name.match(/"(?:[^"]|"")*"|'(?:[^']|'')*'|[A-Za-z_]\w*|\d+|[(),[\]]/g) ?? [];
  const reader: Reader = { name, tokens, at: 0 };
  const type = readType(reader);
  if (reader.at < tokens.length) {
    throw unreadable(reader);
  }
  return type;
}

interface Reader {
  readonly name: string;
  readonly tokens: readonly string[];
  at: number;
}

function readType(reader: Reader): ColumnType {
  let type = readInnerType(reader);
  while (accept(reader, "[")) {
    if (reader.tokens[reader.at] !== "]") reader.at += 1;
    expect(reader, "]");
    type = { kind: "array", element: type };
  }
  return type;
}

function readInnerType(reader: Reader): ColumnType {
  const word = (reader.tokens[reader.at] ?? "").replaceAll('"', "").toUpperCase();
  reader.at += 1;
  switch (word) {
    case "DECIMAL":
    case "NUMERIC":
      return readDecimal(reader);
    case "MAP": {
      expect(reader, "(");
      const key = readType(reader);
      expect(reader, ",");
      const value = readType(reader);
      expect(reader, ")");
      return { kind: "map", key, value };
    }
    case "STRUCT":
      return readStruct(reader);
    case "ENUM":
      while (reader.at < reader.tokens.length && !accept(reader, ")")) reader.at += 1;
      return { kind: "string" };
    case "TIMESTAMP":
    case "TIME":
      if (["WITH", "TIME", "ZONE"].every((part, ahead) => reader.tokens[reader.at + ahead] === part))
        reader.at += 3;
      return { kind: word === "TIME" ? "string" : "datetime" };
  }
  const kind = shownAs.get(word);
  if (kind === undefined) {
    throw unreadable(reader);
  }
  return { kind };
}

function readDecimal(reader: Reader): ColumnType {
  expect(reader, "(");
  const precision = Number(reader.tokens[reader.at]);
  reader.at += 1;
  expect(reader, ",");
  const scale = Number(reader.tokens[reader.at]);
  reader.at += 1;
  expect(reader, ")");
  return { kind: "decimal", precision, scale };
}

function readStruct(reader: Reader): ColumnType {
  expect(reader, "(");
  const fields: { name: string; type: ColumnType }[] = [];
  do {
    const token = reader.tokens[reader.at] ?? "";
    reader.at += 1;
    const name = token.startsWith('"') ? token.slice(1, -1).replaceAll('""', '"') : token;
    fields.push({ name, type: readType(reader) });
  } while (accept(reader, ","));
  expect(reader, ")");
  return { kind: "struct", fields };
}

function accept(reader: Reader, token: string): boolean {
  const found = reader.tokens[reader.at] === token;
  if (found) reader.at += 1;
  return found;
}

function expect(reader: Reader, token: string): void {
  if (!accept(reader, token)) throw unreadable(reader);
}

function unreadable(reader: Reader): RangeError {
  return new RangeError(`Expected the name of a DuckDB type, got ${reader.name}`);
}

const simpleTypes = {
  tinyint: "TINYINT",
  smallint: "SMALLINT",
  int: "INTEGER",
  bigint: "BIGINT",
  float: "FLOAT",
  double: "DOUBLE",
  boolean: "BOOLEAN",
  string: "VARCHAR",
  binary: "BLOB",
  date: "DATE",
  datetime: "TIMESTAMP",
  timestamp: "TIMESTAMP_NS",
  timestamp_ntz: "TIMESTAMP_NS",
  interval_day_time: "INTERVAL",
  interval_year_month: "INTERVAL",
  json: "JSON",
} as const satisfies Record<Exclude<SimpleKind, "geography">, string>;

const shownAs: ReadonlyMap<string, SimpleKind> = new Map<string, SimpleKind>([
  ["TINYINT", "tinyint"],
  ["SMALLINT", "smallint"],
  ["INTEGER", "int"],
  ["BIGINT", "bigint"],
  ["HUGEINT", "bigint"],
  ["UTINYINT", "smallint"],
  ["USMALLINT", "int"],
  ["UINTEGER", "bigint"],
  ["UBIGINT", "bigint"],
  ["UHUGEINT", "bigint"],
  ["FLOAT", "float"],
  ["DOUBLE", "double"],
  ["BOOLEAN", "boolean"],
  ["VARCHAR", "string"],
  ["UUID", "string"],
  ["BLOB", "binary"],
  ["DATE", "date"],
  ["TIMESTAMP_S", "datetime"],
  ["TIMESTAMP_MS", "datetime"],
  ["TIMESTAMP_NS", "timestamp"],
  ["TIMESTAMPTZ", "datetime"],
  ["INTERVAL", "interval_day_time"],
  ["JSON", "json"],
  ["NULL", "string"],
]);
