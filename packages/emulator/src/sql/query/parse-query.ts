import { parseSelect } from "./parse-select.ts";
import { parseSortKeys } from "./parse-window.ts";
import type { CommonTable, Query, QueryBody, SetBranch, SortKey, Values } from "./query.ts";
import type { QueryCursor } from "./query-cursor.ts";

/** Reads a query: WITH, its body, ORDER BY and LIMIT. */
export function parseQuery(cursor: QueryCursor): Query {
  const commonTables = cursor.acceptWords("WITH") ? parseCommonTables(cursor) : [];
  const body = parseQueryBody(cursor);
  const orderBy = parseOrder(cursor);
  return { with: commonTables, body, orderBy, ...parseLimit(cursor) };
}

/** Reads `name AS (query), …`. */
export function parseCommonTables(cursor: QueryCursor): CommonTable[] {
  const tables: CommonTable[] = [];
  do {
    const name = cursor.name("a name for the common table");
    const columns = cursor.atSymbol("(") ? cursor.names("a column name") : [];
    cursor.expectWords("AS");
    cursor.expectSymbol("(");
    tables.push({ name, columns, query: cursor.query() });
    cursor.expectSymbol(")");
  } while (cursor.acceptSymbol(","));
  return tables;
}

/** Reads branches joined by set operators. */
export function parseQueryBody(cursor: QueryCursor): QueryBody {
  const first = parseQueryBranch(cursor);
  const rest: SetBranch[] = [];
  for (;;) {
    const operator = parseSetOperator(cursor);
    if (operator === undefined) {
      return rest.length === 0 ? first : { kind: "set", first, rest };
    }
    rest.push({ operator, body: parseQueryBranch(cursor) });
  }
}

/** Reads UNION, INTERSECT, EXCEPT or MINUS, if one comes next. */
export function parseSetOperator(cursor: QueryCursor): SetBranch["operator"] | undefined {
  const name = (["UNION", "INTERSECT", "EXCEPT", "MINUS"] as const).find((word) => cursor.acceptWords(word));
  if (name === undefined) {
    return undefined;
  }
  const operator = name === "MINUS" ? "EXCEPT" : name;
  if (cursor.acceptWords("ALL")) {
    return `${operator} ALL`;
  }
  cursor.acceptWords("DISTINCT");
  return operator;
}

/** Reads one branch: SELECT, VALUES or a query in parentheses. */
export function parseQueryBranch(cursor: QueryCursor): QueryBody {
  if (cursor.acceptSymbol("(")) {
    const query = cursor.query();
    cursor.expectSymbol(")");
    return { kind: "nested", query };
  }
  if (cursor.acceptWords("SELECT")) return parseSelect(cursor);
  if (cursor.acceptWords("VALUES")) return parseValues(cursor);
  if (cursor.atWords("FROM")) throw cursor.notSupported("FROM in front of SELECT or INSERT");
  throw cursor.unexpected("SELECT, VALUES or '('");
}

/** Reads the rows behind VALUES, all of one length. */
export function parseValues(cursor: QueryCursor): Values {
  const rows: Values["rows"][number][] = [];
  do {
    const at = cursor.expectSymbol("(");
    const row = cursor.expressions();
    cursor.expectSymbol(")");
    const width = rows[0]?.length ?? row.length;
    if (row.length !== width) {
      throw cursor.contradiction(`expected ${width} values as in the first row, got ${row.length}`, at);
    }
    rows.push(row);
  } while (cursor.acceptSymbol(","));
  return { kind: "values", rows };
}

/** Reads ORDER BY, SORT BY or CLUSTER BY; DISTRIBUTE BY has no effect, as there is one worker. */
export function parseOrder(cursor: QueryCursor): SortKey[] {
  if (cursor.acceptWords("DISTRIBUTE", "BY")) {
    cursor.expressions();
  }
  const sorts = ["ORDER", "SORT", "CLUSTER"].some((word) => cursor.acceptWords(word, "BY"));
  return sorts ? parseSortKeys(cursor) : [];
}

/** Reads `LIMIT n`, `LIMIT n OFFSET m` or `LIMIT m, n`. */
export function parseLimit(cursor: QueryCursor): Pick<Query, "limit" | "offset"> {
  if (!cursor.acceptWords("LIMIT")) {
    return {};
  }
  const first = cursor.expression();
  if (cursor.acceptSymbol(",")) {
    return { offset: first, limit: cursor.expression() };
  }
  return cursor.acceptWords("OFFSET") ? { limit: first, offset: cursor.expression() } : { limit: first };
}
