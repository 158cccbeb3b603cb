import type { QueryStatement, QueryText, StatementSource } from "./statement.ts";
import type { Token } from "./token.ts";
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
  const query = cursor.takeRest();
  return {
    kind: "query",
    source,
    verb: verb === "with" && insertsAfterWith(query.tokens) ? "insert" : verb,
    query,
  };
}

/** Takes the query that stands to the end of the statement. */
export function parseQueryText(cursor: TokenCursor): QueryText {
  const verb = queryVerb(cursor);
  if (verb === undefined || verb === "insert" || verb === "from") {
    throw cursor.unexpected("SELECT, WITH or VALUES");
  }
  return cursor.takeRest();
}

/** WITH may stand in front of INSERT, outside all parentheses, as well as of SELECT. */
function insertsAfterWith(tokens: readonly Token[]): boolean {
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.kind === "symbol" && token.text === "(") depth += 1;
    if (token.kind === "symbol" && token.text === ")") depth -= 1;
    if (depth === 0 && isWord(token, "INSERT") && tokens[index - 1]?.text === ")") return true;
  }
  return false;
}

const verbs = ["select", "with", "values", "insert", "from"] as const;
