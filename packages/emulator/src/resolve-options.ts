import { EmulatorError } from "./errors.ts";
import type { AccessKey, EmulatorOptions, SecondCommit } from "./options.ts";

/** Options with their defaults. */
export interface ResolvedOptions {
  readonly port: number;
  readonly project: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** The main key and the further ones. */
  readonly keys: readonly AccessKey[];
  readonly secondCommit: SecondCommit;
}

const defaults = {
  port: 0,
  project: "emulated",
  accessKeyId: "emulator",
  accessKeySecret: "emulator-secret",
  secondCommit: "closed",
} as const;

const secondCommits: readonly string[] = ["closed", "conflict", "not-found"] satisfies SecondCommit[];

/** Fills in defaults and checks what a program could get wrong. @throws EmulatorError `invalid-option` */
export function resolveOptions(options: EmulatorOptions): ResolvedOptions {
  const port = options.port ?? defaults.port;
  const project = options.project ?? defaults.project;
  const accessKeyId = options.accessKeyId ?? defaults.accessKeyId;
  const accessKeySecret = options.accessKeySecret ?? defaults.accessKeySecret;
  const secondCommit = options.secondCommit ?? defaults.secondCommit;
  check(Number.isInteger(port) && port >= 0 && port <= 65_535, `port to be from 0 to 65535, got ${port}`);
  check(
    /^[A-Za-z_]\w{0,127}$/.test(project),
    `project to be letters, digits and _, got ${JSON.stringify(project)}`,
  );
  check(
    secondCommits.includes(secondCommit),
    `secondCommit to be ${secondCommits.join(", ")}, got ${secondCommit}`,
  );
  const token = options.securityToken === undefined ? {} : { securityToken: options.securityToken };
  const keys = [{ accessKeyId, accessKeySecret, ...token }, ...(options.accessKeys ?? [])];
  for (const key of keys) {
    const id = JSON.stringify(key.accessKeyId);
    check(
      /^[^\s:/]+$/.test(key.accessKeyId),
      `an access key id without blanks, colons and slashes, got ${id}`,
    );
    check(key.accessKeySecret !== "", `a secret for the access key ${id}, got an empty one`);
  }
  return { port, project, accessKeyId, accessKeySecret, keys, secondCommit };
}

function check(holds: boolean, expected: string): void {
  if (!holds) {
    throw new EmulatorError("invalid-option", `Expected ${expected}`);
  }
}
