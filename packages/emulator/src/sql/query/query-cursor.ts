import { sqlErrorAt } from "../sql-error.ts";
import type { Token } from "../token.ts";
import { isWord, TokenCursor } from "../token-cursor.ts";
import type { Expression, Place, Query } from "./query.ts";
import { isFreeName } from "./words.ts";

/** The two rules that contain each other and nearly every other rule. */
export interface QueryRules {
  readonly expression: (cursor: QueryCursor) => Expression;
  readonly query: (cursor: QueryCursor) => Query;
}

/** Expressions and queries nested deeper than this are refused. */
const deepestNesting = 100;

/** Walks over the tokens of a query; knows how to read what nests, and how deep it may. */
export class QueryCursor extends TokenCursor {
  readonly #rules: QueryRules;
  #depth = 0;

  constructor(tokens: readonly Token[], rules: QueryRules) {
    super(tokens, "");
    this.#rules = rules;
  }

  /** Reads an expression. */
  expression(): Expression {
    return this.descend(this.#rules.expression);
  }

  /** Reads expressions with commas between them. */
  expressions(): Expression[] {
    const list = [this.expression()];
    while (this.acceptSymbol(",")) list.push(this.expression());
    return list;
  }

  /** Reads a query. */
  query(): Query {
    return this.descend(this.#rules.query);
  }

  /** True when a query begins here or behind the parentheses that open here. */
  atQuery(): boolean {
    let ahead = 0;
    while (this.peek(ahead).kind === "symbol" && this.peek(ahead).text === "(") ahead += 1;
    return (
      ["SELECT", "WITH", "VALUES"].some((word) => isWord(this.peek(ahead), word)) && !this.#callsValues(ahead)
    );
  }

  /** Takes a name that is not a reserved word. */
  name(what: string): string {
    if (!isFreeName(this.current)) throw this.unexpected(what);
    return this.advance().text;
  }

  /** Reads `(a, b)`. */
  names(what: string): string[] {
    this.expectSymbol("(");
    const list = [this.name(what)];
    while (this.acceptSymbol(",")) list.push(this.name(what));
    this.expectSymbol(")");
    return list;
  }

  /** Takes `[AS] alias` if there is one; without AS, a reserved word is none. */
  alias(): string | undefined {
    if (this.acceptWords("AS")) {
      return this.expectName("an alias").text;
    }
    return isFreeName(this.current) ? this.advance().text : undefined;
  }

  /** The error for a query that reads well and contradicts itself. */
  contradiction(problem: string, at: Place): Error {
    return sqlErrorAt(at, "semantic", problem);
  }

  /** Reads something that may contain itself, and bounds how often it does. */
  descend<Result>(read: (cursor: QueryCursor) => Result): Result {
    if (this.#depth === deepestNesting) {
      throw sqlErrorAt(
        this.current,
        "parse",
        `expected at most ${deepestNesting} expressions inside each other`,
      );
    }
    this.#depth += 1;
    const result = read(this);
    this.#depth -= 1;
    return result;
  }

  /** VALUES is a query only in front of its rows. */
  #callsValues(ahead: number): boolean {
    return isWord(this.peek(ahead), "VALUES") && this.peek(ahead + 1).text !== "(";
  }
}
