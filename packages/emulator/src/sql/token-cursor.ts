import { type SqlError, sqlErrorAt } from "./sql-error.ts";
import type { Token } from "./token.ts";

/** Walks over the tokens of one statement, from the first to its `end`. */
export class TokenCursor {
  readonly #tokens: readonly Token[];
  readonly #sql: string;
  #index = 0;

  /** `tokens` are closed by an `end` token; `sql` is the script their offsets point into. */
  constructor(tokens: readonly Token[], sql: string) {
    this.#tokens = tokens;
    this.#sql = sql;
  }

  /** The token that comes next. */
  get current(): Token {
    return this.peek(0);
  }

  /** The token `ahead` places behind the current one; the `end` token beyond the end. */
  peek(ahead: number): Token {
    const token = this.#tokens[Math.min(this.#index + ahead, this.#tokens.length - 1)];
    if (token === undefined) {
      throw new RangeError("Expected tokens closed by an end token, got none");
    }
    return token;
  }

  /** Offset behind the token taken last. */
  get previousEnd(): number {
    return this.#tokens[this.#index - 1]?.end ?? 0;
  }

  /** Takes the current token. */
  advance(): Token {
    const token = this.current;
    this.#index = Math.min(this.#index + 1, this.#tokens.length - 1);
    return token;
  }

  /** Takes everything that is left, `end` included, and its text; the cursor then stands at the end. */
  takeRest(): { readonly text: string; readonly tokens: readonly Token[] } {
    const tokens = this.#tokens.slice(this.#index);
    this.#index = this.#tokens.length - 1;
    const text = this.#sql.slice(tokens[0]?.start, tokens.at(-2)?.end ?? tokens[0]?.start);
    return { text, tokens };
  }

  /** True when the next tokens are these words, in any case and without quotes. */
  atWords(...words: readonly string[]): boolean {
    return words.every((word, ahead) => isWord(this.peek(ahead), word));
  }

  atSymbol(symbol: string): boolean {
    return this.current.kind === "symbol" && this.current.text === symbol;
  }

  atEnd(): boolean {
    return this.current.kind === "end";
  }

  /** True when the current token can be a name. */
  atName(): boolean {
    return this.current.kind === "word" || this.current.kind === "quoted-word";
  }

  /** Takes these words if all of them come next. */
  acceptWords(...words: readonly string[]): boolean {
    const found = this.atWords(...words);
    if (found) this.#index += words.length;
    return found;
  }

  acceptSymbol(symbol: string): boolean {
    const found = this.atSymbol(symbol);
    if (found) this.advance();
    return found;
  }

  expectWords(...words: readonly string[]): void {
    for (const word of words) {
      if (!this.acceptWords(word)) throw this.unexpected(word.toUpperCase());
    }
  }

  expectSymbol(symbol: string): Token {
    if (!this.atSymbol(symbol)) throw this.unexpected(`'${symbol}'`);
    return this.advance();
  }

  /** Takes a name, quoted or not; an empty one in quotes is refused. */
  expectName(what: string): Token {
    if (!this.atName() || this.current.text === "") throw this.unexpected(what);
    return this.advance();
  }

  /** Takes a string literal; literals that follow each other are one. */
  expectString(what: string): string {
    if (this.current.kind !== "string") throw this.unexpected(what);
    let text = "";
    while (this.current.kind === "string") text += this.advance().text;
    return text;
  }

  /** Takes an integer between the bounds, both included. */
  expectInteger(what: string, least: number, most: number): number {
    const { kind, text } = this.current;
    const value = kind === "number" && /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) throw this.unexpected(`${what} of ${least} to ${most}`);
    this.advance();
    return value;
  }

  expectEnd(): void {
    if (!this.atEnd()) throw this.unexpected("the end of the statement");
  }

  /** The error for a current token that fits nowhere. */
  unexpected(expected: string): SqlError {
    return sqlErrorAt(this.current, "parse", `${describe(this.current)}, expected ${expected}`);
  }

  /** The error for something that reads well and is not offered here. */
  notSupported(what: string, at: Token = this.current): SqlError {
    return sqlErrorAt(at, "not-supported", `${what} is not supported`);
  }
}

/** True for that unquoted word, in any case. */
export function isWord(token: Token, word: string): boolean {
  return token.kind === "word" && token.text.toUpperCase() === word.toUpperCase();
}

function describe(token: Token): string {
  switch (token.kind) {
    case "end":
      return "unexpected end of statement";
    case "string":
      return `invalid token string '${shorten(token.text)}'`;
    case "quoted-word":
      return `invalid token \`${shorten(token.text)}\``;
    default:
      return `invalid token '${shorten(token.text)}'`;
  }
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
