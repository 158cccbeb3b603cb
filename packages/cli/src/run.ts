import { run as runStricli } from "@stricli/core";
import { buildCli } from "./application.ts";
import type { CliIo } from "./cli-io.ts";
import type { CliContext } from "./commands/cli-context.ts";
import { CliError, failureKindOf } from "./errors.ts";
import { exitCodes } from "./exit-codes.ts";
import { compressionNames } from "./load/flag-texts.ts";
import type { Resumption } from "./load/resumption.ts";
import { refuseSecretFlags } from "./settings/secret-flags.ts";
import { version } from "./version.ts";

/**
 * Runs one command line, without `node` and the script, and gives its exit code.
 *
 * It never rejects, never ends the process and never looks at the process around it: all of that is in `io`.
 */
export async function run(argv: readonly string[], io: CliIo): Promise<number> {
  try {
    refuseSecretFlags(argv);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    io.stderr.write(`error: ${error.message}\n  next: ${error.next}\n`);
    const exitCode = exitCodes[failureKindOf(error.code)];
    if (asksForJson(argv))
      writeUsageJson(io, argv, { code: error.code, message: error.message, next: error.next });
    return exitCode;
  }
  if (argv[0] === "tunnel" && argv[1] !== "--help") {
    const { runOldCommand } = await import("./commands/old-spellings/run-old-command.ts");
    return await runOldCommand(argv.slice(1), io, (ours) => runOwn(ours, io));
  }
  return await runOwn(argv, io);
}

async function runOwn(
  argv: readonly string[],
  io: CliIo,
  resumption?: Resumption,
  typed: readonly string[] = argv,
): Promise<number> {
  let said = "";
  const stricliProcess: CliContext["process"] & { exitCode?: number | string | null } = {
    stdout: { write: (text) => io.stdout.write(text) },
    stderr: {
      write: (text) => {
        said += text;
        io.stderr.write(text);
      },
    },
  };
  const context: CliContext = {
    process: stricliProcess,
    io,
    argv: typed,
    exitCode: 0,
    resumption,
    rerun: (again, cwd, resumed) => runOwn(again, { ...io, cwd }, resumed, typed),
  };
  const app = buildCli(version);
  await runStricli(app, argv.length === 0 ? ["--help"] : completeCompress(argv), context);
  return exitCodeOf(stricliProcess.exitCode, context.exitCode, argv, io, said);
}

/** The framework reports its own failures as negative numbers; a command's own failure is on the context. */
function exitCodeOf(
  framework: unknown,
  own: number,
  argv: readonly string[],
  io: CliIo,
  said: string,
): number {
  const code = Number(framework ?? 0);
  if (code >= 0) return own !== 0 || code === 0 ? own : exitCodes.internal;
  if (code !== unknownCommand && code !== invalidArgument) return exitCodes.internal;
  const command = argv[0] !== undefined && code === invalidArgument ? ` ${argv[0]}` : "";
  const next = `mctunnel${command} --help`;
  io.stderr.write(`  next: ${next}\n`);
  const message = said.trim().replace(/^error: /, "");
  if (asksForJson(argv)) writeUsageJson(io, argv, { code: "invalid-usage", message, next });
  return exitCodes.usage;
}

/** A command line that cannot be understood may still be seen to ask for JSON. */
function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end < 0 ? undefined : end).includes("--json");
}

function writeUsageJson(
  io: CliIo,
  [first]: readonly string[],
  error: { readonly code: string; readonly message: string; readonly next: string | undefined },
): void {
  const command = first === undefined || first.startsWith("-") ? undefined : first;
  const report = { ok: false, command, exitCode: exitCodes.usage, error: { kind: "usage", ...error } };
  io.stdout.write(`${JSON.stringify(report)}\n`);
}

/** `--compress` alone means deflate: the word after it is its value only if it names a compression. */
function completeCompress(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf("--");
  return argv.map((argument, index) => {
    if (argument !== "--compress" || (end >= 0 && index > end)) return argument;
    const [value = ""] = argv[index + 1]?.toLowerCase().split(":") ?? [];
    return compressionNames.includes(value) ? argument : "--compress=deflate";
  });
}

const unknownCommand = -5;
const invalidArgument = -4;
