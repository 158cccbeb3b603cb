import type { QueryText } from "../statement.ts";
import { parseExpression } from "./parse-expression.ts";
import { parseInsert } from "./parse-insert.ts";
import { parseQuery } from "./parse-query.ts";
import type { Insert, Query } from "./query.ts";
import { QueryCursor } from "./query-cursor.ts";

/**
 * Reads a query that the statement parser has kept.
 *
 * @throws SqlError where it cannot be read, or asks for what is not offered
 */
export function readQuery(text: QueryText): Query {
  return readAll(text, parseQuery);
}

/**
 * Reads an INSERT that the statement parser has kept.
 *
 * @throws SqlError where it cannot be read, or asks for what is not offered
 */
export function readInsert(text: QueryText): Insert {
  return readAll(text, parseInsert);
}

function readAll<Result>(text: QueryText, read: (cursor: QueryCursor) => Result): Result {
  const cursor = new QueryCursor(text.tokens, { expression: parseExpression, query: parseQuery });
  const result = read(cursor);
  cursor.expectEnd();
  return result;
}
