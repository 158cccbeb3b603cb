/** What went wrong, for the caller's next decision. Every code is explained in the README's table. */
export type ServiceErrorCode =
  | "invalid-argument"
  | "invalid-response"
  | "no-such-table"
  | "no-such-partition"
  | "sql-failed"
  | "sql-canceled"
  | "not-finished"
  | "outcome-unknown";

/** The facts of a {@link ServiceError}; each is set where it is known and helps. */
export interface ServiceErrorFacts {
  /** What was being done, e.g. "run SQL". */
  readonly operation?: string | undefined;
  /** `project.table` or `project.schema.table`. */
  readonly table?: string | undefined;
  readonly instanceId?: string | undefined;
  /** MaxCompute's own code, e.g. "ODPS-0130131". */
  readonly odpsCode?: string | undefined;
  /** Where in the SQL text, counted from 1, when MaxCompute says so. */
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  /** The service's name for a refused request, e.g. "NoSuchObject". */
  readonly serviceCode?: string | undefined;
  /** Quote it to support. */
  readonly requestId?: string | undefined;
  readonly cause?: unknown;
}

/** Something the REST service could not do. Branch on `code`; the facts are fields. */
export class ServiceError extends Error {
  override readonly name: "ServiceError" = "ServiceError";
  readonly code: ServiceErrorCode;
  readonly operation: string | undefined;
  readonly table: string | undefined;
  readonly instanceId: string | undefined;
  readonly odpsCode: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly serviceCode: string | undefined;
  readonly requestId: string | undefined;

  constructor(code: ServiceErrorCode, message: string, facts: ServiceErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.operation = facts.operation;
    this.table = facts.table;
    this.instanceId = facts.instanceId;
    this.odpsCode = facts.odpsCode;
    this.line = facts.line;
    this.column = facts.column;
    this.serviceCode = facts.serviceCode;
    this.requestId = facts.requestId;
  }
}

/** Narrows a caught value to {@link ServiceError}, also when it comes from another copy of this package. */
export function isServiceError(value: unknown): value is ServiceError {
  return value instanceof Error && value.name === "ServiceError" && "code" in value;
}
