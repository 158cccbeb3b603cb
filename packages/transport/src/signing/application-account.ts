import { type Awaitable, andThen } from "./awaitable.ts";
import type { ApplicationAccount } from "./credentials.ts";
import { type Hmac, webCryptoHmac } from "./hmac.ts";
import { signatureV1 } from "./signature-v1.ts";

/**
 * The headers by which an application account countersigns a request: it signs the value of `Authorization`.
 *
 * Protocol: MaxCompute Tunnel, authentication: `application-authentication` for a permanent key, `sts-authentication`
 * with `sts-token` for a temporary one, both of the same form.
 */
export function applicationHeaders(
  authorization: string,
  account: ApplicationAccount,
  hmac: Hmac = webCryptoHmac,
): Awaitable<Readonly<Record<string, string>>> {
  return andThen(signatureV1(authorization, account, hmac), (signature) => {
    const value = [
      "account_provider:aliyun",
      "signature_method:hmac-sha1",
      `access_id:${account.accessKeyId}`,
      `signature:${signature}`,
    ].join(",");
    return account.securityToken === undefined
      ? { "application-authentication": value }
      : { "sts-authentication": value, "sts-token": account.securityToken };
  });
}
