/** What a token is; `symbol` covers operators and punctuation, `unknown` a character no token starts with. */
export type TokenKind = "word" | "quoted-word" | "string" | "number" | "symbol" | "unknown" | "end";

/** One word, literal or symbol of a statement, with the place it stands at. */
export interface Token {
  readonly kind: TokenKind;
  /**
   * Words as written, quoted words without their back-quotes, strings with their escapes resolved,
   * numbers and symbols as written.
   */
  readonly text: string;
  /** Line of the first character, from 1. */
  readonly line: number;
  /** Column of the first character, from 1. */
  readonly column: number;
  /** Offset of the first character in the source. */
  readonly start: number;
  /** Offset behind the last character in the source. */
  readonly end: number;
}
