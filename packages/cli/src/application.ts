import {
  type Application,
  ArgumentScannerError,
  buildApplication,
  buildRouteMap,
  formatMessageForArgumentScannerError,
  text_en,
} from "@stricli/core";
import { commandList } from "./command-list.ts";
import type { CliContext } from "./commands/cli-context.ts";

/** Builds the tree of commands; the code behind each is loaded when it is called. */
export function buildCli(version: string): Application<CliContext> {
  const root = buildRouteMap<string, CliContext>({
    routes: Object.fromEntries(commandList.map(({ name, command }) => [name, command])),
    docs: { brief: programBrief, fullDescription: overview },
  });
  return buildApplication<CliContext>(root, {
    name: "mctunnel",
    versionInfo: { currentVersion: version },
    scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
    documentation: { disableAnsiColor: true, onlyRequiredInUsageLine: true },
    localization: { text: { ...text_en, ...messages } },
  });
}

/** What the program is, in one line. */
export const programBrief = "Move files into MaxCompute tables";

/** What all commands have in common. */
export const overview = `Loads files into MaxCompute tables through Tunnel: all rows of a load become visible together, or none does.

Settings come from flags, then the environment, then a profile in ~/.mctunnel/config.toml (mctunnel configure), or
where there is none odps_config.ini of odpscmd. Keys come whole from one place: ODPS_ACCESS_ID with ODPS_ACCESS_KEY,
ALIBABA_CLOUD_ACCESS_KEY_ID with ALIBABA_CLOUD_ACCESS_KEY_SECRET, the profile, odps_config.ini, ~/.aliyun/config.json,
a role; never from the command line.

Exit codes: 0 done, 1 internal fault, 2 usage, 3 data, 4 credentials, 5 network, 6 commit outcome unknown,
7 input file, 8 not found, 9 conflict, 10 service, 11 loaded with rejects, 12 journal or file of rejects,
130 Ctrl-C, 143 SIGTERM.

Examples:
  mctunnel upload flights.csv proj.flights
  mctunnel upload day1.csv day2.csv proj.sales/dt=2024-05-06 --create-partition
  mctunnel doctor proj.flights`;

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
