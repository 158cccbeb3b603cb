import type { TunnelErrorCode } from "./errors.ts";

/**
 * What the service's own error codes mean for the caller. A code that is not here is judged by the HTTP status.
 *
 * Protocol: MaxCompute Tunnel, error codes; and the codes of the REST service that are met on the way to a table.
 */
export const serviceCodes: Readonly<Record<string, TunnelErrorCode>> = {
  // who is asking
  Unauthorized: "credentials",
  SignatureNotMatch: "credentials",
  SignatureDoesNotMatch: "credentials",
  InvalidAccessKeyId: "credentials",
  AccessKeyIdNotFound: "credentials",
  InvalidSecurityToken: "credentials",
  AuthorizationRequired: "credentials",
  RequestTimeTooSkewed: "credentials",
  RequestExpired: "credentials",
  AuthenticationRequestExpired: "credentials",
  // what they may do
  AccessDenied: "permission",
  NoPermission: "permission",
  // what was sent
  CorruptedDataStream: "corrupt-data",
  MalformedDataStream: "corrupt-data",
  IncompleteBody: "corrupt-data",
  MaxMessageLengthExceeded: "too-large",
  UnexpectedContent: "invalid-request",
  MissingContentLength: "invalid-request",
  MissingRequiredHeaderError: "invalid-request",
  MalformedHeaderValue: "invalid-request",
  MissingRequestBodyError: "invalid-request",
  InvalidArgument: "invalid-request",
  InvalidParameter: "invalid-request",
  InvalidURI: "invalid-request",
  InvalidUriSpec: "invalid-request",
  MalformedXML: "invalid-request",
  MethodNotAllowed: "unsupported",
  NotImplemented: "unsupported",
  InvalidBlockID: "invalid-request",
  InvalidColumnSpec: "invalid-request",
  InvalidRowRange: "invalid-request",
  InvalidResourceSpec: "invalid-request",
  InvalidProjectTable: "invalid-request",
  InvalidPartitionSpec: "invalid-request",
  MissingPartitionSpec: "invalid-request",
  OverwriteModeNotAllowed: "invalid-request",
  // what is not there
  NoSuchObject: "not-found",
  NoSuchPartition: "not-found",
  NoSuchProject: "not-found",
  NoSuchTable: "not-found",
  NoSuchSchema: "not-found",
  NoSuchUpload: "not-found",
  NoSuchDownload: "not-found",
  NoSuchData: "not-found",
  NoSuchVolume: "not-found",
  NoSuchVolumeFile: "not-found",
  NoSuchVolumePartition: "not-found",
  StreamSessionNotFound: "not-found",
  UpsertSessionNotFound: "not-found",
  // what is in another state than expected
  StatusConflict: "conflict",
  InvalidStatusChange: "conflict",
  InvalidStateSetting: "conflict",
  InConsistentBlockList: "conflict",
  ObjectModified: "conflict",
  TableModified: "conflict",
  ObjectAlreadyExists: "conflict",
  DataVersionConflict: "conflict",
  CloseUploadSessionStatusConflictException: "conflict",
  DataCollisionException: "conflict",
  InstanceNotTerminate: "conflict",
  SchemaModified: "schema-modified",
  // limits
  FlowExceeded: "throttled",
  SlotExceeded: "throttled",
  QPSExceeded: "throttled",
  RequestQuotaExceeded: "throttled",
  // the service itself
  RequestTimeOut: "timeout",
  DataUnderReplication: "server",
  DataStoreError: "server",
  InternalServerError: "server",
  ServiceUnavailable: "server",
  MetaTransactionFailed: "server",
  ReadMetaError: "server",
  TaskFailed: "task-failed",
  InstanceTypeNotSupported: "unsupported",
};

/** What the numbers mean that the REST service puts at the start of its messages, as in `ODPS-0130131:[1,1] …`. */
export const messageNumbers: Readonly<Record<string, TunnelErrorCode>> = {
  "0130013": "permission",
  "0130131": "not-found",
  "0410042": "credentials",
  "0410051": "credentials",
  "0420095": "permission",
  "0420111": "not-found",
  "0420411": "invalid-request",
};

/** The meaning of a failed answer, from its status and what its body says. */
export function classifyAnswer(
  status: number,
  serviceCode: string | undefined,
  message: string | undefined,
): TunnelErrorCode {
  if (status < 400) return "redirect";
  if (status === 429) return "throttled";
  const number = /^\s*ODPS-(\d{7})/.exec(message ?? "")?.[1];
  const byNumber = number === undefined ? undefined : own(messageNumbers, number);
  const byCode = serviceCode === undefined ? undefined : own(serviceCodes, serviceCode);
  return byNumber ?? byCode ?? classifyStatus(status);
}

function classifyStatus(status: number): TunnelErrorCode {
  switch (status) {
    case 401:
      return "credentials";
    case 403:
      return "permission";
    case 404:
      return "not-found";
    case 405:
    case 501:
      return "unsupported";
    case 408:
      return "timeout";
    case 409:
      return "conflict";
    case 412:
      return "schema-modified";
    case 413:
      return "too-large";
    default:
      return status >= 500 ? "server" : "invalid-request";
  }
}

function own(table: Readonly<Record<string, TunnelErrorCode>>, key: string): TunnelErrorCode | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
