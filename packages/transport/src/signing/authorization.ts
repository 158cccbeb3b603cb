import { type Awaitable, andThen } from "./awaitable.ts";
import { type Hmac, type SyncHmac, webCryptoHmac } from "./hmac.ts";
import { signatureV1 } from "./signature-v1.ts";
import { type SigningScope, signatureV4, type V4KeyCache } from "./signature-v4.ts";

/** What an `Authorization` header says, without any claim that it is true. */
export type ParsedAuthorization = AuthorizationV1 | AuthorizationV4;

/** A V1 header: `ODPS <id>:<signature>`. */
export interface AuthorizationV1 {
  readonly version: "v1";
  readonly accessKeyId: string;
  /** Base64, as sent. */
  readonly signature: string;
}

/** A V4 header: `ODPS <id>/<date>/<region>/odps/<prefix>_request:<signature>`. */
export interface AuthorizationV4 {
  readonly version: "v4";
  readonly accessKeyId: string;
  readonly scope: SigningScope;
  /** Base64, as sent. */
  readonly signature: string;
}

/**
 * Reads an `Authorization` header of either version, or gives `undefined` when it is neither.
 *
 * Protocol: MaxCompute Tunnel, authentication: a server tells V1 from V4 by the number of slashes between `ODPS ` and
 * the last colon.
 */
export function parseAuthorization(header: string): ParsedAuthorization | undefined {
  const match = /^ODPS ([^\s:]+):([A-Za-z0-9+/]+={0,2})$/.exec(header.trim());
  const [, credential = "", signature = ""] = match ?? [];
  if (match === null) return undefined;
  const parts = credential.split("/");
  const [accessKeyId = "", date = "", region = "", product = "", request = ""] = parts;
  if (parts.length === 1) return { version: "v1", accessKeyId, signature };
  const wellFormed =
    parts.length === 5 &&
    accessKeyId !== "" &&
    /^\d{8}$/.test(date) &&
    region !== "" &&
    product === "odps" &&
    /._request$/.test(request);
  if (!wellFormed) return undefined;
  const prefix = request.slice(0, -"_request".length);
  return { version: "v4", accessKeyId, scope: { date, region, prefix }, signature };
}

/** What {@link verifySignature} needs besides the header. */
export interface VerifyOptions<Port extends Hmac = Hmac> {
  /** The secret of the access key that the header names. */
  readonly accessKeySecret: string;
  /** The canonical strings that may have been signed; see `canonicalCandidates`. */
  readonly candidates: Iterable<string>;
  /** @default WebCrypto */
  readonly hmac?: Port;
  /** Keeps derived V4 keys between calls. @default none */
  readonly keys?: V4KeyCache;
}

/**
 * Tells whether a signature fits one of the candidates, comparing in constant time.
 * It does not judge the date of the request nor the date of a V4 scope: that is the server's decision.
 */
export function verifySignature(
  authorization: ParsedAuthorization,
  options: VerifyOptions<SyncHmac> & { readonly hmac: SyncHmac },
): boolean;
export function verifySignature(
  authorization: ParsedAuthorization,
  options: VerifyOptions,
): Awaitable<boolean>;
export function verifySignature(
  authorization: ParsedAuthorization,
  options: VerifyOptions,
): Awaitable<boolean> {
  const hmac = options.hmac ?? webCryptoHmac;
  const { accessKeyId } = authorization;
  const key = { accessKeyId, accessKeySecret: options.accessKeySecret };
  const candidates = options.candidates[Symbol.iterator]();
  const tryNext = (): Awaitable<boolean> => {
    const candidate = candidates.next();
    if (candidate.done) return false;
    const expected =
      authorization.version === "v1"
        ? signatureV1(candidate.value, key, hmac)
        : signatureV4(candidate.value, key, authorization.scope, hmac, options.keys);
    return andThen(
      expected,
      (signature) => constantTimeEqual(signature, authorization.signature) || tryNext(),
    );
  };
  return tryNext();
}

/** Compares two texts in a time that depends on the length of the second only. */
export function constantTimeEqual(expected: string, received: string): boolean {
  let difference = expected.length ^ received.length;
  for (let index = 0; index < received.length; index++) {
    difference |= received.charCodeAt(index) ^ expected.charCodeAt(index % (expected.length || 1));
  }
  return difference === 0;
}
