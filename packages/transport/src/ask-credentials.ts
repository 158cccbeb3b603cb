import { unlessAborted } from "./abort.ts";
import { TunnelError } from "./errors.ts";
import { checkSecret } from "./request-headers.ts";
import type {
  AccessKey,
  ApplicationAccount,
  Credentials,
  CredentialsProvider,
} from "./signing/credentials.ts";

/** Asks a provider for the credentials of one attempt and refuses, without naming them, those no header can carry. */
export async function askForCredentials(
  provider: CredentialsProvider,
  { operation, attempts, signal }: { operation: string; attempts: number; signal: AbortSignal },
): Promise<Credentials> {
  let given: Credentials;
  try {
    given = await unlessAborted(Promise.resolve(provider({ signal })), signal);
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new TunnelError("the credentials provider failed", {
      code: "credentials",
      operation,
      attempts,
      cause,
    });
  }
  // Callers without a type checker pass on what their environment lacks.
  if (typeof given !== "object" || given === null) {
    throw new TunnelError("the credentials are missing", { code: "credentials", operation, attempts });
  }
  if (given.kind === "bearer") checkSecret(operation, "bearer token", given.token);
  else checkAccessKey(operation, "", given);
  return given;
}

/** Refuses an application account that no header can carry. */
export function checkApplication(operation: string, application: ApplicationAccount | undefined): void {
  if (application !== undefined) checkAccessKey(operation, "application's ", application);
}

function checkAccessKey(
  operation: string,
  whose: string,
  key: AccessKey & { readonly securityToken?: string },
): void {
  checkSecret(operation, `${whose}access key id`, key.accessKeyId);
  checkSecret(operation, `${whose}access key secret`, key.accessKeySecret);
  if (key.securityToken !== undefined) checkSecret(operation, `${whose}security token`, key.securityToken);
}
