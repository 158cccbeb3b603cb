import type { CodecErrorCode } from "../errors.ts";

/** A value that cannot be encoded or decoded; whoever knows the row and column turns it into a CodecError. */
export class InvalidValue extends Error {
  readonly code: CodecErrorCode;
  readonly expected: string;
  readonly value: unknown;
  /** Place inside the column's value, for example `[3].name`; grows from the inside out. */
  path = "";

  constructor(code: CodecErrorCode, expected: string, value: unknown, cause?: unknown) {
    super(expected, cause === undefined ? undefined : { cause });
    this.code = code;
    this.expected = expected;
    this.value = value;
  }
}

/** Rethrows with one more step in front of the path. */
export function rethrowInside(error: unknown, step: string): never {
  if (error instanceof InvalidValue) error.path = step + error.path;
  throw error;
}

const longest = 60;

/** A value as short text for a message. */
export function showValue(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > longest ? `${value.slice(0, longest)}…` : value);
    case "bigint":
      return shorten(`${value}n`);
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "boolean":
    case "undefined":
      return String(value);
    case "function":
      return "a function";
    case "symbol":
      return "a symbol";
    default:
      return value === null ? "NULL" : shorten(showObject(value as object));
  }
}

function showObject(value: object): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? "an invalid Date" : `Date ${value.toISOString()}`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`;
  if (value instanceof Map) return `a Map of ${value.size}`;
  const keys = Object.keys(value);
  const shown = keys.slice(0, 5).join(", ");
  return `an object {${shown}${keys.length > 5 ? ", …" : ""}}`;
}

function shorten(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
