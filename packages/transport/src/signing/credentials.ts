import type { Awaitable } from "./awaitable.ts";

/** An access key pair: the identity and its secret, permanent or temporary. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

/** An access key as credentials; with a `securityToken` (STS) it is a temporary one. */
export interface AccessKeyCredentials extends AccessKey {
  readonly kind: "access-key";
  /** The STS token that belongs to a temporary key. */
  readonly securityToken?: string;
}

/** A bearer token issued by the platform. It is sent as it is; nothing is signed. */
export interface BearerCredentials {
  readonly kind: "bearer";
  readonly token: string;
}

/** Who is asking. */
export type Credentials = AccessKeyCredentials | BearerCredentials;

/**
 * Gives the credentials to use now. It is asked before every attempt, so that keys can rotate in the middle of an
 * upload; cache inside when asking is slow.
 */
export type CredentialsProvider = (options: { readonly signal?: AbortSignal }) => Awaitable<Credentials>;

/** A second identity, the application that acts for the user; it signs the first signature. */
export interface ApplicationAccount extends AccessKey {
  /** The STS token of a temporary application key. */
  readonly securityToken?: string;
}
