import { CliError } from "../errors.ts";

/**
 * Refuses a key on the command line before anything else looks at it.
 *
 * The argument after it is never repeated in a message: it would be the key.
 */
export function refuseSecretFlags(argv: readonly string[]): void {
  for (const argument of argv) {
    if (argument === "--") return;
    const flag = secretFlag.exec(argument)?.[1];
    if (flag === undefined) continue;
    throw new CliError(
      "invalid-usage",
      `${flag} is not taken: keys on a command line end up in the shell's history and in the list of processes.`,
      {
        next: "Set ODPS_ACCESS_ID and ODPS_ACCESS_KEY in the environment, or write a profile into ~/.mctunnel/config.toml.",
      },
    );
  }
}

const secretFlag =
  /^(--?(?:odps[-_]?)?(?:access[-_]?(?:key(?:[-_]?(?:id|secret))?|id|secret)|secret(?:[-_]?(?:key|access[-_]?key))?|sts[-_]?token|security[-_]?token|token|password|ak|sk))(?:=.*)?$/is;
