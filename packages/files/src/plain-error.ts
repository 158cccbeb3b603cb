import { FilesError, isFilesError } from "./errors.ts";

/** An error as plain data: the class and the facts of an error do not survive a message. */
export interface PlainError {
  readonly name: string;
  readonly code: FilesError["code"] | undefined;
  readonly message: string;
  readonly stack: string | undefined;
  readonly position: FilesError["position"];
  readonly column: string | undefined;
}

export function toPlainError(error: unknown): PlainError {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const code = isFilesError(error) ? error.code : undefined;
  const { position, column } = isFilesError(error) ? error : {};
  return { name, code, message, stack, position, column };
}

export function fromPlainError(plain: PlainError): Error {
  const { name, code, message, position, column } = plain;
  const cause = plain.stack;
  if (code !== undefined) {
    return new FilesError(code, message, { position, column, cause });
  }
  const error = new Error(message, { cause });
  error.name = name;
  return error;
}
