export { applicationHeaders } from "./application-account.ts";
export {
  type AuthorizationV1,
  type AuthorizationV4,
  type ParsedAuthorization,
  parseAuthorization,
  type VerifyOptions,
  verifySignature,
} from "./authorization.ts";
export type { Awaitable } from "./awaitable.ts";
export { canonicalCandidates } from "./canonical-candidates.ts";
export {
  type CanonicalOptions,
  canonicalResource,
  canonicalString,
  type HeaderFields,
  type SignableRequest,
} from "./canonical-request.ts";
export type {
  AccessKey,
  AccessKeyCredentials,
  ApplicationAccount,
  BearerCredentials,
  Credentials,
  CredentialsProvider,
} from "./credentials.ts";
export { type Hmac, type SyncHmac, webCryptoHmac } from "./hmac.ts";
export { signableRequest, type WireRequest } from "./request-target.ts";
export { authorizationV1 } from "./signature-v1.ts";
export {
  authorizationV4,
  createV4KeyCache,
  deriveV4Key,
  type SigningScope,
  scopeDate,
  type V4KeyCache,
} from "./signature-v4.ts";
export { createSigner, type RequestSigner, type SignerOptions } from "./signer.ts";
