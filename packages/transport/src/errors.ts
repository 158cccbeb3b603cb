/**
 * What went wrong, for the caller's next decision.
 *
 * - `throttled` a limit of the service was reached; wait and try again
 * - `server` the service failed (5xx); trying again may help
 * - `network` no complete answer came: connection refused, reset, name not found, TLS
 * - `timeout` a phase took too long, here or (as RequestTimeOut) at the server
 * - `redirect` the answer was a 3xx; keys never follow to another host
 * - `aborted` the caller's signal
 * - `credentials` bad key, signature, token or clock
 * - `permission` the identity is known but may not
 * - `not-found` project, table, partition, session, …
 * - `conflict` the object is in the wrong state, or changed meanwhile
 * - `schema-modified` the table's schema is newer than the one written for
 * - `invalid-request` the request can never succeed as it is
 * - `unsupported` the server cannot do this
 * - `corrupt-data` the server found the sent data broken or incomplete
 * - `too-large` a message, or an answer, above its limit
 * - `task-failed` a task of an instance failed
 * - `body-source` the caller's own stream failed while it was being sent
 * - `invalid-response` an answer that is not what the protocol says
 */
export type TunnelErrorCode =
  | "throttled"
  | "server"
  | "network"
  | "timeout"
  | "redirect"
  | "aborted"
  | "credentials"
  | "permission"
  | "not-found"
  | "conflict"
  | "schema-modified"
  | "invalid-request"
  | "unsupported"
  | "corrupt-data"
  | "too-large"
  | "task-failed"
  | "body-source"
  | "invalid-response";

/**
 * Whether a request that failed may have reached the service: `no` when no attempt got as far as a connection, so that
 * nothing can have been done; `maybe` in every other case. Platforms whose fetch does not say count as `maybe`.
 */
export type Sent = "no" | "maybe";

/** The facts of a {@link TunnelError}. */
export interface TunnelErrorOptions {
  readonly code: TunnelErrorCode;
  /** What was being done; it begins the message. */
  readonly operation: string;
  readonly status?: number | undefined;
  readonly serviceCode?: string | undefined;
  readonly requestId?: string | undefined;
  /** @default true for `throttled`, `server`, `network`, `timeout` and `corrupt-data` */
  readonly retryable?: boolean | undefined;
  readonly retryAfterMs?: number | undefined;
  /** @default 1 */
  readonly attempts?: number | undefined;
  /** @default "no" after 0 attempts, otherwise "maybe" */
  readonly sent?: Sent | undefined;
  readonly cause?: unknown;
}

/** Any request that failed. Branch on `code`; quote `requestId` to support. It never holds a key, token or signature. */
export class TunnelError extends Error {
  override readonly name = "TunnelError";
  readonly code: TunnelErrorCode;
  /** What was being done, in words, such as `create upload session`. */
  readonly operation: string;
  /** The HTTP status, when an answer came. */
  readonly status: number | undefined;
  /** The service's own name for the failure, such as `NoSuchUpload`. */
  readonly serviceCode: string | undefined;
  /** The service's id of the failed request. */
  readonly requestId: string | undefined;
  /** Whether the same request may succeed later. Whether it was tried again already, see `attempts`. */
  readonly retryable: boolean;
  /** How long the service asked to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** How often sending the request was tried. */
  readonly attempts: number;
  /** Whether any of these attempts may have reached the service, and so may have had its effect. */
  readonly sent: Sent;

  constructor(message: string, options: TunnelErrorOptions) {
    super(
      `${options.operation}: ${message}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = options.code;
    this.operation = options.operation;
    this.status = options.status;
    this.serviceCode = options.serviceCode;
    this.requestId = options.requestId;
    this.retryable = options.retryable ?? retryableCodes.has(options.code);
    this.retryAfterMs = options.retryAfterMs;
    this.attempts = options.attempts ?? 1;
    this.sent = options.sent ?? (this.attempts === 0 ? "no" : "maybe");
  }
}

/** Narrows a caught value, also when it comes from another copy of this package. */
export function isTunnelError(value: unknown): value is TunnelError {
  return value instanceof Error && value.name === "TunnelError" && "code" in value && "operation" in value;
}

const retryableCodes: ReadonlySet<TunnelErrorCode> = /*@__PURE__*/ new Set<TunnelErrorCode>([
  "throttled",
  "server",
  "network",
  "timeout",
  "corrupt-data",
]);
