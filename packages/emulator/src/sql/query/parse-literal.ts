import { isWord } from "../token-cursor.ts";
import type { Expression, IntervalLiteral, IntervalUnit, Literal } from "./query.ts";
import type { QueryCursor } from "./query-cursor.ts";

/** Reads a constant, if one comes next. */
export function parseLiteral(cursor: QueryCursor): Literal | undefined {
  const token = cursor.current;
  switch (token.kind) {
    case "number":
      cursor.advance();
      return { kind: "number", text: token.text };
    case "string":
      return { kind: "string", text: cursor.expectString("a string") };
    case "word":
      break;
    default:
      return undefined;
  }
  if (cursor.acceptWords("NULL")) return { kind: "null" };
  if (cursor.acceptWords("TRUE")) return { kind: "boolean", value: true };
  if (cursor.acceptWords("FALSE")) return { kind: "boolean", value: false };
  return cursor.peek(1).kind === "string" ? parseTypedLiteral(cursor) : undefined;
}

/** Reads `DATE '…'` and its like, or `X'…'`, if one comes next. */
export function parseTypedLiteral(cursor: QueryCursor): Literal | undefined {
  const place = cursor.current;
  const type = (["date", "datetime", "timestamp", "timestamp_ntz", "json"] as const).find((word) =>
    cursor.acceptWords(word),
  );
  if (type !== undefined) {
    return { kind: "typed", type, text: cursor.expectString("the text of the literal"), place };
  }
  if (!cursor.atWords("X") || cursor.peek(1).start !== place.end) {
    return undefined;
  }
  cursor.advance();
  const text = cursor.expectString("hexadecimal digits");
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(text)) {
    throw cursor.contradiction("expected pairs of hexadecimal digits", place);
  }
  return { kind: "typed", type: "binary", text, place };
}

/** Reads `INTERVAL '1-2' YEAR TO MONTH`, `INTERVAL 3 DAY` and their like, if one comes next. */
export function parseInterval(cursor: QueryCursor): IntervalLiteral | undefined {
  const place = cursor.current;
  const next = cursor.peek(1);
  const begins = ["string", "number"].includes(next.kind) || next.text === "(" || next.text === "-";
  if (!isWord(place, "INTERVAL") || !begins) {
    return undefined;
  }
  cursor.advance();
  const amount = parseIntervalAmount(cursor);
  const unit = parseIntervalUnit(cursor);
  return cursor.acceptWords("TO")
    ? { kind: "interval", amount, unit, to: parseIntervalUnit(cursor), place }
    : { kind: "interval", amount, unit, place };
}

/** Reads how many units: text, a number, or an expression in parentheses. */
export function parseIntervalAmount(cursor: QueryCursor): Expression {
  const negative = cursor.acceptSymbol("-");
  const simple = cursor.current.kind === "number" || cursor.current.kind === "string";
  let amount: Expression | undefined = simple ? parseLiteral(cursor) : undefined;
  if (amount === undefined) {
    cursor.expectSymbol("(");
    amount = cursor.expression();
    cursor.expectSymbol(")");
  }
  return negative ? { kind: "unary", operator: "-", operand: amount } : amount;
}

/** Reads a unit, in the singular or the plural. */
export function parseIntervalUnit(cursor: QueryCursor): IntervalUnit {
  const unit = units.find((word) => cursor.acceptWords(word) || cursor.acceptWords(`${word}S`));
  if (unit === undefined) {
    throw cursor.unexpected(`one of ${units.join(", ")}`);
  }
  return unit;
}

const units = ["YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"] as const;
