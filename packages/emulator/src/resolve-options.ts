import { EmulatorError } from "./errors.ts";
import type { AccessKey, BearerToken, EmulatorOptions, Profile, Quotas, SecondCommit } from "./options.ts";
import { type ResolvedLimits, resolveLimits } from "./server/limits.ts";
import { isLoopback } from "./server/loopback.ts";

/** Options with their defaults. */
export interface ResolvedOptions {
  readonly port: number;
  readonly host: string;
  readonly project: string;
  /** The main project and the further ones. */
  readonly projects: readonly string[];
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** The main key and the further ones. */
  readonly keys: readonly AccessKey[];
  readonly bearerTokens: readonly BearerToken[];
  readonly limits: ResolvedLimits;
  readonly secondCommit: SecondCommit;
  readonly profile: Profile;
  readonly quotas: Quotas;
}

const defaults = {
  port: 0,
  host: "127.0.0.1",
  project: "emulated",
  accessKeyId: "emulator",
  accessKeySecret: "emulator-secret",
  secondCommit: "closed",
  profile: "strict",
  quotas: "none",
} as const;

const secondCommits: readonly string[] = ["closed", "conflict", "not-found"] satisfies SecondCommit[];
const profiles: readonly string[] = ["strict", "lenient"] satisfies Profile[];
const quotaKinds: readonly string[] = ["none", "real"] satisfies Quotas[];

/** Fills in defaults and checks what a program could get wrong. @throws EmulatorError `invalid-option` */
export function resolveOptions(options: EmulatorOptions): ResolvedOptions {
  const port = options.port ?? defaults.port;
  const host = options.host ?? defaults.host;
  const project = options.project ?? defaults.project;
  const accessKeyId = options.accessKeyId ?? defaults.accessKeyId;
  const accessKeySecret = options.accessKeySecret ?? defaults.accessKeySecret;
  const secondCommit = options.secondCommit ?? defaults.secondCommit;
  const profile = options.profile ?? defaults.profile;
  const quotas = options.quotas ?? defaults.quotas;
  check(Number.isInteger(port) && port >= 0 && port <= 65_535, `port to be from 0 to 65535, got ${port}`);
  check(
    isLoopback(host) || options.allowRemote === true,
    `host to be a loopback address such as 127.0.0.1, got ${JSON.stringify(host)}; ` +
      "allowRemote (--allow-remote) lets other machines in, without encryption",
  );
  const projects = [...new Set([project, ...(options.projects ?? [])])];
  for (const name of projects) {
    check(
      /^[A-Za-z_]\w{0,127}$/.test(name),
      `project to be letters, digits and _, got ${JSON.stringify(name)}`,
    );
  }
  check(
    secondCommits.includes(secondCommit),
    `secondCommit to be ${secondCommits.join(", ")}, got ${secondCommit}`,
  );
  check(profiles.includes(profile), `profile to be ${profiles.join(" or ")}, got ${profile}`);
  check(quotaKinds.includes(quotas), `quotas to be ${quotaKinds.join(" or ")}, got ${quotas}`);
  const token = options.securityToken === undefined ? {} : { securityToken: options.securityToken };
  const may = options.permissions === undefined ? {} : { permissions: options.permissions };
  const keys = [{ accessKeyId, accessKeySecret, ...token, ...may }, ...(options.accessKeys ?? [])];
  for (const key of keys) {
    const id = JSON.stringify(key.accessKeyId);
    check(
      /^[^\s:/]+$/.test(key.accessKeyId),
      `an access key id without blanks, colons and slashes, got ${id}`,
    );
    check(key.accessKeySecret !== "", `a secret for the access key ${id}, got an empty one`);
  }
  const bearerTokens = (options.bearerTokens ?? []).map((token) =>
    typeof token === "string" ? { token } : token,
  );
  check(
    bearerTokens.every(({ token }) => token !== ""),
    "a bearer token, got an empty one",
  );
  const limits = resolveLimits(options.limits);
  return {
    port,
    host,
    project,
    projects,
    accessKeyId,
    accessKeySecret,
    keys,
    bearerTokens,
    limits,
    secondCommit,
    profile,
    quotas,
  };
}

function check(holds: boolean, expected: string): void {
  if (!holds) {
    throw new EmulatorError("invalid-option", `Expected ${expected}`);
  }
}
