import { parseFrom } from "./parse-from.ts";
import { parseWindow } from "./parse-window.ts";
import type { Expression, GroupBy, Select, SelectItem } from "./query.ts";
import type { QueryCursor } from "./query-cursor.ts";
import { isFreeName } from "./words.ts";

/** Reads what follows SELECT, up to its ORDER BY. */
export function parseSelect(cursor: QueryCursor): Select {
  const distinct = cursor.acceptWords("DISTINCT");
  if (!distinct) cursor.acceptWords("ALL");
  if (cursor.atWords("TRANSFORM")) throw cursor.notSupported("SELECT TRANSFORM");
  const items = [parseSelectItem(cursor)];
  while (cursor.acceptSymbol(",")) items.push(parseSelectItem(cursor));
  const from = cursor.acceptWords("FROM") ? { from: parseFrom(cursor) } : {};
  const where = cursor.acceptWords("WHERE") ? { where: cursor.expression() } : {};
  const groupBy = cursor.acceptWords("GROUP", "BY") ? { groupBy: parseGroupBy(cursor) } : {};
  const having = cursor.acceptWords("HAVING") ? { having: cursor.expression() } : {};
  const qualify = cursor.acceptWords("QUALIFY") ? { qualify: cursor.expression() } : {};
  const windows = cursor.acceptWords("WINDOW") ? parseNamedWindows(cursor) : [];
  return { kind: "select", distinct, items, ...from, ...where, ...groupBy, ...having, ...qualify, windows };
}

/** Reads an expression with its alias, `*` or `t.*`. */
export function parseSelectItem(cursor: QueryCursor): SelectItem {
  const place = cursor.current;
  let ahead = 0;
  while (isFreeName(cursor.peek(ahead)) && cursor.peek(ahead + 1).text === ".") ahead += 2;
  if (cursor.peek(ahead).kind === "symbol" && cursor.peek(ahead).text === "*") {
    const qualifier: string[] = [];
    while (!cursor.acceptSymbol("*")) {
      qualifier.push(cursor.name("a table name"));
      cursor.expectSymbol(".");
    }
    return { kind: "star", qualifier, place };
  }
  const expression = cursor.expression();
  const alias = cursor.alias();
  return { kind: "expression", expression, ...(alias === undefined ? {} : { alias }) };
}

/** Reads the keys behind GROUP BY. */
export function parseGroupBy(cursor: QueryCursor): GroupBy {
  if (cursor.acceptWords("GROUPING", "SETS")) {
    return { kind: "sets", sets: parseGroupingSets(cursor) };
  }
  for (const kind of ["rollup", "cube"] as const) {
    if (cursor.atWords(kind) && cursor.peek(1).text === "(") {
      cursor.advance();
      return { kind, keys: parseGroupingKeys(cursor) };
    }
  }
  const keys = cursor.expressions();
  for (const kind of ["rollup", "cube"] as const) {
    if (cursor.acceptWords("WITH", kind)) return { kind, keys };
  }
  if (cursor.acceptWords("GROUPING", "SETS")) {
    return { kind: "sets", sets: parseGroupingSets(cursor) };
  }
  return { kind: "plain", keys };
}

/** Reads the sets behind GROUPING SETS. */
export function parseGroupingSets(cursor: QueryCursor): Expression[][] {
  cursor.expectSymbol("(");
  const sets = [parseGroupingSet(cursor)];
  while (cursor.acceptSymbol(",")) sets.push(parseGroupingSet(cursor));
  cursor.expectSymbol(")");
  return sets;
}

/** Reads `(a, b)`, `()` or one key. */
export function parseGroupingSet(cursor: QueryCursor): Expression[] {
  return cursor.atSymbol("(") ? parseGroupingKeys(cursor) : [cursor.expression()];
}

/** Reads `(a, b)` or `()`. */
export function parseGroupingKeys(cursor: QueryCursor): Expression[] {
  cursor.expectSymbol("(");
  if (cursor.acceptSymbol(")")) {
    return [];
  }
  const keys = cursor.expressions();
  cursor.expectSymbol(")");
  return keys;
}

/** Reads `name AS (window), …`. */
export function parseNamedWindows(cursor: QueryCursor): Select["windows"] {
  const windows: Select["windows"][number][] = [];
  do {
    const name = cursor.name("a name for the window");
    cursor.expectWords("AS");
    windows.push({ name, window: parseWindow(cursor) });
  } while (cursor.acceptSymbol(","));
  return windows;
}
