import type { Reply } from "../server/reply.ts";
import type { Dialect } from "../server/router.ts";
import { renderServiceError, renderTunnelError } from "../service/documents/error-document.ts";
import type { AnswerEffect } from "./fault-rule.ts";

/** The answer that a rule asks for, in the shape of the endpoint it is given at. */
export function renderAnswer(
  effect: AnswerEffect,
  at: { readonly dialect: Dialect; readonly requestId: string; readonly host: string },
): Reply {
  const { status, headers = {}, holdClientMs } = effect;
  if (effect.body !== undefined || status < 400) {
    return { status, headers, ...(effect.body === undefined ? {} : { body: effect.body }) };
  }
  const error = {
    code: effect.code ?? usualCodes[status] ?? "InternalServerError",
    message: effect.message ?? "A fault rule of the emulator answered this request.",
    requestId: at.requestId,
    hostId: at.host,
  };
  return at.dialect === "tunnel"
    ? {
        status,
        headers: { "content-type": "application/json", ...headers },
        body: renderTunnelError({ ...error, ...(holdClientMs === undefined ? {} : { holdClientMs }) }),
      }
    : { status, headers: { "content-type": "application/xml", ...headers }, body: renderServiceError(error) };
}

/** protocol: MaxCompute Tunnel, table of error codes: what usually comes with a status. */
const usualCodes: Readonly<Record<number, string>> = {
  400: "InvalidArgument",
  401: "Unauthorized",
  403: "AccessDenied",
  404: "NoSuchObject",
  405: "MethodNotAllowed",
  408: "RequestTimeOut",
  409: "StatusConflict",
  412: "SchemaModified",
  429: "FlowExceeded",
  501: "NotImplemented",
  503: "ServiceUnavailable",
};
