import { CodecError } from "../errors.ts";

/** How delimited text is laid out. The defaults are those of RFC 4180. */
export interface TextDialect {
  /** What stands between two fields; one character or more. @default "," */
  readonly delimiter?: string;
  /** What ends a record, to the letter. @default LF or CRLF, or CR: see `lineEnd` */
  readonly recordDelimiter?: string;
  /**
   * Without a `recordDelimiter`, whether records end with LF or CRLF (`"lf"`), or with CR (`"cr"`). The other one is then
   * refused outside quotes. @default as the first record of the stream ends
   */
  readonly lineEnd?: "lf" | "cr";
  /** The ASCII character around fields that hold a delimiter; `null` for none. @default '"' */
  readonly quote?: string | null;
  /**
   * The ASCII character that makes a quote, or itself, stand for itself inside quotes; without quotes, one that does so
   * for delimiters and itself. Before anything else it stands for itself. `null`: inside quotes, a quote is written
   * twice. @default null
   */
  readonly escape?: string | null;
  /** Fields that are NULL, to the letter. @default [""] */
  readonly nullMarkers?: readonly string[];
  /** Whether a field in quotes may be NULL too. @default "unquoted" */
  readonly nullIn?: "unquoted" | "any";
  /** What a line with nothing on it is; where records have one field it is always a row. @default "skip" */
  readonly blankLines?: "skip" | "row";
}

/** A {@link TextDialect} in bytes. */
export interface DialectBytes {
  readonly delimiter: Uint8Array;
  /** Undefined for line ends. */
  readonly recordDelimiter: Uint8Array | undefined;
  /** The byte that ends lines, LF or CR; 0 when the first record tells. */
  readonly lineEnd: number;
  /** -1 for none. */
  readonly quoteByte: number;
  /** -1 for none, which inside quotes means quotes written twice. */
  readonly escapeByte: number;
  readonly nullMarkers: readonly Uint8Array[];
  readonly nullInQuotes: boolean;
  readonly skipsBlankLines: boolean;
}

/** @throws CodecError `invalid-option` for layouts that could be read in two ways. */
export function resolveDialect(dialect: TextDialect = {}): DialectBytes {
  const { delimiter = ",", recordDelimiter, quote = '"', nullMarkers = [""] } = dialect;
  const escapeCharacter = dialect.escape ?? null;
  const bytes: DialectBytes = {
    delimiter: textEncoder.encode(delimiter),
    recordDelimiter: recordDelimiter === undefined ? undefined : textEncoder.encode(recordDelimiter),
    lineEnd: dialect.lineEnd === undefined ? 0 : dialect.lineEnd === "lf" ? lineFeed : carriageReturn,
    quoteByte: asciiByte("quote", quote),
    escapeByte: quote === escapeCharacter ? -1 : asciiByte("escape", escapeCharacter),
    nullMarkers: nullMarkers.map((marker) => textEncoder.encode(marker)),
    nullInQuotes: dialect.nullIn === "any",
    skipsBlankLines: dialect.blankLines !== "row",
  };
  refuseUnclear(bytes);
  return bytes;
}

function asciiByte(option: string, character: string | null): number {
  if (character === null) return -1;
  const code = character.charCodeAt(0);
  if (character.length === 1 && code < 128 && code !== lineFeed && code !== carriageReturn) return code;
  throw unclear(`${option} to be one ASCII character and no line end`, character);
}

function refuseUnclear(dialect: DialectBytes): void {
  const { delimiter, recordDelimiter, quoteByte, escapeByte } = dialect;
  const recordEnds = recordDelimiter === undefined ? [lineFeed, carriageReturn] : [...recordDelimiter];
  if (delimiter.length === 0 || recordEnds.length === 0) {
    throw unclear("delimiters of at least one character", "");
  }
  for (const special of [quoteByte, escapeByte]) {
    if (delimiter.includes(special) || recordEnds.includes(special)) {
      throw unclear("quote and escape to be no part of a delimiter", String.fromCharCode(special));
    }
  }
  if (recordDelimiter === undefined && delimiter.some((byte) => recordEnds.includes(byte))) {
    throw unclear("a delimiter without line ends", textDecoder.decode(delimiter));
  }
  if (recordDelimiter !== undefined && begins(delimiter, recordDelimiter)) {
    throw unclear("a delimiter that does not begin with the record delimiter", textDecoder.decode(delimiter));
  }
}

function begins(bytes: Uint8Array, start: Uint8Array): boolean {
  return start.every((byte, at) => bytes[at] === byte);
}

function unclear(expected: string, found: string): CodecError {
  return new CodecError("invalid-option", `Expected ${expected}, got ${JSON.stringify(found)}`);
}

export const lineFeed = 0x0a;
export const carriageReturn = 0x0d;

const textEncoder: TextEncoder = /*@__PURE__*/ new TextEncoder();
const textDecoder: TextDecoder = /*@__PURE__*/ new TextDecoder();
