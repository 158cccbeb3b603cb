import type { ColumnType, SimpleKind, StructField } from "@maxcompute-tunnel/codec/schema";
import { sqlErrorAt } from "./sql-error.ts";
import type { TokenCursor } from "./token-cursor.ts";

/** Types nested deeper than this are refused. */
const deepestType = 32;

/** Reads a column type; names of struct fields are lower-cased, as the service stores them. */
export function parseType(cursor: TokenCursor, depth = 1): ColumnType {
  const start = cursor.current;
  if (depth > deepestType) {
    throw sqlErrorAt(start, "parse", `expected at most ${deepestType} types inside each other`);
  }
  const name = start.kind === "word" ? start.text.toLowerCase() : "";
  const parse = parametrised.get(name);
  if (parse !== undefined) {
    cursor.advance();
    return parse(cursor, depth);
  }
  if (!simpleKinds.has(name)) {
    throw cursor.unexpected("a data type such as BIGINT, STRING or ARRAY<STRING>");
  }
  cursor.advance();
  return { kind: name as SimpleKind };
}

function parseDecimalType(cursor: TokenCursor): ColumnType {
  if (!cursor.acceptSymbol("(")) {
    return { kind: "decimal" };
  }
  const precision = cursor.expectInteger("a precision", 1, 38);
  const scale = cursor.acceptSymbol(",") ? cursor.expectInteger("a scale", 0, precision) : 0;
  cursor.expectSymbol(")");
  return { kind: "decimal", precision, scale };
}

function parseCharacterType(cursor: TokenCursor, kind: "char" | "varchar", longest: number): ColumnType {
  cursor.expectSymbol("(");
  const length = cursor.expectInteger("a length", 1, longest);
  cursor.expectSymbol(")");
  return { kind, length };
}

function parseArrayType(cursor: TokenCursor, depth: number): ColumnType {
  cursor.expectSymbol("<");
  const element = parseType(cursor, depth + 1);
  cursor.expectSymbol(">");
  return { kind: "array", element };
}

function parseMapType(cursor: TokenCursor, depth: number): ColumnType {
  cursor.expectSymbol("<");
  const key = parseType(cursor, depth + 1);
  cursor.expectSymbol(",");
  const value = parseType(cursor, depth + 1);
  cursor.expectSymbol(">");
  return { kind: "map", key, value };
}

function parseStructType(cursor: TokenCursor, depth: number): ColumnType {
  cursor.expectSymbol("<");
  const fields: StructField[] = [];
  const seen = new Set<string>();
  do {
    const token = cursor.expectName("a field name");
    const name = token.text.toLowerCase();
    if (seen.has(name)) {
      throw sqlErrorAt(token, "semantic", `the struct has the field ${name} twice`);
    }
    seen.add(name);
    cursor.expectSymbol(":");
    fields.push({ name, type: parseType(cursor, depth + 1) });
    if (cursor.acceptWords("COMMENT")) {
      cursor.expectString("the text of the comment");
    }
  } while (cursor.acceptSymbol(","));
  cursor.expectSymbol(">");
  return { kind: "struct", fields };
}

const parametrised: ReadonlyMap<string, (cursor: TokenCursor, depth: number) => ColumnType> = new Map([
  ["decimal", parseDecimalType],
  ["char", (cursor: TokenCursor) => parseCharacterType(cursor, "char", 255)],
  ["varchar", (cursor: TokenCursor) => parseCharacterType(cursor, "varchar", 65_535)],
  ["array", parseArrayType],
  ["map", parseMapType],
  ["struct", parseStructType],
]);

const simpleKinds: ReadonlySet<string> = new Set<SimpleKind>([
  "tinyint",
  "smallint",
  "int",
  "bigint",
  "float",
  "double",
  "boolean",
  "string",
  "binary",
  "date",
  "datetime",
  "timestamp",
  "timestamp_ntz",
  "interval_day_time",
  "interval_year_month",
  "json",
]);
