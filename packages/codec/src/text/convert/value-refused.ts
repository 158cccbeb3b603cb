import type { CodecErrorCode } from "../../errors.ts";

/**
 * Thrown by a converter when text does not stand for a value of the column's type.
 *
 * The message says what was expected; whoever knows the file adds the place and the text that was there.
 */
export class ValueRefused extends Error {
  override readonly name = "ValueRefused";
  /** Position in the text of the part that was refused, where it is not all of it. */
  readonly at: number | undefined;

  readonly code: CodecErrorCode;

  constructor(expected: string, at?: number, code: CodecErrorCode = "invalid-text") {
    super(expected);
    this.code = code;
    this.at = at;
  }
}
