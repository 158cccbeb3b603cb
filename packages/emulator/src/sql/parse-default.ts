import { sqlErrorAt } from "./sql-error.ts";
import { quoteString } from "./string-escape.ts";
import type { TokenCursor } from "./token-cursor.ts";

/** Calls nested deeper than this in a default are refused. */
const deepestCall = 8;

/**
 * Reads a column's default, a literal or a call of literals, and hands it back as text.
 *
 * The text is put together from the tokens, so comments and line ends are gone.
 */
export function parseDefaultValue(cursor: TokenCursor, depth = 1): string {
  const start = cursor.current;
  if (depth > deepestCall) {
    throw sqlErrorAt(start, "parse", `expected at most ${deepestCall} calls inside each other`);
  }
  if (cursor.acceptSymbol("-")) {
    return `-${expectNumber(cursor)}`;
  }
  if (start.kind === "number") {
    return cursor.advance().text;
  }
  if (start.kind === "string") {
    return quoteString(cursor.expectString("a default value"));
  }
  if (start.kind !== "word") {
    throw cursor.unexpected("a default value");
  }
  cursor.advance();
  const word = start.text.toLowerCase();
  if (constants.has(word)) {
    return word;
  }
  if (typed.has(word) && cursor.current.kind === "string") {
    return `${word} ${quoteString(cursor.expectString("a literal"))}`;
  }
  return `${word}(${parseDefaultArguments(cursor, depth + 1).join(", ")})`;
}

function parseDefaultArguments(cursor: TokenCursor, depth: number): string[] {
  cursor.expectSymbol("(");
  if (cursor.acceptSymbol(")")) {
    return [];
  }
  const values = [parseDefaultValue(cursor, depth)];
  while (cursor.acceptSymbol(",")) values.push(parseDefaultValue(cursor, depth));
  cursor.expectSymbol(")");
  return values;
}

function expectNumber(cursor: TokenCursor): string {
  if (cursor.current.kind !== "number") {
    throw cursor.unexpected("a number");
  }
  return cursor.advance().text;
}

const constants: ReadonlySet<string> = new Set(["null", "true", "false"]);

const typed: ReadonlySet<string> = new Set(["date", "datetime", "timestamp", "timestamp_ntz"]);
