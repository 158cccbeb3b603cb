/**
 * HTTP status of every code that the service refuses with.
 *
 * protocol: MaxCompute Tunnel, table of error codes; the real service documents few of the statuses.
 */
const statuses = {
  Unauthorized: 401,
  AccessDenied: 403,
  NoPermission: 403,
  InvalidAccessKeyId: 403,
  SignatureNotMatch: 403,
  RequestTimeTooSkewed: 403,
  InvalidSecurityToken: 403,
  CorruptedDataStream: 400,
  MalformedDataStream: 400,
  IncompleteBody: 400,
  UnexpectedContent: 400,
  MalformedHeaderValue: 400,
  MalformedXML: 400,
  MaxMessageLengthExceeded: 400,
  MethodNotAllowed: 405,
  NotImplemented: 501,
  InvalidArgument: 400,
  InvalidURI: 400,
  InvalidBlockID: 400,
  InvalidColumnSpec: 400,
  InvalidRowRange: 400,
  InvalidResourceSpec: 400,
  InvalidPartitionSpec: 400,
  MissingPartitionSpec: 400,
  NoSuchObject: 404,
  NoSuchProject: 404,
  NoSuchSchema: 404,
  NoSuchTable: 404,
  NoSuchPartition: 404,
  NoSuchUpload: 404,
  NoSuchDownload: 404,
  NoSuchInstance: 404,
  StreamSessionNotFound: 404,
  UpsertSessionNotFound: 404,
  ObjectAlreadyExists: 409,
  StatusConflict: 409,
  TableModified: 409,
  DataVersionConflict: 409,
  SchemaModified: 412,
  FlowExceeded: 429,
  QPSExceeded: 429,
  InvalidStateSetting: 400,
  InstanceTypeNotSupported: 400,
  InstanceNotTerminate: 400,
  TaskFailed: 400,
  RequestTimeOut: 408,
  DataStoreError: 500,
  InternalServerError: 500,
  ServiceUnavailable: 503,
} as const;

/** A code that a request can be refused with. */
export type RefusalCode = keyof typeof statuses;

/** Why a request is not done, in the words its sender is told. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: RefusalCode;
  /** Headers of the answer besides the usual ones. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: RefusalCode,
    message: string,
    options: { readonly cause?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message, options);
    this.code = code;
    this.headers = options.headers ?? {};
  }

  get status(): number {
    return statuses[this.code];
  }
}

/**
 * Turns anything caught while a request was served into what its sender is told.
 *
 * A full disk is told apart from other storage faults, and nothing else leaks a path or a stack.
 */
export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) {
    return error;
  }
  const systemCode = error instanceof Error && "code" in error ? error.code : undefined;
  if (systemCode === "ENOSPC" || systemCode === "EDQUOT") {
    return new Refusal("DataStoreError", "The emulator's disk is full; nothing of this request was kept.", {
      cause: error,
    });
  }
  if (typeof systemCode === "string" && /^E[A-Z]+$/.test(systemCode)) {
    return new Refusal("DataStoreError", `The emulator could not use its data directory (${systemCode}).`, {
      cause: error,
    });
  }
  return new Refusal("InternalServerError", "The emulator failed to serve this request; its log says why.", {
    cause: error,
  });
}
