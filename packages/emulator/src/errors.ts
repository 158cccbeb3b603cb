/** What kept the emulator from starting or from doing what its own program asked. */
export type EmulatorErrorCode =
  | "invalid-option"
  | "invalid-config"
  | "address-in-use"
  | "data-directory-busy"
  | "data-directory-unusable"
  | "journal-corrupt"
  | "invalid-sql"
  | "invalid-fault"
  | "control-failed"
  | "not-found"
  | "closed";

/**
 * A failure of the emulator itself, as told to the program that runs it.
 *
 * What clients are told over HTTP has the service's own codes and never appears as this error.
 */
export class EmulatorError extends Error {
  override readonly name = "EmulatorError";
  readonly code: EmulatorErrorCode;
  /** Where in a fault rule the member stands that does not fit, such as `effect.status`. */
  readonly path: string | undefined;

  constructor(
    code: EmulatorErrorCode,
    message: string,
    { path, ...options }: { readonly cause?: unknown; readonly path?: string } = {},
  ) {
    super(message, options);
    this.code = code;
    this.path = path;
  }
}

/** Narrows a caught value, also when it comes from another copy of this package. */
export function isEmulatorError(value: unknown): value is EmulatorError {
  return value instanceof Error && value.name === "EmulatorError" && "code" in value;
}
