import { CodecError, type CodecErrorCode } from "../errors.ts";
import { InvalidValue, showValue } from "../values/invalid-value.ts";
import { JsonFault } from "./convert/json-cursor.ts";
import { ValueRefused } from "./convert/value-refused.ts";

/** A record of delimited text that made no row. */
export interface TextRowReject {
  /** Index of the record among all of the stream, from 0, blank lines that are skipped left out. */
  readonly row: number;
  /** Line on which the field begins, or the fault stands, from 1. */
  readonly line: number;
  /** Name of the column, if it is one column's fault. */
  readonly column: string | undefined;
  /** Where the field begins, its quote included, or the fault stands: byte offset in all that was pushed. */
  readonly offset: number;
  /** Where the record begins and ends, its delimiter left out: byte offsets in all that was pushed. */
  readonly recordStart: number;
  readonly recordEnd: number;
  readonly code: CodecErrorCode;
  /** What was expected. */
  readonly reason: string;
  /** The field's text as it is written, or the beginning of the record's, in quotes and shortened to 60 characters. */
  readonly value: string;
}

/** What a refusal says, without where. */
export interface Refusal {
  readonly code: CodecErrorCode;
  readonly reason: string;
}

/** What an error of converting or encoding a value says; undefined for any other error. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof ValueRefused) {
    const place = error.at === undefined ? "" : ` (at character ${error.at + 1})`;
    return { code: error.code, reason: `${error.message}${place}` };
  }
  if (error instanceof JsonFault) {
    return { code: "invalid-text", reason: `JSON (at character ${error.at + 1}: ${error.message})` };
  }
  if (error instanceof InvalidValue) {
    const place = error.path === "" ? "" : ` (at ${error.path})`;
    return { code: error.code, reason: `${error.expected}${place}` };
  }
  return undefined;
}

/** A value as a reject shows it. */
export function shownText(text: string): string {
  return showValue(text);
}

/** The reject as the error that is thrown where nobody takes rejects. */
export function rejectError(reject: TextRowReject): CodecError {
  const { row, line, column, offset, code, reason, value } = reject;
  const place = column === undefined ? `line ${line}` : `line ${line}, column ${column}`;
  return new CodecError(code, `${place}: Expected ${reason}, got ${value}`, {
    row,
    line,
    offset,
    ...(column === undefined ? {} : { column }),
    value,
    expected: reason,
  });
}
