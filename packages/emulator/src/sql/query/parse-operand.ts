import { parseType } from "../parse-type.ts";
import { isWord } from "../token-cursor.ts";
import { parseCall } from "./parse-call.ts";
import { parseInterval, parseLiteral } from "./parse-literal.ts";
import type { Expression } from "./query.ts";
import type { QueryCursor } from "./query-cursor.ts";
import { isFreeName } from "./words.ts";

/** Reads an operand: signs, what they stand before, and the indexes and fields behind it. */
export function parseOperand(cursor: QueryCursor): Expression {
  const signs: ("-" | "+" | "~")[] = [];
  for (;;) {
    const sign = (["-", "+", "~"] as const).find((symbol) => cursor.acceptSymbol(symbol));
    if (sign === undefined) break;
    if (signs.length === mostSigns) throw cursor.unexpected(`at most ${mostSigns} signs`);
    signs.push(sign);
  }
  let operand = parsePrimary(cursor);
  for (let steps = 0; ; steps += 1) {
    if (steps === mostSteps) throw cursor.unexpected(`at most ${mostSteps} indexes and fields`);
    if (cursor.acceptSymbol("[")) {
      operand = { kind: "index", operand, index: cursor.expression() };
      cursor.expectSymbol("]");
    } else if (cursor.acceptSymbol(".")) {
      operand = { kind: "field", operand, name: cursor.expectName("a field name").text };
    } else {
      break;
    }
  }
  return signs.reduceRight<Expression>(
    (inner, operator) => ({ kind: "unary", operator, operand: inner }),
    operand,
  );
}

/** Reads what signs, indexes and fields attach to. */
export function parsePrimary(cursor: QueryCursor): Expression {
  const literal = parseLiteral(cursor);
  if (literal !== undefined) return literal;
  if (cursor.atWords("CASE")) return parseCase(cursor);
  if (cursor.atWords("CAST") && cursor.peek(1).text === "(") return parseCast(cursor);
  if (cursor.atWords("EXISTS") && cursor.peek(1).text === "(") {
    cursor.advance();
    cursor.expectSymbol("(");
    const query = cursor.query();
    cursor.expectSymbol(")");
    return { kind: "exists", query };
  }
  if (cursor.acceptSymbol("(")) {
    const inner: Expression = cursor.atQuery()
      ? { kind: "query", query: cursor.query() }
      : cursor.expression();
    if (cursor.atSymbol(",")) throw cursor.notSupported("a list of expressions in parentheses");
    cursor.expectSymbol(")");
    return inner;
  }
  const interval = parseInterval(cursor);
  if (interval !== undefined) return interval;
  const callable = isFreeName(cursor.current) || callableWords.some((word) => isWord(cursor.current, word));
  if (callable && cursor.peek(1).kind === "symbol" && cursor.peek(1).text === "(") {
    return parseCall(cursor);
  }
  return parseColumnReference(cursor);
}

/** Reads `a`, `t.a`, `p.t.a` or a column with fields behind it; which it is, the tables decide. */
export function parseColumnReference(cursor: QueryCursor): Expression {
  const place = cursor.current;
  const parts = [cursor.name("an expression")];
  while (cursor.atSymbol(".") && parts.length < mostSteps) {
    cursor.advance();
    parts.push(cursor.expectName("a column or field name").text);
  }
  return { kind: "column", parts, place };
}

/** Reads `CASE [operand] WHEN … THEN … [ELSE …] END`. */
export function parseCase(cursor: QueryCursor): Expression {
  cursor.expectWords("CASE");
  const operand = cursor.atWords("WHEN") ? {} : { operand: cursor.expression() };
  const branches: { when: Expression; result: Expression }[] = [];
  do {
    cursor.expectWords("WHEN");
    const when = cursor.expression();
    cursor.expectWords("THEN");
    branches.push({ when, result: cursor.expression() });
  } while (cursor.atWords("WHEN"));
  const otherwise = cursor.acceptWords("ELSE") ? { otherwise: cursor.expression() } : {};
  cursor.expectWords("END");
  return { kind: "case", ...operand, branches, ...otherwise };
}

/** Reads `CAST (expression AS type)`. */
export function parseCast(cursor: QueryCursor): Expression {
  const place = cursor.advance();
  cursor.expectSymbol("(");
  const operand = cursor.expression();
  cursor.expectWords("AS");
  const type = parseType(cursor);
  cursor.expectSymbol(")");
  return { kind: "cast", operand, type, place };
}

const mostSigns = 20;

const mostSteps = 20;

/** Words that are reserved and nevertheless name a function. */
const callableWords = ["LEFT", "RIGHT", "IF", "RLIKE", "REGEXP"];
