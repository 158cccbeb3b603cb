import type { FilePosition } from "../errors.ts";

/** `file:line:column`, the spelling that editors and terminals turn into a link. */
export function formatPosition(position: FilePosition): string {
  const { file, line, column } = position;
  if (line === undefined) return file;
  return column === undefined ? `${file}:${line}` : `${file}:${line}:${column}`;
}
