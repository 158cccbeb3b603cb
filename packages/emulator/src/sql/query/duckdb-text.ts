/** A name as DuckDB quotes it. */
export function duckName(name: string): string {
  return `"${name.replaceAll('"', '""').replaceAll("\0", "\ufffd")}"`;
}

/** A string as a DuckDB expression; its scripts cannot hold U+0000, which is put together by a function. */
export function duckString(text: string): string {
  const quote = (part: string): string => `'${part.toWellFormed().replaceAll("'", "''")}'`;
  const parts = text.split("\0").map(quote);
  return parts.length === 1 ? (parts[0] ?? "''") : `(${parts.join(" || chr(0) || ")})`;
}
