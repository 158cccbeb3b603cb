import type { Token } from "./token.ts";

/** Why a statement was refused: unreadable, readable but not offered here, or contradicting itself. */
export type SqlErrorCode = "parse" | "not-supported" | "semantic";

/** Facts a refusal carries. */
export interface SqlErrorOptions {
  readonly code: SqlErrorCode;
  /** Line of the offending token, from 1. */
  readonly line: number;
  /** Column of the offending token, from 1. */
  readonly column: number;
}

/**
 * A statement that cannot be read or is not offered.
 *
 * The message is what clients are shown, in the service's own form:
 * `ODPS-0130161:[line,column] Parse exception - …` (`ODPS-0130071:[line,column] Semantic analysis exception - …`
 * for a readable statement that contradicts itself).
 */
export class SqlError extends Error {
  override readonly name = "SqlError";
  readonly code: SqlErrorCode;
  /** The service's own number, `ODPS-0130161` or `ODPS-0130071`. */
  readonly odpsCode: string;
  readonly line: number;
  readonly column: number;

  constructor(problem: string, options: SqlErrorOptions) {
    const { odpsCode, label } = kinds[options.code];
    super(`${odpsCode}:[${options.line},${options.column}] ${label} - ${problem}`);
    this.code = options.code;
    this.odpsCode = odpsCode;
    this.line = options.line;
    this.column = options.column;
  }
}

/** Narrows a caught value, also when it comes from another copy of this package. */
export function isSqlError(value: unknown): value is SqlError {
  return value instanceof Error && value.name === "SqlError" && "odpsCode" in value;
}

/** A refusal that points at `token`. */
export function sqlErrorAt(
  token: Pick<Token, "line" | "column">,
  code: SqlErrorCode,
  problem: string,
): SqlError {
  return new SqlError(problem, { code, line: token.line, column: token.column });
}

const kinds = {
  parse: { odpsCode: "ODPS-0130161", label: "Parse exception" },
  "not-supported": { odpsCode: "ODPS-0130161", label: "Parse exception" },
  semantic: { odpsCode: "ODPS-0130071", label: "Semantic analysis exception" },
} as const satisfies Record<SqlErrorCode, { odpsCode: string; label: string }>;
