import { type Awaitable, andThen } from "./awaitable.ts";
import type { AccessKey } from "./credentials.ts";
import { base64, type Hmac, type SyncHmac, utf8, webCryptoHmac } from "./hmac.ts";

/** Where and when a V4 key is good for. */
export interface SigningScope {
  /** UTC day as `yyyyMMdd`; {@link scopeDate} makes one. */
  readonly date: string;
  /** Such as `cn-hangzhou`. */
  readonly region: string;
  /** What the derived keys begin with. @default "aliyun_v4" */
  readonly prefix?: string;
}

/** Derived V4 keys by everything they depend on: secret, day, region and prefix. */
export interface V4KeyCache {
  get(id: string): Uint8Array | undefined;
  set(id: string, key: Uint8Array): unknown;
}

/** A {@link V4KeyCache} that keeps the newest few keys: more than one region or key pair never mix, memory stays small. */
export function createV4KeyCache(limit = 16): V4KeyCache {
  const keys = new Map<string, Uint8Array>();
  return {
    get: (id) => keys.get(id),
    set: (id, key) => {
      keys.set(id, key);
      for (const oldest of keys.keys()) {
        if (keys.size <= limit) break;
        keys.delete(oldest);
      }
    },
  };
}

/** The UTC day of a moment as a {@link SigningScope} wants it: `yyyyMMdd`. */
export function scopeDate(at: Date): string {
  return at.toISOString().slice(0, 10).replaceAll("-", "");
}

/**
 * The V4 `Authorization` value for a canonical string, bound to a region and a day.
 * With a sync {@link Hmac} it is there at once.
 *
 * Protocol: MaxCompute Tunnel, authentication, V4: an HMAC-SHA256 chain over day, region, product and a final word
 * makes the key; the signature itself is HMAC-SHA1.
 */
export function authorizationV4(
  canonical: string,
  key: AccessKey,
  scope: SigningScope,
  hmac: SyncHmac,
  cache?: V4KeyCache,
): string;
export function authorizationV4(
  canonical: string,
  key: AccessKey,
  scope: SigningScope,
  hmac?: Hmac,
  cache?: V4KeyCache,
): Awaitable<string>;
export function authorizationV4(
  canonical: string,
  key: AccessKey,
  scope: SigningScope,
  hmac: Hmac = webCryptoHmac,
  cache?: V4KeyCache,
): Awaitable<string> {
  const { date, region, prefix = defaultPrefix } = scope;
  return andThen(
    signatureV4(canonical, key, scope, hmac, cache),
    (signature) => `ODPS ${key.accessKeyId}/${date}/${region}/${product}/${prefix}_request:${signature}`,
  );
}

/** The bare V4 signature: base64 of HMAC-SHA1 under the derived key. */
export function signatureV4(
  canonical: string,
  key: AccessKey,
  scope: SigningScope,
  hmac: Hmac,
  cache?: V4KeyCache,
): Awaitable<string> {
  const id = JSON.stringify([key.accessKeySecret, scope.date, scope.region, scope.prefix ?? defaultPrefix]);
  const cached = cache?.get(id);
  const derived =
    cached ??
    andThen(deriveV4Key(key.accessKeySecret, scope, hmac), (fresh) => {
      cache?.set(id, fresh);
      return fresh;
    });
  return andThen(
    andThen(derived, (signingKey) => hmac.sha1(signingKey, utf8(canonical))),
    base64,
  );
}

/** The signing key of a secret for one day and region: four HMAC-SHA256 steps. */
export function deriveV4Key(accessKeySecret: string, scope: SigningScope, hmac: SyncHmac): Uint8Array;
export function deriveV4Key(accessKeySecret: string, scope: SigningScope, hmac: Hmac): Awaitable<Uint8Array>;
export function deriveV4Key(accessKeySecret: string, scope: SigningScope, hmac: Hmac): Awaitable<Uint8Array> {
  const { date, region, prefix = defaultPrefix } = scope;
  const steps = [date, region, product, `${prefix}_request`];
  return steps.reduce<Awaitable<Uint8Array>>(
    (key, step) => andThen(key, (bytes) => hmac.sha256(bytes, utf8(step))),
    utf8(prefix + accessKeySecret),
  );
}

const defaultPrefix = "aliyun_v4";
const product = "odps";
