import { parseArgs } from "node:util";
import { EmulatorError } from "./errors.ts";
import type { EmulatorOptions, SecondCommit } from "./options.ts";

/** What a command line asks for. */
export type Command =
  | { readonly kind: "run"; readonly options: EmulatorOptions; readonly verbose: boolean }
  | { readonly kind: "help" };

/** What `--help` prints. */
export const usage = `mctunnel-emulator: a local MaxCompute Tunnel service on 127.0.0.1

  --port N            TCP port; 0 takes a free one (default 0)
  --data DIR          where everything is kept (default: a temporary directory, removed at the end)
  --project P         project that exists from the start (default emulated)
  --access-id ID      access key id that clients sign with (default emulator)
  --access-key KEY    access key secret (default emulator-secret)
  --sts-token TOKEN   makes that key a temporary one: requests must carry the token
  --bearer-token T    accept this bearer token as well; may be given several times
  --table DDL         CREATE TABLE statement to run at the start; may be given several times
  --second-commit A   what a second commit is told: closed, conflict or not-found (default closed)
  --verbose           log every request on stderr
  --help              print this

Prints "listening http://127.0.0.1:N" on stdout when it accepts requests; everything else goes to stderr.
Stops on SIGTERM and SIGINT.
`;

/**
 * Reads a command line.
 *
 * @throws EmulatorError `invalid-option`
 */
export function parseCommand(args: readonly string[]): Command {
  const values = parse(args);
  if (values.help === true) {
    return { kind: "help" };
  }
  const port = values.port ?? "0";
  if (!/^\d{1,5}$/.test(port)) {
    throw new EmulatorError("invalid-option", `Expected --port to be a number, got ${JSON.stringify(port)}`);
  }
  const optional = {
    dataDir: values.data,
    project: values.project,
    accessKeyId: values["access-id"],
    accessKeySecret: values["access-key"],
    securityToken: values["sts-token"],
    bearerTokens: values["bearer-token"],
    tables: values.table,
    secondCommit: values["second-commit"] as SecondCommit | undefined,
  };
  const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  return { kind: "run", options: { port: Number(port), ...given }, verbose: values.verbose === true };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      options: {
        port: { type: "string" },
        data: { type: "string" },
        project: { type: "string" },
        "access-id": { type: "string" },
        "access-key": { type: "string" },
        "sts-token": { type: "string" },
        "bearer-token": { type: "string", multiple: true },
        table: { type: "string", multiple: true },
        "second-commit": { type: "string" },
        verbose: { type: "boolean" },
        help: { type: "boolean" },
      },
    }).values;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EmulatorError("invalid-option", reason, { cause });
  }
}
