import { parseObjectName, parsePartition } from "./parse-names.ts";
import type {
  DescribeTableStatement,
  ObjectName,
  SetStatement,
  ShowCreateTableStatement,
  ShowPartitionsStatement,
  ShowSchemasStatement,
  ShowTablesStatement,
  StatementSource,
} from "./statement.ts";
import type { TokenCursor } from "./token-cursor.ts";

/** Reads what follows `DESC`. */
export function parseDescribe(cursor: TokenCursor, source: StatementSource): DescribeTableStatement {
  // A table may be called extended.
  const extended =
    cursor.peek(1).kind !== "end" && cursor.peek(1).text !== "." && cursor.acceptWords("EXTENDED");
  if (cursor.peek(1).kind === "word" && unsupportedObjects.some((word) => cursor.atWords(word))) {
    throw cursor.notSupported(`DESC ${cursor.current.text.toUpperCase()}`);
  }
  const table = parseObjectName(cursor);
  return {
    kind: "describe-table",
    source,
    table,
    extended,
    ...(cursor.atWords("PARTITION") ? { partition: parsePartition(cursor) } : {}),
  };
}

/** Reads what follows `SHOW`. */
export function parseShow(
  cursor: TokenCursor,
  source: StatementSource,
): ShowTablesStatement | ShowPartitionsStatement | ShowCreateTableStatement | ShowSchemasStatement {
  if (cursor.acceptWords("TABLES")) {
    return { kind: "show-tables", source, ...parseShowFilter(cursor, "a project or schema name") };
  }
  if (cursor.acceptWords("SCHEMAS")) {
    return { kind: "show-schemas", source, ...parseShowFilter(cursor, "a project name") };
  }
  if (cursor.acceptWords("PARTITIONS")) {
    const table = parseObjectName(cursor);
    return {
      kind: "show-partitions",
      source,
      table,
      ...(cursor.atWords("PARTITION") ? { partition: parsePartition(cursor) } : {}),
    };
  }
  if (cursor.acceptWords("CREATE", "TABLE")) {
    return { kind: "show-create-table", source, table: parseObjectName(cursor) };
  }
  if (unsupportedListings.some((word) => cursor.atWords(word))) {
    throw cursor.notSupported(`SHOW ${cursor.current.text.toUpperCase()}`);
  }
  throw cursor.unexpected("TABLES, PARTITIONS, SCHEMAS or CREATE TABLE");
}

/** Reads `[IN name] [[LIKE] 'pattern']`. */
export function parseShowFilter(cursor: TokenCursor, what: string): { in?: ObjectName; like?: string } {
  const container =
    cursor.acceptWords("IN") || cursor.acceptWords("FROM") ? { in: parseObjectName(cursor, what) } : {};
  const pattern =
    cursor.acceptWords("LIKE") || cursor.current.kind === "string"
      ? { like: cursor.expectString("a pattern") }
      : {};
  return { ...container, ...pattern };
}

/** Reads what follows `SET`: a dotted key, `=`, and everything else as it is written. */
export function parseSet(cursor: TokenCursor, source: StatementSource): SetStatement {
  let key = cursor.expectName("a setting such as odps.sql.allow.fullscan").text;
  while (!cursor.atSymbol("=")) {
    const part = cursor.current;
    if (part.kind === "end" || part.start !== cursor.previousEnd) {
      throw cursor.unexpected("'='");
    }
    key += cursor.advance().text;
  }
  cursor.expectSymbol("=");
  return { kind: "set", source, key, value: cursor.takeRest().text };
}

const unsupportedObjects = ["DATABASE", "FORMATTED", "FUNCTION", "PROJECT", "SCHEMA", "PACKAGE", "ROLE"];

const unsupportedListings = [
  "COLUMNS",
  "CREATE",
  "DATABASES",
  "FUNCTIONS",
  "GRANTS",
  "HISTORY",
  "INSTANCES",
  "JOBS",
  "MATERIALIZED",
  "P",
  "PROJECTS",
  "RECYCLEBIN",
  "ROLES",
  "USERS",
  "VIEWS",
];
