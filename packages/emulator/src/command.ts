import { parseArgs } from "node:util";
import { EmulatorError } from "./errors.ts";
import type { EmulatorOptions, Profile, Quotas, SecondCommit } from "./options.ts";

/** What a command line asks for. */
export type Command =
  | {
      readonly kind: "run";
      readonly options: EmulatorOptions;
      readonly configFile: string | undefined;
      readonly verbose: boolean;
      /** What is told when requests are accepted: to people, to scripts, or nobody but the one line on stdout. */
      readonly announce: "people" | "scripts" | "nobody";
    }
  | { readonly kind: "help" }
  | { readonly kind: "version" };

/** What `--help` prints. */
export const usage = `mctunnel-emulator: a local MaxCompute Tunnel service

  mctunnel-emulator
  mctunnel-emulator --port 8080 --data ./maxcompute --seed-table 'flights(id bigint, name string)'
  mctunnel-emulator --config emulator.toml --json

Where
  --port N            TCP port; 0 takes a free one (default 0)
  --host ADDRESS      address to listen on (default 127.0.0.1)
  --allow-remote      lets --host be an address that other machines reach; nothing is encrypted
  --data DIR          where everything is kept (default: a temporary directory, removed at the end)

Who
  --project P         project that exists from the start (default emulated)
  --access-id ID      access key id that clients sign with (default emulator)
  --access-key KEY    access key secret (default emulator-secret)
  --sts-token TOKEN   makes that key a temporary one: requests must carry the token
  --bearer-token T    accept this bearer token as well; may be given several times
  --config FILE       projects, keys with permissions, and limits, as TOML or JSON

What
  --seed-table TABLE  table to make at the start, as 'name(column type, ...)'; may be given several times
  --table DDL         CREATE TABLE statement to run at the start; may be given several times
  --second-commit A   what a second commit is told: closed, conflict or not-found (default closed)
  --profile P         strict, or lenient: takes bodies without a footer and loads a second commit again (default strict)
  --quotas Q          none, or real: the service's limits on sessions, blocks and commits of a table (default none)
  --control           lets programs on this machine add faults and move the clock; see mctunnel-emulator fault --help

Output
  --quiet             say nothing on stderr but what goes wrong
  --json              print endpoint, project and keys on stdout, as one line of JSON
  --verbose           log every request on stderr
  --help              print this
  --version           print the version

Prints "listening http://127.0.0.1:N" on stdout when it accepts requests, and on stderr how to point clients at it.
Stops on SIGTERM and SIGINT. Ends with 1 when it cannot start, with 2 when an option or the configuration is wrong.
`;

const flags = {
  port: { type: "string" },
  host: { type: "string" },
  "allow-remote": { type: "boolean" },
  data: { type: "string" },
  project: { type: "string" },
  "access-id": { type: "string" },
  "access-key": { type: "string" },
  "sts-token": { type: "string" },
  "bearer-token": { type: "string", multiple: true },
  config: { type: "string" },
  "seed-table": { type: "string", multiple: true },
  table: { type: "string", multiple: true },
  "second-commit": { type: "string" },
  profile: { type: "string" },
  quotas: { type: "string" },
  control: { type: "boolean" },
  quiet: { type: "boolean" },
  json: { type: "boolean" },
  verbose: { type: "boolean" },
  help: { type: "boolean" },
  version: { type: "boolean" },
} as const;

/**
 * Reads a command line.
 *
 * @throws EmulatorError `invalid-option`
 */
export function parseCommand(args: readonly string[]): Command {
  const values = parse(args);
  if (values.help === true || values.version === true) {
    return { kind: values.help === true ? "help" : "version" };
  }
  const port = values.port ?? "0";
  if (!/^\d{1,5}$/.test(port)) {
    throw new EmulatorError("invalid-option", `Expected --port to be a number, got ${JSON.stringify(port)}`);
  }
  const seeds = (values["seed-table"] ?? []).map(seedStatement);
  const tables = [...seeds, ...(values.table ?? [])];
  const optional = {
    host: values.host,
    allowRemote: values["allow-remote"],
    dataDir: values.data,
    project: values.project,
    accessKeyId: values["access-id"],
    accessKeySecret: values["access-key"],
    securityToken: values["sts-token"],
    bearerTokens: values["bearer-token"],
    tables: tables.length === 0 ? undefined : tables,
    secondCommit: values["second-commit"] as SecondCommit | undefined,
    profile: values.profile as Profile | undefined,
    quotas: values.quotas as Quotas | undefined,
    control: values.control,
  };
  const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  return {
    kind: "run",
    options: { port: Number(port), ...given },
    configFile: values.config,
    verbose: values.verbose === true,
    announce: values.json === true ? "scripts" : values.quiet === true ? "nobody" : "people",
  };
}

/** `name(columns)` as a statement that leaves a table alone which is there already, so that a data directory restarts. */
function seedStatement(seed: string): string {
  if (!/^\s*[^\s(]+\s*\([\s\S]+\)/.test(seed)) {
    throw new EmulatorError(
      "invalid-option",
      `Expected --seed-table to be a name with its columns, such as 'flights(id bigint, name string)', got ${JSON.stringify(seed)}`,
    );
  }
  return `create table if not exists ${seed}`;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], strict: true, options: flags }).values;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EmulatorError("invalid-option", reason, { cause });
  }
}
