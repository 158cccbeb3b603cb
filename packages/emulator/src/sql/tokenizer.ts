import { SqlError } from "./sql-error.ts";
import { readStringEscape } from "./string-escape.ts";
import type { Token, TokenKind } from "./token.ts";

/** Longest script that is read, in UTF-16 units; the service's own limit is 2 MiB. */
export const maxSqlLength: number = 2 * 1024 * 1024;

/**
 * Splits a script into tokens, comments and blanks left out, closed by an `end` token.
 *
 * A character that begins no token becomes an `unknown` token, so that the parser can say what it expected there.
 *
 * @throws SqlError for a string, quoted name or comment that is not closed, and for a script that is too long.
 */
export function tokenize(sql: string): Token[] {
  if (sql.length > maxSqlLength) {
    throw new SqlError(`expected at most ${maxSqlLength} characters of SQL, got ${sql.length}`, {
      code: "parse",
      line: 1,
      column: 1,
    });
  }
  const scanner: Scanner = { sql, at: 0, line: 1, lineStart: 0, nextLine: findLineEnd(sql, 0) };
  const tokens: Token[] = [];
  for (;;) {
    skipBlanksAndComments(scanner);
    const token = scanToken(scanner);
    tokens.push(token);
    if (token.kind === "end") {
      return tokens;
    }
  }
}

/** Where scanning stands. */
interface Scanner {
  readonly sql: string;
  at: number;
  line: number;
  /** Offset at which the current line begins. */
  lineStart: number;
  /** Offset at which the next line begins; kept, so that one long line is searched once. */
  nextLine: number;
}

function scanToken(scanner: Scanner): Token {
  const { sql, at } = scanner;
  const character = sql[at];
  if (character === undefined) {
    return take(scanner, "end", "", at);
  }
  if (character === "'" || character === '"') {
    return scanString(scanner, character);
  }
  if (character === "`") {
    return scanQuotedWord(scanner);
  }
  if (isDigit(character) || (character === "." && isDigit(sql[at + 1]))) {
    return scanNumber(scanner);
  }
  if (isWordStart(character)) {
    const end = endOfWord(sql, at);
    return take(scanner, "word", sql.slice(at, end), end);
  }
  for (const length of [3, 2, 1]) {
    const symbol = sql.slice(at, at + length);
    if (symbol.length === length && symbols.has(symbol)) {
      return take(scanner, "symbol", symbol, at + length);
    }
  }
  const whole = String.fromCodePoint(sql.codePointAt(at) ?? 0);
  return take(scanner, "unknown", whole, at + whole.length);
}

function scanString(scanner: Scanner, quote: string): Token {
  const { sql, at } = scanner;
  let text = "";
  let from = at + 1;
  for (let to = from; ; ) {
    const character = sql[to];
    if (character === undefined) {
      throw unclosed(scanner, "string");
    }
    if (character === quote) {
      return take(scanner, "string", text + sql.slice(from, to), to + 1);
    }
    if (character === "\\") {
      const resolved = readStringEscape(sql, to);
      if (resolved === undefined) {
        throw unclosed(scanner, "string");
      }
      text += sql.slice(from, to) + resolved.text;
      from = resolved.end;
      to = resolved.end;
    } else {
      to += 1;
    }
  }
}

function scanQuotedWord(scanner: Scanner): Token {
  const { sql, at } = scanner;
  let text = "";
  for (let from = at + 1; ; ) {
    const close = sql.indexOf("`", from);
    if (close < 0) {
      throw unclosed(scanner, "quoted name");
    }
    text += sql.slice(from, close);
    if (sql[close + 1] !== "`") {
      return take(scanner, "quoted-word", text, close + 1);
    }
    text += "`";
    from = close + 2;
  }
}

/** Digits, a fraction, an exponent and a type suffix such as `L` or `BD`; letters run on make it no number. */
function scanNumber(scanner: Scanner): Token {
  const { sql, at } = scanner;
  let end = skipDigits(sql, at);
  if (sql[end] === "." && !isWordStart(sql[end + 1])) {
    end = skipDigits(sql, end + 1);
  }
  if (sql[end] === "e" || sql[end] === "E") {
    const sign = sql[end + 1] === "+" || sql[end + 1] === "-" ? 1 : 0;
    if (isDigit(sql[end + 1 + sign])) {
      end = skipDigits(sql, end + 1 + sign);
    }
  }
  const wordEnd = endOfWord(sql, end);
  const kind = numberSuffixes.has(sql.slice(end, wordEnd).toUpperCase()) ? "number" : "unknown";
  return take(scanner, kind, sql.slice(at, wordEnd), wordEnd);
}

function skipBlanksAndComments(scanner: Scanner): void {
  const { sql } = scanner;
  for (;;) {
    const character = sql[scanner.at];
    if (character !== undefined && isBlank(character)) {
      moveTo(scanner, scanner.at + 1);
    } else if (sql.startsWith("--", scanner.at)) {
      const lineEnd = sql.indexOf("\n", scanner.at);
      moveTo(scanner, lineEnd < 0 ? sql.length : lineEnd);
    } else if (sql.startsWith("/*", scanner.at)) {
      const close = sql.indexOf("*/", scanner.at + 2);
      if (close < 0) {
        throw unclosed(scanner, "comment");
      }
      moveTo(scanner, close + 2);
    } else {
      return;
    }
  }
}

function take(scanner: Scanner, kind: TokenKind, text: string, end: number): Token {
  const { at, line } = scanner;
  const column = at - scanner.lineStart + 1;
  moveTo(scanner, end);
  return { kind, text, line, column, start: at, end };
}

function moveTo(scanner: Scanner, end: number): void {
  while (scanner.nextLine <= end) {
    scanner.line += 1;
    scanner.lineStart = scanner.nextLine;
    scanner.nextLine = findLineEnd(scanner.sql, scanner.nextLine);
  }
  scanner.at = end;
}

function findLineEnd(sql: string, from: number): number {
  const lineFeed = sql.indexOf("\n", from);
  return lineFeed < 0 ? Number.POSITIVE_INFINITY : lineFeed + 1;
}

function unclosed(scanner: Scanner, what: string): SqlError {
  return new SqlError(`the ${what} that begins here is not closed`, {
    code: "parse",
    line: scanner.line,
    column: scanner.at - scanner.lineStart + 1,
  });
}

function skipDigits(sql: string, from: number): number {
  let end = from;
  while (isDigit(sql[end])) end += 1;
  return end;
}

function endOfWord(sql: string, from: number): number {
  let end = from;
  while (isWordStart(sql[end]) || isDigit(sql[end])) end += 1;
  return end;
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= "0" && character <= "9";
}

function isWordStart(character: string | undefined): boolean {
  return (
    character !== undefined &&
    ((character >= "a" && character <= "z") || (character >= "A" && character <= "Z") || character === "_")
  );
}

/** Blanks of any script: pasted SQL carries no-break and ideographic spaces. */
function isBlank(character: string): boolean {
  return character <= " " ? blanks.has(character) : character > "\x7f" && /^[\s\ufeff]$/u.test(character);
}

const blanks: ReadonlySet<string> = new Set([" ", "\t", "\n", "\r", "\v", "\f"]);

/** None holds two `>`: those close nested types. */
const symbols: ReadonlySet<string> = new Set([
  ..."()[]{},;.:?@=<>+-*/%&|^~!",
  ...["<=", ">=", "<>", "!=", "==", "||", "&&", ":=", "->", "<<"],
  "<=>",
]);

const numberSuffixes: ReadonlySet<string> = new Set(["", "Y", "S", "L", "F", "D", "BD"]);
