import {
  type Application,
  ArgumentScannerError,
  buildApplication,
  buildCommand,
  buildRouteMap,
  formatMessageForArgumentScannerError,
  type TypedPositionalParameter,
  text_en,
} from "@stricli/core";
import type { CliContext } from "./commands/cli-context.ts";
import type { CommitFlags } from "./commands/session-commands.ts";
import { type CommonFlags, commonFlags } from "./commands/settings-flags.ts";
import { type UploadFlags, uploadFlags } from "./commands/upload/upload-flags.ts";
import { blockIdList } from "./commands/value-parsers.ts";

/** Builds the tree of commands; the code behind each is loaded when it is called. */
export function buildCli(version: string): Application<CliContext> {
  const root = buildRouteMap<"upload" | "status" | "blocks" | "commit", CliContext>({
    routes: { upload: upload(), status: status(), blocks: blocks(), commit: commit() },
    docs: { brief: "Move files into MaxCompute tables", fullDescription: overview },
  });
  return buildApplication<CliContext>(root, {
    name: "mctunnel",
    versionInfo: { currentVersion: version },
    scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
    documentation: { disableAnsiColor: true, onlyRequiredInUsageLine: true },
    localization: { text: { ...text_en, ...messages } },
  });
}

function upload(): ReturnType<typeof buildCommand<UploadFlags, string[], CliContext>> {
  return buildCommand<UploadFlags, string[], CliContext>({
    loader: async () => await import("./commands/upload/upload.ts"),
    parameters: {
      flags: uploadFlags,
      aliases: { q: "quiet" },
      positional: {
        kind: "array",
        minimum: 2,
        parameter: {
          brief: "Files to load, then PROJECT.TABLE[/pt=value]",
          placeholder: "FILE TABLE",
          parse: String,
        },
      },
    },
    docs: {
      brief: "Load CSV or JSON lines files into a table",
      customUsage: [
        { input: "[flags] FILE... PROJECT.TABLE[/pt=value]", brief: "In general" },
        {
          input: "flights.csv proj.flights",
          brief: "Load a CSV file; a first row of column names is found by itself",
        },
        {
          input: "day1.csv day2.csv proj.sales/dt=2024-05-06 --create-partition",
          brief: "Load two files into one partition, together or not at all",
        },
        {
          input: "events.jsonl proj.events --overwrite --compress --json",
          brief: "Replace a table's rows, send compressed, report as JSON",
        },
        {
          input: "log.csv proj.log --time-zone Asia/Shanghai --no-header",
          brief: "Read times without a zone as Shanghai's, and the first row as data",
        },
      ],
      fullDescription: uploadDescription,
    },
  });
}

const sessionId = {
  brief: "Upload session, as upload named it",
  placeholder: "SESSION_ID",
  parse: String,
} satisfies TypedPositionalParameter<string, CliContext>;

const table = {
  brief: "PROJECT.TABLE[/pt=value] that the session was opened on",
  placeholder: "TABLE",
  parse: String,
} satisfies TypedPositionalParameter<string, CliContext>;

function status(): ReturnType<typeof buildCommand<CommonFlags, [string, string], CliContext>> {
  return buildCommand<CommonFlags, [string, string], CliContext>({
    loader: async () => (await import("./commands/session-commands.ts")).status,
    parameters: { flags: commonFlags, positional: { kind: "tuple", parameters: [sessionId, table] } },
    docs: {
      brief: "Show where an upload session stands",
      customUsage: [
        { input: "[flags] SESSION_ID PROJECT.TABLE[/pt=value]", brief: "In general" },
        { input: "202405060708091a2b3c proj.flights", brief: "Say whether the session was committed" },
      ],
    },
  });
}

function blocks(): ReturnType<typeof buildCommand<CommonFlags, [string, string], CliContext>> {
  return buildCommand<CommonFlags, [string, string], CliContext>({
    loader: async () => (await import("./commands/session-commands.ts")).blocks,
    parameters: { flags: commonFlags, positional: { kind: "tuple", parameters: [sessionId, table] } },
    docs: {
      brief: "List the blocks that an upload session holds",
      customUsage: [
        { input: "[flags] SESSION_ID PROJECT.TABLE[/pt=value]", brief: "In general" },
        { input: "202405060708091a2b3c proj.flights --json", brief: "List ids and row counts as JSON" },
      ],
    },
  });
}

