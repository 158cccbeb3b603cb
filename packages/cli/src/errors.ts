import type { FailureKind } from "./exit-codes.ts";

/** Why the command itself, before or beside the service, could not go on. */
export type CliErrorCode =
  | "invalid-usage"
  | "invalid-setting"
  | "missing-setting"
  | "invalid-table-name"
  | "invalid-config-file"
  | "missing-credentials"
  | "incomplete-credentials"
  | "credentials-unavailable"
  | "load-not-found"
  | "load-elsewhere"
  | "load-not-resumable"
  | "file-not-found"
  | "file-unreadable"
  | "not-a-file"
  | "unknown-format"
  | "malformed-csv"
  | "malformed-json"
  | "malformed-body"
  | "invalid-utf8"
  | "wrong-encoding"
  | "wrong-field-count"
  | "record-too-large"
  | "unknown-column"
  | "unclear-header"
  | "file-changed"
  | "rejects-unwritable"
  | "null-not-allowed"
  | "bad-value"
  | "interrupted"
  | "terminated";

/**
 * A place in an input file. Lines and columns count from 1, columns in characters, offsets from 0 in bytes; rows, of
 * formats without lines, from 1.
 */
export interface FilePosition {
  /** The file as it was named on the command line. */
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly byteOffset?: number;
  readonly row?: number;
}

/** The facts that a {@link CliError} carries besides its message. */
export interface CliErrorOptions {
  readonly position?: FilePosition | undefined;
  /** The table column concerned. */
  readonly field?: string | undefined;
  /** A command or a step that leads on from here. */
  readonly next?: string | undefined;
  readonly cause?: unknown;
}

/** Anything that stopped `mctunnel` on this side of the wire. Branch on `code`. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly code: CliErrorCode;
  readonly position: FilePosition | undefined;
  readonly field: string | undefined;
  readonly next: string | undefined;

  constructor(code: CliErrorCode, message: string, options: CliErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.position = options.position;
    this.field = options.field;
    this.next = options.next;
  }
}

/** Narrows a caught value, also when it comes from another copy of this package. */
export function isCliError(value: unknown): value is CliError {
  return value instanceof Error && value.name === "CliError" && "code" in value;
}

/** The kind of failure, and so the exit code, that a code of this package stands for. */
export function failureKindOf(code: CliErrorCode): FailureKind {
  return kinds[code];
}

const kinds: Readonly<Record<CliErrorCode, FailureKind>> = {
  "invalid-usage": "usage",
  "invalid-setting": "usage",
  "missing-setting": "usage",
  "invalid-table-name": "usage",
  "invalid-config-file": "usage",
  "missing-credentials": "credentials",
  "incomplete-credentials": "credentials",
  "credentials-unavailable": "credentials",
  "load-not-found": "not-found",
  "load-elsewhere": "conflict",
  "load-not-resumable": "conflict",
  "file-not-found": "input",
  "file-unreadable": "input",
  "not-a-file": "input",
  "unknown-format": "usage",
  "malformed-csv": "input",
  "malformed-json": "input",
  "malformed-body": "input",
  "invalid-utf8": "input",
  "wrong-encoding": "input",
  "wrong-field-count": "input",
  "record-too-large": "input",
  "unknown-column": "input",
  "unclear-header": "input",
  "file-changed": "input",
  "rejects-unwritable": "state",
  "null-not-allowed": "data",
  "bad-value": "data",
  interrupted: "interrupted",
  terminated: "terminated",
};
