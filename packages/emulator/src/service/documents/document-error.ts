/** Why a request document was refused. */
export type DocumentErrorCode = "malformed-xml" | "too-large" | "unexpected-document" | "unsupported-task";

/** A request document that cannot be read, or asks for what is not offered. */
export class DocumentError extends Error {
  override readonly name = "DocumentError";
  readonly code: DocumentErrorCode;

  constructor(message: string, options: { readonly code: DocumentErrorCode; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.code = options.code;
  }
}

/** Narrows a caught value, also when it comes from another copy of this package. */
export function isDocumentError(value: unknown): value is DocumentError {
  return value instanceof Error && value.name === "DocumentError" && "code" in value;
}
