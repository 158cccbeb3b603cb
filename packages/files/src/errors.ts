import type { FileReject } from "./reject.ts";

/** Why files could not be turned into blocks: branch on this. */
export type FilesErrorCode =
  /** An option has a value that cannot work. */
  | "invalid-option"
  /** There is no such file, or a pattern finds none. */
  | "file-not-found"
  /** The file is there and cannot be read. */
  | "file-unreadable"
  /** It is neither a file nor a pipe. */
  | "not-a-file"
  /** Neither the option nor the name nor the first bytes tell the format. */
  | "unknown-format"
  /** The file changed while it was read: its rows would be from two states of it. */
  | "file-changed"
  /** A pipe would have to be read a second time, because its rows are to go into another session. */
  | "read-once"
  /** A part of the file that an earlier run has stored is not what it was. `blocks` throws it as a `WriterError`. */
  | "source-changed"
  /** Compressed bytes that cannot be unpacked. */
  | "bad-compression"
  /** Bytes that are no text in the file's encoding. */
  | "invalid-encoding"
  /** A column of the file has a type that cannot stand for the table's. */
  | "wrong-type"
  /** The header or a mapping names a column that the table lacks. */
  | "unknown-column"
  /** The first row may or may not be a header, or the files differ in having one. */
  | "unclear-header"
  /** A column that must not be NULL is filled by nothing. */
  | "null-not-allowed"
  /** The text is not laid out as its format asks, so that no further record can be found. */
  | "malformed"
  /** A record cannot become a row, and no rejects were allowed. */
  | "bad-record"
  /** More records were rejected than `maxRejects` allows. */
  | "too-many-rejects"
  /** An optional package is needed to read the format, and not installed. */
  | "missing-package"
  /** A worker thread ended without being asked to. */
  | "worker-died";

/** A place in an input. Lines and columns count from 1, columns in characters, offsets from 0 in bytes. */
export interface InputPosition {
  /** The input as it was named. */
  readonly file: string;
  readonly line?: number | undefined;
  /** Character of the line, from 1. */
  readonly character?: number | undefined;
  readonly byteOffset?: number | undefined;
  /** Number of the row, from 0, for formats of rows. */
  readonly row?: number | undefined;
}

/** The facts a {@link FilesError} carries. */
export interface FilesErrorFacts {
  readonly position?: InputPosition | undefined;
  /** The table's column concerned. */
  readonly column?: string | undefined;
  /** The record that was one too many. */
  readonly reject?: FileReject | undefined;
  readonly cause?: unknown;
}

/** Files that could not be turned into blocks. `position` says where. */
export class FilesError extends Error {
  override readonly name = "FilesError";
  readonly code: FilesErrorCode;
  readonly position: InputPosition | undefined;
  readonly column: string | undefined;
  /** The record that was one too many; nothing when it was thrown in another thread. */
  readonly reject: FileReject | undefined;

  constructor(code: FilesErrorCode, message: string, facts: FilesErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.position = facts.position;
    this.column = facts.column;
    this.reject = facts.reject;
  }
}

/** Narrows a caught value to {@link FilesError}, also when it comes from another copy of this package. */
export function isFilesError(value: unknown): value is FilesError {
  return value instanceof Error && value.name === "FilesError" && "code" in value && "position" in value;
}
