export {
  isTunnelError,
  type Sent,
  TunnelError,
  type TunnelErrorCode,
  type TunnelErrorOptions,
} from "./errors.ts";
export type { LogFields, Logger, Span, Tracer } from "./observe.ts";
export { createPace, type Pace, type PaceOptions } from "./pace.ts";
export type { RequestBody, Timeouts, Transport, TunnelRequest, TunnelResponse } from "./request.ts";
export {
  createRetryPolicy,
  neverRetry,
  type RetryOptions,
  type RetryPolicy,
  type RetryState,
} from "./retry/retry-policy.ts";
export type {
  AccessKey,
  AccessKeyCredentials,
  ApplicationAccount,
  BearerCredentials,
  Credentials,
  CredentialsProvider,
} from "./signing/credentials.ts";
export { platformSleep, type Sleep } from "./sleep.ts";
export { createTransport, type TransportOptions } from "./transport.ts";
