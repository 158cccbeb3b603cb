import { type Awaitable, andThen } from "./awaitable.ts";
import type { AccessKey } from "./credentials.ts";
import { base64, type Hmac, type SyncHmac, utf8, webCryptoHmac } from "./hmac.ts";

/**
 * The V1 `Authorization` value for a canonical string: `ODPS <id>:<base64 HMAC-SHA1>`.
 * With a sync {@link Hmac} it is there at once.
 *
 * Protocol: MaxCompute Tunnel, authentication, V1.
 */
export function authorizationV1(canonical: string, key: AccessKey, hmac: SyncHmac): string;
export function authorizationV1(canonical: string, key: AccessKey, hmac?: Hmac): Awaitable<string>;
export function authorizationV1(
  canonical: string,
  key: AccessKey,
  hmac: Hmac = webCryptoHmac,
): Awaitable<string> {
  return andThen(signatureV1(canonical, key, hmac), (signature) => `ODPS ${key.accessKeyId}:${signature}`);
}

/** The bare V1 signature: base64 of HMAC-SHA1 under the secret. */
export function signatureV1(canonical: string, key: AccessKey, hmac: Hmac): Awaitable<string> {
  return andThen(hmac.sha1(utf8(key.accessKeySecret), utf8(canonical)), base64);
}
