import { parseType } from "@maxcompute-tunnel/codec/schema";

/** Characters of a CHAR(n) column; `undefined` for other types. */
export function charLength(type: string): number | undefined {
  const parsed = parseType(type);
  return parsed.kind === "char" ? parsed.length : undefined;
}

/**
 * Pads a text with blanks to so many characters.
 *
 * protocol: MaxCompute Tunnel, value details: clients send CHAR(n) without padding, the service sends it padded.
 */
export function paddedChar(value: unknown, length: number | undefined): unknown {
  if (length === undefined || typeof value !== "string") {
    return value;
  }
  // Characters, not UTF-16 units: a surrogate pair is one.
  const missing = value.length >= length * 2 ? 0 : length - [...value].length;
  return missing > 0 ? value + " ".repeat(missing) : value;
}
