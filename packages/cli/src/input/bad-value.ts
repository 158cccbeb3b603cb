import type { ColumnConverter } from "@maxcompute-tunnel/codec/text";
import { JsonFault, ValueRefused } from "@maxcompute-tunnel/codec/text";
import { CliError, type FilePosition } from "../errors.ts";
import { formatPosition } from "./file-position.ts";

/** Says where a value stands, what its column expected and what was there; other errors pass unchanged. */
export function refuseValue(
  error: unknown,
  column: Pick<ColumnConverter, "name" | "type">,
  position: FilePosition,
  /** What stood there, as {@link quoteValue} or {@link quoteSource} shows it. */
  got: string,
  next?: string,
): unknown {
  const expected = expectation(error);
  if (expected === undefined) return error;
  return new CliError(
    "bad-value",
    `${formatPosition(position)}: column ${column.name} (${column.type}): expected ${expected}, got ${got}.`,
    { position, field: column.name, cause: error, next },
  );
}

/** A value as it is shown in a message: in quotes, on one line, shortened, nothing in it for a terminal to obey. */
export function quoteValue(text: string): string {
  if (text === "") return "an empty text";
  return JSON.stringify(shorten(text)).replace(unprintable, escapeOf);
}

/** A value as it is written in JSON; a string has its quotes there already. */
export function quoteSource(source: string): string {
  return source.startsWith('"') ? shorten(source).replace(unprintable, escapeOf) : quoteValue(source);
}

function shorten(text: string): string {
  const characters = Array.from(text.slice(0, 128));
  return characters.length > 60 ? `${characters.slice(0, 57).join("")}…` : text;
}

/** Control characters, and those that turn the direction of the text around them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function expectation(error: unknown): string | undefined {
  if (error instanceof ValueRefused) return error.message;
  if (error instanceof JsonFault) return `JSON (at character ${error.at + 1}: ${error.message})`;
  return undefined;
}
