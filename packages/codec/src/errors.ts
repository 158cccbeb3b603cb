/**
 * What went wrong, for the caller's next decision.
 *
 * Schemas: `invalid-type`, `invalid-schema`, `invalid-option`.
 *
 * Encoding a value: `wrong-type` (a kind of JavaScript value that the column does not take), `out-of-range`,
 * `inexact` (it would have to be rounded), `invalid-text` (a string that is not a date, number, JSON … as the
 * column needs it), `too-long`, `null-not-allowed`, `wrong-length` (vector), `unknown-property`,
 * `duplicate-property`, `too-many-values`, `field-too-large`, `record-too-large`.
 *
 * Decoding: `bad-tag`, `unknown-field`, `wrong-wire-type`, `duplicate-field`, `bad-varint`, `bad-length`,
 * `bad-count`, `bad-flag` (a boolean or null flag), `bad-nanos`, `bad-decimal`, `bad-utf8`, `out-of-range`,
 * `inexact` (a decimal), `too-long`, `null-not-allowed`, `field-too-large`, `record-too-large`,
 * `checksum-mismatch`, `pack-checksum-mismatch`, `metrics-checksum-mismatch`, `metrics-not-allowed`,
 * `record-count-mismatch`, `truncated`, `missing-footer`, `trailing-bytes`.
 *
 * Delimited text: the codes of encoding a value, `bad-utf8`, `wrong-field-count`, `unterminated-quote`,
 * `text-after-quote`, `quote-in-field`, `bare-carriage-return`, `bare-line-feed`.
 *
 * Arrow batches: as encoding a value, and `bad-length` (a buffer that is too short, or offsets beyond it).
 *
 * Arrow framing: `bad-chunk-size`, `checksum-mismatch`, `total-checksum-mismatch`, `truncated`.
 *
 * Anything that was called after it ended or failed: `wrong-state`.
 */
export type CodecErrorCode =
  | "invalid-type"
  | "invalid-schema"
  | "invalid-option"
  | "wrong-type"
  | "out-of-range"
  | "inexact"
  | "invalid-text"
  | "too-long"
  | "null-not-allowed"
  | "wrong-length"
  | "unknown-property"
  | "duplicate-property"
  | "too-many-values"
  | "field-too-large"
  | "record-too-large"
  | "bad-tag"
  | "unknown-field"
  | "wrong-wire-type"
  | "duplicate-field"
  | "bad-varint"
  | "bad-length"
  | "bad-count"
  | "bad-flag"
  | "bad-nanos"
  | "bad-decimal"
  | "bad-utf8"
  | "checksum-mismatch"
  | "pack-checksum-mismatch"
  | "metrics-checksum-mismatch"
  | "metrics-not-allowed"
  | "record-count-mismatch"
  | "truncated"
  | "missing-footer"
  | "trailing-bytes"
  | "bad-chunk-size"
  | "total-checksum-mismatch"
  | "wrong-field-count"
  | "unterminated-quote"
  | "text-after-quote"
  | "quote-in-field"
  | "bare-carriage-return"
  | "bare-line-feed"
  | "wrong-state";

/** Where a {@link CodecError} happened and what was there; every fact is optional. */
export interface CodecErrorFacts {
  /** Index of the row in its pack, from 0; in its batch, for Arrow. */
  readonly row?: number;
  /** Name of the column. */
  readonly column?: string;
  /** Place inside a nested value, for example `tags[3].name`. It starts with the column's name. */
  readonly path?: string;
  /** Position in the bytes read, or in the type text, from 0. */
  readonly offset?: number;
  /** Line of a text, from 1. */
  readonly line?: number;
  /** The offending value as text, shortened to about 60 characters. */
  readonly value?: string;
  /** What was expected in its place. */
  readonly expected?: string;
  readonly cause?: unknown;
}

/** Any failure of this package. Branch on `code`; `row`, `column`, `path` and `offset` say where. */
export class CodecError extends Error {
  override readonly name = "CodecError";
  readonly code: CodecErrorCode;
  readonly row: number | undefined;
  readonly column: string | undefined;
  readonly path: string | undefined;
  readonly offset: number | undefined;
  readonly line: number | undefined;
  readonly value: string | undefined;
  readonly expected: string | undefined;

  constructor(code: CodecErrorCode, message: string, facts: CodecErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.row = facts.row;
    this.column = facts.column;
    this.path = facts.path;
    this.offset = facts.offset;
    this.line = facts.line;
    this.value = facts.value;
    this.expected = facts.expected;
  }
}

/** Narrows a caught value, also when it comes from another copy of this package. */
export function isCodecError(value: unknown): value is CodecError {
  return value instanceof Error && value.name === "CodecError" && "code" in value;
}
