import { timingSafeEqual } from "node:crypto";
import {
  canonicalCandidates,
  createV4KeyCache,
  type ParsedAuthorization,
  parseAuthorization,
  verifySignature,
} from "@maxcompute-tunnel/transport/signing";
import type { AccessKey, BearerToken } from "../options.ts";
import { Refusal } from "../refusal.ts";
import { nodeHmac } from "./node-hmac.ts";
import { everything, type Permissions } from "./permissions.ts";

/** Who sent a request, once its signature or token was found good. */
export interface Identity {
  /** Name that answers give as owner, such as `ALIYUN$emulator@local`. */
  readonly owner: string;
  readonly permissions: Permissions;
}

/** The part of a request that tells who sent it. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query as they arrived. */
  readonly url: string;
  /** Header fields as they arrived, in any case, repeated ones one by one. */
  readonly headers: readonly (readonly [string, string])[];
}

/** Tells who sent a request. @throws Refusal when nobody can be told, or not credibly */
export type Authenticator = (request: SignedRequest) => Identity;

export interface AuthenticatorOptions {
  readonly keys: readonly AccessKey[];
  readonly bearerTokens: readonly BearerToken[];
  /** Milliseconds since 1970, by the machine's clock: signatures are judged by real time. */
  readonly wallClock: () => number;
}

/** protocol: MaxCompute Tunnel, authentication: a Date more than 15 minutes off is RequestTimeTooSkewed. */
const skewMs = 15 * 60_000;

/** Checks V1 and V4 signatures, STS tokens and bearer tokens. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const keys = new Map(options.keys.map((key) => [key.accessKeyId, key]));
  const derivedKeys = createV4KeyCache();

  return (request) => {
    const field = (name: string): string | undefined => headerField(request, name);
    const bearer = field("x-odps-bearer-token");
    const header = field("authorization");
    if (header === undefined && bearer !== undefined) {
      const known = options.bearerTokens.filter(({ token }) => sameText(token, bearer))[0];
      if (known === undefined) {
        throw new Refusal("Unauthorized", "The bearer token is not one this emulator was started with.");
      }
      return { owner: owner(known.name ?? "bearer"), permissions: known.permissions ?? everything };
    }
    if (header === undefined) {
      throw new Refusal("Unauthorized", "The request has no Authorization header.");
    }
    const authorization = parseAuthorization(header);
    if (authorization === undefined) {
      throw new Refusal("Unauthorized", "The Authorization header is neither a V1 nor a V4 signature.");
    }
    checkTime(authorization, field("date"), options.wallClock());
    const key = keys.get(authorization.accessKeyId);
    if (key === undefined) {
      throw new Refusal("InvalidAccessKeyId", "ODPS-0410051:Invalid credentials - accessKeyId not found");
    }
    const good = verifySignature(authorization, {
      accessKeySecret: key.accessKeySecret,
      candidates: canonicalCandidates({ ...request, endpoint: servicePath }),
      hmac: nodeHmac,
      keys: derivedKeys,
    });
    if (!good) {
      throw new Refusal(
        "SignatureNotMatch",
        "ODPS-0410042:Invalid signature value - the signature does not match the request and the access key",
      );
    }
    checkSecurityToken(key, field("authorization-sts-token"));
    return { owner: owner(key.accessKeyId), permissions: key.permissions ?? everything };
  };
}

/** The service answers at `/` and below this; an endpoint's own path is not part of what is signed. */
export const servicePath = "/api";

/** The account name that stands for an access key. */
export function owner(accessKeyId: string): string {
  return `ALIYUN$${accessKeyId}@emulator.local`;
}

function checkTime(authorization: ParsedAuthorization, date: string | undefined, now: number): void {
  const sentAt = date === undefined ? Number.NaN : Date.parse(date);
  if (Number.isNaN(sentAt)) {
    throw new Refusal("Unauthorized", "The request has no Date header that can be read.");
  }
  const scopeDays = [now - skewMs, now, now + skewMs].map((time) =>
    new Date(time).toISOString().slice(0, 10).replaceAll("-", ""),
  );
  const wrongDay = authorization.version === "v4" && !scopeDays.includes(authorization.scope.date);
  if (Math.abs(now - sentAt) > skewMs || wrongDay) {
    throw new Refusal(
      "RequestTimeTooSkewed",
      `The request's time differs from the server's by more than 15 minutes; it is ${new Date(now).toUTCString()} here.`,
    );
  }
}

function checkSecurityToken(key: AccessKey, token: string | undefined): void {
  if (key.securityToken === undefined && token === undefined) {
    return;
  }
  if (key.securityToken === undefined || token === undefined || !sameText(key.securityToken, token)) {
    throw new Refusal(
      "InvalidSecurityToken",
      key.securityToken === undefined
        ? "The access key is not a temporary one, yet the request carries a security token."
        : "The security token is missing or is not that of the access key.",
    );
  }
}

function headerField(request: SignedRequest, name: string): string | undefined {
  return request.headers.find(([field]) => field.toLowerCase() === name)?.[1];
}

function sameText(expected: string, received: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(received)];
  return a.length === b.length && timingSafeEqual(a, b);
}
