import { parseObjectName } from "../parse-names.ts";
import { isWord } from "../token-cursor.ts";
import { parseCall } from "./parse-call.ts";
import type { From, Join, TableFactor } from "./query.ts";
import type { QueryCursor } from "./query-cursor.ts";
import { isFreeName, isReserved } from "./words.ts";

/** Reads what follows FROM: tables, joins and lateral views. */
export function parseFrom(cursor: QueryCursor): From {
  const first = parseTableFactor(cursor);
  const joins: Join[] = [];
  for (;;) {
    const join = parseJoin(cursor);
    if (join === undefined) {
      return { first, joins };
    }
    joins.push(join);
  }
}

/** Reads one further table, if there is one. */
export function parseJoin(cursor: QueryCursor): Join | undefined {
  if (cursor.acceptSymbol(",")) {
    return { kind: "CROSS", factor: parseTableFactor(cursor) };
  }
  if (cursor.acceptWords("LATERAL", "VIEW")) {
    return parseLateralView(cursor);
  }
  if (cursor.atWords("TABLESAMPLE")) {
    throw cursor.notSupported("TABLESAMPLE");
  }
  const kind = parseJoinKind(cursor);
  if (kind === undefined) {
    return undefined;
  }
  const factor = parseTableFactor(cursor);
  if (cursor.acceptWords("ON")) {
    return { kind, factor, on: cursor.expression() };
  }
  return cursor.acceptWords("USING")
    ? { kind, factor, using: cursor.names("a column name") }
    : { kind, factor };
}

/** Reads the words of a join, if they come next. */
export function parseJoinKind(cursor: QueryCursor): Exclude<Join["kind"], "lateral-view"> | undefined {
  for (const [words, kind] of joinKinds) {
    if (cursor.acceptWords(...words)) return kind;
  }
  return undefined;
}

/** Reads a table, a query or a join in parentheses, or VALUES, each with its alias. */
export function parseTableFactor(cursor: QueryCursor): TableFactor {
  if (cursor.atWords("VALUES") && cursor.peek(1).text === "(") {
    return { kind: "query", query: cursor.query(), ...parseTableAlias(cursor) };
  }
  if (cursor.atQuery()) {
    cursor.expectSymbol("(");
    const query = cursor.query();
    cursor.expectSymbol(")");
    return { kind: "query", query, ...parseTableAlias(cursor) };
  }
  if (cursor.acceptSymbol("(")) {
    const from = cursor.descend(parseFrom);
    cursor.expectSymbol(")");
    return { kind: "joined", from };
  }
  if (isReserved(cursor.current)) {
    throw cursor.unexpected("a table name or '('");
  }
  const name = parseObjectName(cursor);
  if (cursor.atSymbol("(")) {
    throw cursor.notSupported("a table function in FROM");
  }
  const alias = cursor.alias();
  return { kind: "table", name, ...(alias === undefined ? {} : { alias }) };
}

/** Reads `[AS] alias [(columns)]`. */
export function parseTableAlias(cursor: QueryCursor): { alias?: string; columns: string[] } {
  const alias = cursor.alias();
  if (alias === undefined) {
    return { columns: [] };
  }
  return { alias, columns: cursor.atSymbol("(") ? cursor.names("a column name") : [] };
}

/** Reads `[OUTER] explode(…) alias AS a, b`. */
export function parseLateralView(cursor: QueryCursor): Join {
  const outer = cursor.acceptWords("OUTER");
  const at = cursor.current;
  if (!isFreeName(at) || cursor.peek(1).text !== "(") {
    throw cursor.unexpected("explode or posexplode with its argument");
  }
  const call = parseCall(cursor);
  const alias = cursor.name("an alias for the lateral view");
  cursor.expectWords("AS");
  const columns = [cursor.name("a column name")];
  while (cursor.acceptSymbol(",")) columns.push(cursor.name("a column name"));
  if (!["explode", "posexplode"].some((name) => isWord(at, name))) {
    throw cursor.notSupported(`${call.name} in LATERAL VIEW`, at);
  }
  return { kind: "lateral-view", outer, call, alias, columns };
}

/** Longest first. */
const joinKinds: readonly (readonly [readonly string[], Exclude<Join["kind"], "lateral-view">])[] = [
  [["LEFT", "SEMI", "JOIN"], "SEMI"],
  [["LEFT", "ANTI", "JOIN"], "ANTI"],
  [["LEFT", "OUTER", "JOIN"], "LEFT"],
  [["RIGHT", "OUTER", "JOIN"], "RIGHT"],
  [["FULL", "OUTER", "JOIN"], "FULL"],
  [["LEFT", "JOIN"], "LEFT"],
  [["RIGHT", "JOIN"], "RIGHT"],
  [["FULL", "JOIN"], "FULL"],
  [["INNER", "JOIN"], "INNER"],
  [["CROSS", "JOIN"], "CROSS"],
  [["NATURAL", "JOIN"], "NATURAL"],
  [["JOIN"], "INNER"],
];
