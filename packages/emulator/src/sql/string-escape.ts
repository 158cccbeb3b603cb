/** An escape of a quoted string, resolved. */
export interface StringEscape {
  readonly text: string;
  /** Offset behind the escape. */
  readonly end: number;
}

/**
 * Resolves the escape that begins with the backslash at `at`; undefined at the end of the text.
 *
 * `\%` and `\_` keep their backslash, for `LIKE`; a backslash before any other character stands for that character.
 */
export function readStringEscape(sql: string, at: number): StringEscape | undefined {
  const point = sql.codePointAt(at + 1);
  if (point === undefined) {
    return undefined;
  }
  const character = String.fromCodePoint(point);
  const octal = /^[0-3][0-7]{2}/.exec(sql.slice(at + 1, at + 4));
  if (octal !== null) {
    return { text: String.fromCharCode(Number.parseInt(octal[0], 8)), end: at + 4 };
  }
  const hexadecimal = /^u[0-9a-fA-F]{4}/.exec(sql.slice(at + 1, at + 6));
  if (hexadecimal !== null) {
    return { text: String.fromCharCode(Number.parseInt(hexadecimal[0].slice(1), 16)), end: at + 6 };
  }
  if (character === "0" && sql[at + 2] === "0") {
    return { text: "\0", end: at + 3 };
  }
  return { text: escapes.get(character) ?? character, end: at + 1 + character.length };
}

/** A string as a literal of the dialect, in single quotes. */
export function quoteString(text: string): string {
  const escaped = text.replace(/[\\'\0\b\n\r\t]/g, (found) => `\\${unescapes.get(found) ?? found}`);
  return `'${escaped}'`;
}

/** A name in back-quotes. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

const escapes: ReadonlyMap<string, string> = new Map([
  ["0", "\0"],
  ["b", "\b"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["Z", "\u001a"],
  ["%", "\\%"],
  ["_", "\\_"],
]);

const unescapes: ReadonlyMap<string, string> = new Map([
  ["\0", "0"],
  ["\b", "b"],
  ["\n", "n"],
  ["\r", "r"],
  ["\t", "t"],
]);
