import { element, xmlDeclaration } from "./xml-text.ts";

/** What an error answer says. */
export interface ErrorDocumentInput {
  /** The service's own code, such as `NoSuchTable`. */
  readonly code: string;
  readonly message: string;
  readonly requestId: string;
  /** The host that answers. */
  readonly hostId: string;
}

/** Error body of the service endpoint; PyODPS needs all four elements. */
export function renderServiceError(error: ErrorDocumentInput): string {
  return (
    `${xmlDeclaration}<Error>${element("Code", error.code)}${element("Message", error.message)}` +
    `${element("RequestId", error.requestId)}${element("HostId", error.hostId)}</Error>`
  );
}

/** Error body of the tunnel endpoint, always JSON: the Java client reads nothing else there. */
export function renderTunnelError(
  error: ErrorDocumentInput & {
    /** How long the client is asked to hold back, in milliseconds. @default not asked */
    readonly holdClientMs?: number;
  },
): string {
  return JSON.stringify({
    Code: error.code,
    Message: error.message,
    RequestId: error.requestId,
    HostId: error.hostId,
    ...(error.holdClientMs === undefined ? {} : { HoldClientMillis: String(error.holdClientMs) }),
  });
}
