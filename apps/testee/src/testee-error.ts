/**
 * Why a case has no answer of the library's: it is no JSON (`bad-json`), lacks or mistakes a member
 * (`bad-request`), names no known operation (`unknown-op`), has hexadecimal text that is none (`bad-hex`), or a
 * value in another shape than the conventions say (`bad-shape`).
 */
export type TesteeErrorCode = "bad-json" | "bad-request" | "unknown-op" | "bad-hex" | "bad-shape";

/** A case that cannot be put to the library. */
export class TesteeError extends Error {
  override readonly name = "TesteeError";
  readonly code: TesteeErrorCode;

  constructor(code: TesteeErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
