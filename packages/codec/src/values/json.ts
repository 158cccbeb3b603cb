import { InvalidValue } from "./invalid-value.ts";

/**
 * The text that carries a JSON value: a string is taken for JSON text and kept as it is; an object, array, number
 * or boolean is written out.
 *
 * @param mustParse whether text has to be JSON.
 */
export function jsonText(value: unknown, mustParse: boolean): string {
  if (typeof value === "string") {
    if (mustParse) refuseUnlessJson(value);
    return value;
  }
  if (typeof value !== "object" && typeof value !== "number" && typeof value !== "boolean") {
    throw new InvalidValue("wrong-type", "JSON text, an object, an array, a number or a boolean", value);
  }
  let text: string | undefined;
  try {
    text = JSON.stringify(value, refuseLossy);
  } catch (cause) {
    if (cause instanceof InvalidValue) throw cause;
    throw new InvalidValue("wrong-type", "a value that JSON can hold", value, cause);
  }
  if (text === undefined) throw new InvalidValue("wrong-type", "a value that JSON can hold", value);
  return text;
}

function refuseUnlessJson(text: string): void {
  try {
    JSON.parse(text);
  } catch (cause) {
    throw new InvalidValue("invalid-text", "JSON text", text, cause);
  }
}

/** `JSON.stringify` would write NaN and infinities as null, and fails on a bigint without saying which. */
function refuseLossy(_key: string, value: unknown): unknown {
  if (typeof value === "bigint" || (typeof value === "number" && !Number.isFinite(value))) {
    throw new InvalidValue("inexact", "JSON numbers that are finite and not bigints", value);
  }
  return value;
}
