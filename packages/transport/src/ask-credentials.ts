import { unlessAborted } from "./abort.ts";
import { TunnelError } from "./errors.ts";
import { checkSecret } from "./request-headers.ts";
import type { Attempt } from "./retry/retry.ts";
import type {
  AccessKey,
  ApplicationAccount,
  Credentials,
  CredentialsProvider,
} from "./signing/credentials.ts";

/** Asks a provider for the credentials of one attempt and refuses, without naming them, those no header can carry. */
export async function askForCredentials(
  provider: CredentialsProvider,
  attempt: Attempt,
  { operation, signal }: { readonly operation: string; readonly signal: AbortSignal },
): Promise<Credentials> {
  const { attempts, sentBefore: sent } = attempt;
  let given: Credentials;
  try {
    given = await unlessAborted(Promise.resolve(provider({ signal })), signal);
  } catch (cause) {
    if (signal.aborted) throw cause;
    const facts = { code: "credentials", operation, attempts, sent, cause } as const;
    throw new TunnelError("the credentials provider failed", facts);
  }
  // Callers without a type checker pass on what their environment lacks.
  if (typeof given !== "object" || given === null) {
    throw new TunnelError("the credentials are missing", { code: "credentials", operation, attempts, sent });
  }
  const check = checker(attempt, operation);
  if (given.kind === "bearer") check("bearer token", given.token);
  else checkAccessKey(check, "", given);
  return given;
}

/** Refuses an application account that no header can carry. */
export function checkApplication(
  application: ApplicationAccount | undefined,
  attempt: Attempt,
  operation: string,
): void {
  if (application !== undefined) checkAccessKey(checker(attempt, operation), "application's ", application);
}

type SecretCheck = (what: string, secret: unknown) => void;

/** Of the attempts that an error speaks of, the one that had no fit secret was not sent. */
function checker({ attempts }: Attempt, operation: string): SecretCheck {
  return (what, secret) => checkSecret(what, secret, { operation, attempts: attempts - 1 });
}

function checkAccessKey(
  check: SecretCheck,
  whose: string,
  key: AccessKey & { readonly securityToken?: string },
): void {
  check(`${whose}access key id`, key.accessKeyId);
  check(`${whose}access key secret`, key.accessKeySecret);
  if (key.securityToken !== undefined) check(`${whose}security token`, key.securityToken);
}