function commit(): ReturnType<typeof buildCommand<CommitFlags, [string, string], CliContext>> {
  return buildCommand<CommitFlags, [string, string], CliContext>({
    loader: async () => (await import("./commands/session-commands.ts")).commit,
    parameters: {
      flags: {
        blocks: {
          kind: "parsed",
          parse: blockIdList,
          placeholder: "IDS",
          brief: "The blocks it has to hold, such as 0-3,7 (whatever it holds if not said)",
          optional: true,
        },
        ...commonFlags,
      },
      positional: { kind: "tuple", parameters: [sessionId, table] },
    },
    docs: {
      brief: "Commit an upload session",
      customUsage: [
        { input: "[flags] SESSION_ID PROJECT.TABLE[/pt=value]", brief: "In general" },
        {
          input: "202405060708091a2b3c proj.flights --blocks 0-3",
          brief: "Commit, provided that the session holds exactly blocks 0 to 3",
        },
      ],
    },
  });
}

const overview = `Loads files into MaxCompute tables through Tunnel: all rows of a load become visible together, or none does.

Settings come from flags, then the environment, then ~/.mctunnel/config.toml. Keys are read from
ODPS_ACCESS_ID and ODPS_ACCESS_KEY (ODPS_STS_TOKEN), from ALIBABA_CLOUD_ACCESS_KEY_ID and
ALIBABA_CLOUD_ACCESS_KEY_SECRET (ALIBABA_CLOUD_SECURITY_TOKEN), or from a profile; never from the command line.

Exit codes: 0 done, 1 internal fault, 2 usage, 3 data, 4 credentials, 5 network, 6 commit outcome unknown,
7 input file, 8 not found, 9 conflict, 10 service, 130 Ctrl-C, 143 SIGTERM.

Examples:
  mctunnel upload flights.csv proj.flights
  mctunnel upload day1.csv day2.csv proj.sales/dt=2024-05-06 --create-partition
  mctunnel status 202405060708091a2b3c proj.flights`;

const uploadDescription = `Reads every file, converts every value exactly, and commits once all rows are on the server. When a value does
not fit, or anything else fails, nothing is committed and the message says file, line and column.

The format follows from the name: .csv, or .jsonl and .ndjson. Text is UTF-8. In CSV an empty field is NULL and
"" is an empty string; a first row made only of column names maps fields by name.`;

const usage = (message: string): string => `error: ${/[.?]$/.test(message) ? message : `${message}.`}`;

/** Messages for command lines that cannot be understood. The exit code is that of usage. */
const messages = {
  exceptionWhileParsingArguments: (error: unknown): string => {
    if (!(error instanceof ArgumentScannerError)) return usage(String(error));
    return usage(
      formatMessageForArgumentScannerError(error, {
        ArgumentParseError: ({ externalFlagNameOrPlaceholder: name, exception }) =>
          `--${name}: ${exception instanceof Error ? exception.message : String(exception)}`,
        EnumValidationError: ({ externalFlagName, input, values }) =>
          `--${externalFlagName}: expected ${values.join(", ")}, got "${input}"`,
        FlagNotFoundError: ({ input, corrections }) =>
          `There is no flag ${input.startsWith("-") ? input : `--${input}`}${meant(corrections.map((flag) => (flag.startsWith("-") ? flag : `--${flag}`)))}`,
        UnsatisfiedFlagError: ({ externalFlagName }) => `--${externalFlagName} needs a value`,
        UnsatisfiedPositionalError: ({ placeholder }) => `${placeholder} is missing`,
        UnexpectedPositionalError: ({ input }) => `"${input}" is one argument too many`,
      }),
    );
  },
  noCommandRegisteredForInput: ({
    input,
    corrections,
  }: {
    input: string;
    corrections: readonly string[];
  }): string => usage(`There is no command "${input}"${meant(corrections)}`),
};

function meant(corrections: readonly string[]): string {
  return corrections.length === 0 ? "" : `; did you mean ${corrections.join(" or ")}?`;
}
