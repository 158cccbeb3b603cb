import type { ColumnConverter } from "../convert/column-converter.ts";
import { JsonFault } from "../convert/json-cursor.ts";
import { ValueRefused } from "../convert/value-refused.ts";
import { CliError, type FilePosition } from "../errors.ts";
import { formatPosition } from "./file-position.ts";

/** Says where a value stands, what its column expected and what was there; other errors pass unchanged. */
export function refuseValue(
  error: unknown,
  column: Pick<ColumnConverter, "name" | "type">,
  position: FilePosition,
  text: string,
  next?: string,
): unknown {
  const expected = expectation(error);
  if (expected === undefined) return error;
  return new CliError(
    "bad-value",
    `${formatPosition(position)}: column ${column.name} (${column.type}): expected ${expected}, got ${quoteValue(text)}.`,
    { position, field: column.name, cause: error, next },
  );
}

/** A value as it is shown in a message: in quotes, on one line, shortened. */
export function quoteValue(text: string): string {
  if (text === "") return "an empty text";
  const characters = Array.from(text.slice(0, 128));
  return JSON.stringify(characters.length > 60 ? `${characters.slice(0, 57).join("")}…` : text);
}

function expectation(error: unknown): string | undefined {
  if (error instanceof ValueRefused) return error.message;
  if (error instanceof JsonFault) return `JSON (at character ${error.at + 1}: ${error.message})`;
  return undefined;
}
