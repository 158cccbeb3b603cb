import type { TokenCursor } from "../token-cursor.ts";
import { parseOperand } from "./parse-operand.ts";
import type { BinaryOperator, Expression, Operation } from "./query.ts";
import type { QueryCursor } from "./query-cursor.ts";

/** Reads an expression; callers inside a query go through the cursor, which bounds how deep they nest. */
export function parseExpression(cursor: QueryCursor): Expression {
  return readChain(cursor, parseConjunction, (at) => (at.acceptWords("OR") ? "OR" : undefined));
}

/** Reads conditions joined by AND. */
export function parseConjunction(cursor: QueryCursor): Expression {
  return readChain(cursor, parseNegation, (at) => (at.acceptWords("AND") ? "AND" : undefined));
}

/** Reads a condition with any number of NOTs before it. */
export function parseNegation(cursor: QueryCursor): Expression {
  let negations = 0;
  while (cursor.acceptWords("NOT")) negations += 1;
  const operand = parsePredicate(cursor);
  // Two NOTs still make a boolean of what follows them.
  const kept = negations > 1 ? 2 - (negations % 2) : negations;
  return Array.from({ length: kept }).reduce<Expression>(
    (inner) => ({ kind: "unary", operator: "NOT", operand: inner }),
    operand,
  );
}

/** Reads an operation and the comparisons and tests behind it. */
export function parsePredicate(cursor: QueryCursor): Expression {
  let operand = parseOperation(cursor);
  for (let tests = 0; ; tests += 1) {
    if (tests === mostTests) throw cursor.unexpected(`at most ${mostTests} comparisons in a row`);
    const comparison = acceptSymbol(cursor, comparisons);
    if (comparison !== undefined) {
      const rest: Operation[] = [{ operator: comparison, operand: parseOperation(cursor) }];
      operand = { kind: "chain", first: operand, rest };
      continue;
    }
    const test = parseTest(cursor, operand);
    if (test === undefined) {
      return operand;
    }
    operand = test;
  }
}

/** Reads IS, BETWEEN, IN, LIKE or RLIKE behind an operand, if one comes next. */
export function parseTest(cursor: QueryCursor, operand: Expression): Expression | undefined {
  if (cursor.acceptWords("IS")) {
    const negated = cursor.acceptWords("NOT");
    const what = (["NULL", "TRUE", "FALSE"] as const).find((word) => cursor.acceptWords(word));
    if (what === undefined) throw cursor.unexpected("NULL, TRUE or FALSE");
    return { kind: "is", operand, what, negated };
  }
  const negated = cursor.acceptWords("NOT");
  if (cursor.acceptWords("BETWEEN")) {
    const low = parseOperation(cursor);
    cursor.expectWords("AND");
    return { kind: "between", operand, low, high: parseOperation(cursor), negated };
  }
  if (cursor.acceptWords("IN")) {
    return parseIn(cursor, operand, negated);
  }
  if (cursor.acceptWords("LIKE")) {
    const pattern = parseOperation(cursor);
    const escapes = cursor.acceptWords("ESCAPE")
      ? { escape: cursor.expectString("an escape character") }
      : {};
    return { kind: "match", operator: "LIKE", operand, pattern, ...escapes, negated };
  }
  if (cursor.acceptWords("RLIKE") || cursor.acceptWords("REGEXP")) {
    return { kind: "match", operator: "RLIKE", operand, pattern: parseOperation(cursor), negated };
  }
  if (negated) {
    throw cursor.unexpected("BETWEEN, IN, LIKE or RLIKE");
  }
  return undefined;
}

/** Reads the list or query behind IN. */
export function parseIn(cursor: QueryCursor, operand: Expression, negated: boolean): Expression {
  cursor.expectSymbol("(");
  const right: Expression = cursor.atQuery()
    ? { kind: "in-query", operand, query: cursor.query(), negated }
    : { kind: "in", operand, list: cursor.expressions(), negated };
  cursor.expectSymbol(")");
  return right;
}

/** Reads operands joined by operators of this binding strength or a closer one; 0 binds loosest. */
export function parseOperation(cursor: QueryCursor, strength = 0): Expression {
  const operators = binding[strength];
  if (operators === undefined) {
    return parseOperand(cursor);
  }
  return readChain(
    cursor,
    (at) => parseOperation(at, strength + 1),
    (at) => acceptSymbol(at, operators) ?? (operators.has("/") && at.acceptWords("DIV") ? "DIV" : undefined),
  );
}

function readChain(
  cursor: QueryCursor,
  readOperand: (cursor: QueryCursor) => Expression,
  acceptOperator: (cursor: QueryCursor) => BinaryOperator | undefined,
): Expression {
  const first = readOperand(cursor);
  const rest: Operation[] = [];
  for (;;) {
    const operator = acceptOperator(cursor);
    if (operator === undefined) {
      return rest.length === 0 ? first : { kind: "chain", first, rest };
    }
    rest.push({ operator, operand: readOperand(cursor) });
  }
}

function acceptSymbol(
  cursor: TokenCursor,
  operators: ReadonlyMap<string, BinaryOperator>,
): BinaryOperator | undefined {
  const { kind, text } = cursor.current;
  const operator = kind === "symbol" ? operators.get(text) : undefined;
  if (operator !== undefined) cursor.advance();
  return operator;
}

function same(...operators: readonly BinaryOperator[]): ReadonlyMap<string, BinaryOperator> {
  return new Map(operators.map((operator) => [operator, operator]));
}

const comparisons: ReadonlyMap<string, BinaryOperator> = new Map([
  ...same("=", "<>", "<", "<=", ">", ">=", "<=>"),
  ["==", "="],
  ["!=", "<>"],
]);

/** Comparisons in a row are taken left to right, each nesting the ones before it. */
const mostTests = 20;

/** From the loosest to the closest. */
const binding = [same("|"), same("^"), same("&"), same("||"), same("+", "-"), same("*", "/", "%")];
