import { applicationHeaders } from "./application-account.ts";
import {
  canonicalString,
  type HeaderFields,
  headerPairs,
  type SignableRequest,
} from "./canonical-request.ts";
import type { ApplicationAccount, Credentials } from "./credentials.ts";
import { type Hmac, webCryptoHmac } from "./hmac.ts";
import { authorizationV1 } from "./signature-v1.ts";
import { authorizationV4, createV4KeyCache, scopeDate } from "./signature-v4.ts";

/** What a signer is made of. */
export interface SignerOptions {
  /** Sign with V4 for this region, such as `cn-hangzhou`. @default none or empty: V1 */
  readonly region?: string;
  /** What derived V4 keys begin with. @default "aliyun_v4" */
  readonly signaturePrefix?: string;
  /** The application that acts for the user and countersigns. @default none */
  readonly application?: ApplicationAccount;
  /** @default WebCrypto */
  readonly hmac?: Hmac;
}

/**
 * Gives the headers that make a request authentic at one moment: `Date`, and `Authorization` or a token.
 * They are to be added to those that were signed, replacing a `Date` among them.
 */
export type RequestSigner = (
  request: SignableRequest,
  credentials: Credentials,
  at: Date,
) => Promise<Readonly<Record<string, string>>>;

/** Makes a signer for either signature version; derived V4 keys are kept for the day. */
export function createSigner(options: SignerOptions = {}): RequestSigner {
  const { region, signaturePrefix, application, hmac = webCryptoHmac } = options;
  const cache = createV4KeyCache();
  return async (request, credentials, at) => {
    const date = at.toUTCString();
    if (credentials.kind === "bearer") return { date, "x-odps-bearer-token": credentials.token };
    const canonical = canonicalString({ ...request, headers: withDate(request.headers, date) });
    const authorization =
      region === undefined || region === ""
        ? await authorizationV1(canonical, credentials, hmac)
        : await authorizationV4(
            canonical,
            credentials,
            {
              date: scopeDate(at),
              region,
              ...(signaturePrefix === undefined ? {} : { prefix: signaturePrefix }),
            },
            hmac,
            cache,
          );
    return {
      date,
      authorization,
      ...(credentials.securityToken === undefined
        ? {}
        : { "authorization-sts-token": credentials.securityToken }),
      ...(application === undefined ? {} : await applicationHeaders(authorization, application, hmac)),
    };
  };
}

function withDate(headers: HeaderFields, date: string): HeaderFields {
  const others = [...headerPairs(headers)].filter(([name]) => name.toLowerCase() !== "date");
  return [...others, ["date", date]];
}
