import { parseSortKeys, parseWindow } from "./parse-window.ts";
import type { CallExpression, Expression } from "./query.ts";
import type { QueryCursor } from "./query-cursor.ts";

/** Reads a call: the name, the arguments, and WITHIN GROUP, FILTER and OVER behind them. */
export function parseCall(cursor: QueryCursor): CallExpression {
  const place = cursor.advance();
  cursor.expectSymbol("(");
  const { list, star, distinct } = parseArguments(cursor);
  cursor.expectSymbol(")");
  const withinGroup = cursor.acceptWords("WITHIN", "GROUP") ? parseWithinGroup(cursor) : [];
  const filter = cursor.acceptWords("FILTER") ? { filter: parseFilter(cursor) } : {};
  const over = cursor.acceptWords("OVER") ? { over: parseWindow(cursor) } : {};
  return {
    kind: "call",
    name: place.text.toLowerCase(),
    arguments: list,
    star,
    distinct,
    withinGroup,
    ...filter,
    ...over,
    place,
  };
}

/** Reads what stands between the parentheses of a call. */
export function parseArguments(cursor: QueryCursor): {
  list: Expression[];
  star: boolean;
  distinct: boolean;
} {
  if (cursor.acceptSymbol("*")) {
    return { list: [], star: true, distinct: false };
  }
  const distinct = cursor.acceptWords("DISTINCT");
  if (!distinct) cursor.acceptWords("ALL");
  const list = !distinct && cursor.atSymbol(")") ? [] : cursor.expressions();
  if (cursor.atSymbol("->")) {
    throw cursor.notSupported("a function as an argument");
  }
  return { list, star: false, distinct };
}

/** Reads `(ORDER BY …)` behind WITHIN GROUP. */
export function parseWithinGroup(cursor: QueryCursor): ReturnType<typeof parseSortKeys> {
  cursor.expectSymbol("(");
  cursor.expectWords("ORDER", "BY");
  const keys = parseSortKeys(cursor);
  cursor.expectSymbol(")");
  return keys;
}

/** Reads `(WHERE …)` behind FILTER. */
export function parseFilter(cursor: QueryCursor): Expression {
  cursor.expectSymbol("(");
  cursor.expectWords("WHERE");
  const condition = cursor.expression();
  cursor.expectSymbol(")");
  return condition;
}
