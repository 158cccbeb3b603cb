import { sqlErrorAt } from "./sql-error.ts";
import type { ObjectName, PartitionValue, PartitionValues, TableProperty } from "./statement.ts";
import type { TokenCursor } from "./token-cursor.ts";

/** Reads a name of one to three levels, such as `` p.s.`t` ``. */
export function parseObjectName(cursor: TokenCursor, what = "a table name"): ObjectName {
  const first = cursor.expectName(what);
  const levels = [first.text];
  while (cursor.acceptSymbol(".")) {
    const next = cursor.expectName(what);
    if (levels.length === 3) {
      throw sqlErrorAt(next, "parse", `expected ${what} of at most three levels`);
    }
    levels.push(next.text);
  }
  return { levels, line: first.line, column: first.column };
}

/** Reads `PARTITION (pt = 'a', hh = 1)`. */
export function parsePartition(cursor: TokenCursor): PartitionValues {
  cursor.expectWords("PARTITION");
  cursor.expectSymbol("(");
  const values: PartitionValue[] = [];
  const seen = new Set<string>();
  do {
    const key = cursor.expectName("a partition column");
    if (seen.has(key.text.toLowerCase())) {
      throw sqlErrorAt(key, "semantic", `the partition names the column ${key.text} twice`);
    }
    seen.add(key.text.toLowerCase());
    cursor.expectSymbol("=");
    values.push({ key: key.text, value: parsePartitionValue(cursor) });
  } while (cursor.acceptSymbol(","));
  cursor.expectSymbol(")");
  return values;
}

/** Reads the value of one level: a string, or a number as it is written. */
export function parsePartitionValue(cursor: TokenCursor): string {
  const sign = cursor.acceptSymbol("-") ? "-" : "";
  if (cursor.current.kind === "number") {
    return sign + cursor.advance().text;
  }
  if (sign !== "") {
    throw cursor.unexpected("a number");
  }
  return cursor.expectString("a partition value");
}

/** Reads one or more partitions, with or without commas between them. */
export function parsePartitionList(cursor: TokenCursor): PartitionValues[] {
  const partitions = [parsePartition(cursor)];
  while (cursor.acceptSymbol(",") || cursor.atWords("PARTITION")) {
    partitions.push(parsePartition(cursor));
  }
  return partitions;
}

/** Reads `('key' = 'value', …)`. */
export function parseProperties(cursor: TokenCursor): TableProperty[] {
  cursor.expectSymbol("(");
  const properties: TableProperty[] = [];
  do {
    const key = cursor.expectString("a property key");
    cursor.expectSymbol("=");
    properties.push({ key, value: cursor.expectString("a property value") });
  } while (cursor.acceptSymbol(","));
  cursor.expectSymbol(")");
  return properties;
}
