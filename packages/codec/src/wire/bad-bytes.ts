import type { CodecErrorCode } from "../errors.ts";

/** Bytes that are not what they should be; whoever knows the row and column turns it into a CodecError. */
export class BadBytes extends Error {
  readonly code: CodecErrorCode;
  readonly expected: string;
  readonly found: string;
  /** Position in the whole stream. */
  readonly offset: number;
  /** Place inside the column's value, for example `[3].name`; grows from the inside out. */
  path = "";

  constructor(code: CodecErrorCode, expected: string, found: string, offset: number) {
    super(expected);
    this.code = code;
    this.expected = expected;
    this.found = found;
    this.offset = offset;
  }
}
