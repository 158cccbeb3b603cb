/**
 * Reads a delimiter as the old command does: `\r`, `\n` and `\t` are what they look like, and so is `\uXXXX`. Where at
 * least one `\uXXXX` stands, `\\`, `\"`, `\'`, `\b` and `\f` are escapes too. `\x01` was never one.
 */
export function readOldDelimiter(text: string): string {
  const isJava = /\\u[\da-f]{4}/i.test(text);
  const escapes: Readonly<Record<string, string>> = isJava
    ? { r: "\r", n: "\n", t: "\t", b: "\b", f: "\f", "\\": "\\", '"': '"', "'": "'" }
    : { r: "\r", n: "\n", t: "\t" };
  return text.replace(/\\(?:u+([\da-f]{4})|(.))/gis, (whole, hex?: string, letter?: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    return escapes[letter ?? ""] ?? whole;
  });
}

/** Writes a text so that our own delimiter flags read it back: control characters and backslashes are escaped. */
export function writeDelimiter(text: string): string {
  return text.replace(/[\\\p{Cc}]/gu, (character) => {
    const letter = letters[character];
    if (letter !== undefined) return letter;
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}

const letters: Readonly<Record<string, string>> = {
  "\r": "\\r",
  "\n": "\\n",
  "\t": "\\t",
  "\\": "\\\\",
};
