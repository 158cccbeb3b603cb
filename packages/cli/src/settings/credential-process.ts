import { exec } from "node:child_process";
import type { Credentials, CredentialsProvider } from "@maxcompute-tunnel/transport";
import { CliError } from "../errors.ts";

/** Where a credential process runs and what it sees. */
export interface ProcessWorld {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Asks a command of the user's for a key, and again five minutes before the key expires.
 *
 * The command is run by the shell and prints one JSON object: `AccessKeyId`, `AccessKeySecret` and perhaps
 * `SecurityToken` and `Expiration`, or the same in the spelling of the aliyun command line (`access_key_id` …).
 * What it prints is never repeated in a message.
 */
export function credentialProcess(command: string, source: string, world: ProcessWorld): CredentialsProvider {
  let known: IssuedKey | undefined;
  let asking: Promise<IssuedKey> | undefined;
  return async () => {
    if (known !== undefined && world.now() < known.renewAt) return known.credentials;
    asking ??= runCommand(command, source, world)
      .then((text) => readKey(text, source))
      .finally(() => {
        asking = undefined;
      });
    known = await asking;
    return known.credentials;
  };
}

interface IssuedKey {
  readonly credentials: Credentials;
  /** When it is to be asked for again, in milliseconds since 1970. */
  readonly renewAt: number;
}

async function runCommand(command: string, source: string, { cwd, env }: ProcessWorld): Promise<string> {
  return await new Promise<string>((resolve, reject) => {
    exec(
      command,
      { cwd, env: { ...env } as NodeJS.ProcessEnv, timeout: patienceMs, maxBuffer: 1024 * 1024 },
      (error, stdout) => {
        if (error === null) {
          resolve(stdout);
          return;
        }
        const how =
          error.killed === true ? "took more than a minute" : `ended with ${error.code ?? error.signal}`;
        reject(unavailable(`The credential process ${source} ${how}.`));
      },
    ).stdin?.end();
  });
}

function readKey(text: string, source: string): IssuedKey {
  const document = parseObject(text);
  const read = (...names: string[]): string | undefined => {
    for (const name of names) {
      const value = document?.[name];
      if (typeof value === "string" && value !== "") return value;
    }
    return undefined;
  };
  const accessKeyId = read("AccessKeyId", "access_key_id");
  const accessKeySecret = read("AccessKeySecret", "access_key_secret", "SecretAccessKey");
  const securityToken = read("SecurityToken", "sts_token", "SessionToken");
  const expiration = read("Expiration", "expiration");
  if (accessKeyId === undefined || accessKeySecret === undefined) {
    throw unavailable(
      `The credential process ${source} printed no JSON object with AccessKeyId and AccessKeySecret.`,
    );
  }
  const expiresAt = expiration === undefined ? Number.POSITIVE_INFINITY : Date.parse(expiration);
  if (Number.isNaN(expiresAt)) {
    throw unavailable(`The credential process ${source} printed an Expiration that is no time.`);
  }
  return {
    credentials: {
      kind: "access-key",
      accessKeyId,
      accessKeySecret,
      ...(securityToken === undefined ? {} : { securityToken }),
    },
    renewAt: expiresAt - 5 * 60_000,
  };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function unavailable(message: string): CliError {
  return new CliError("credentials-unavailable", message, {
    next: "Run that command by hand and look at what it prints.",
  });
}

const patienceMs = 60_000;
