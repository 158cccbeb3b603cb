import type { QueryStatement, QueryText, StatementSource } from "./statement.ts";
import { isWord, type TokenCursor } from "./token-cursor.ts";

/** The verb a query begins with, parentheses before it passed over; undefined when it is none. */
export function queryVerb(cursor: TokenCursor): QueryStatement["verb"] | undefined {
  let ahead = 0;
  while (cursor.peek(ahead).kind === "symbol" && cursor.peek(ahead).text === "(") ahead += 1;
  const verb = verbs.find((word) => isWord(cursor.peek(ahead), word));
  // Only a query can stand in parentheses, and only a statement can insert.
  return ahead > 0 && (verb === "insert" || verb === "from") ? undefined : verb;
}

/** Takes a statement that begins with one of the verbs, whole. */
export function parseQueryStatement(
  cursor: TokenCursor,
  source: StatementSource,
  verb: QueryStatement["verb"],
): QueryStatement {
  return { kind: "query", source, verb, query: cursor.takeRest() };
}

/** Takes the query that stands to the end of the statement. */
export function parseQueryText(cursor: TokenCursor): QueryText {
  const verb = queryVerb(cursor);
  if (verb === undefined || verb === "insert" || verb === "from") {
    throw cursor.unexpected("SELECT, WITH or VALUES");
  }
  return cursor.takeRest();
}

const verbs = ["select", "with", "values", "insert", "from"] as const;
