import { isWriterError, WriterError } from "@maxcompute-tunnel/writer";
import { FilesError, isFilesError } from "./errors.ts";

/** An error as plain data: the class and the facts of an error do not survive a message. */
export interface PlainError {
  readonly name: string;
  readonly code: string | undefined;
  readonly message: string;
  readonly stack: string | undefined;
  readonly position: FilesError["position"];
  readonly column: string | undefined;
}

export function toPlainError(error: unknown): PlainError {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const code = isFilesError(error) || isWriterError(error) ? error.code : undefined;
  const { position, column } = isFilesError(error) ? error : {};
  return { name, code, message, stack, position, column };
}

export function fromPlainError(plain: PlainError): Error {
  const { name, code, message, position, column } = plain;
  const cause = plain.stack;
  if (code !== undefined && name === "FilesError") {
    return new FilesError(code as FilesError["code"], message, { position, column, cause });
  }
  if (code !== undefined && name === "WriterError") {
    return new WriterError(message, { code: code as WriterError["code"], cause });
  }
  const error = new Error(message, { cause });
  error.name = name;
  return error;
}
