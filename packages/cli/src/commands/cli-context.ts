import type { CommandContext } from "@stricli/core";
import type { CliIo } from "../cli-io.ts";
import type { Resumption } from "../load/resumption.ts";
import { type Aftermath, errorObject, noAftermath, writeFailure } from "../report/write-failure.ts";
import { type StopSignals, stopError, watchStopSignals } from "./stop-signals.ts";

/** What a command runs in. */
export interface CliContext extends CommandContext {
  readonly io: CliIo;
  /** The whole command line, for advice on what to type next. */
  readonly argv: readonly string[];
  /** The load that this command line is run again for. */
  readonly resumption: Resumption | undefined;
  /** Runs the command line of a load again, in the directory it was run in, and gives its exit code. */
  readonly rerun: (argv: readonly string[], cwd: string, resumption: Resumption) => Promise<number>;
  /** Set by a command that failed; 0 otherwise. */
  exitCode: number;
  /** What a command that failed has said of it, as JSON would say it. */
  failure?: object;
}

/** One run of a command, as its body sees it. */
export interface CommandRun {
  readonly io: CliIo;
  readonly stop: StopSignals;
  /** Where the access key was found, once it was. */
  keySource: string | undefined;
  /** What to say about the server's side if the command fails from here on. */
  aftermath: (error: unknown) => Aftermath;
}

/** How a command reports. */
export interface RunOptions {
  /** One JSON object on stdout, however it ends. */
  readonly json?: boolean;
  /** A failure's JSON object is written by the command itself, from `failure` of its context. */
  readonly writesOwnJson?: boolean;
}

/** Runs a command's body, and tells what went wrong if it throws. */
export async function runCommand(
  context: CliContext,
  command: string,
  options: RunOptions,
  body: (run: CommandRun) => Promise<void>,
): Promise<void> {
  const { io } = context;
  const stop = watchStopSignals(io, { name: command, json: options.json === true });
  const run: CommandRun = { io, stop, keySource: undefined, aftermath: () => noAftermath };
  try {
    await body(run);
  } catch (thrown) {
    if (stop.hasLeft) return;
    const { describeFailure } = await import("../report/failure.ts");
    // Whatever an abort made fail, what stopped the command is the signal.
    const error = stop.received === undefined ? thrown : stopError(stop.received);
    const failed = {
      name: command,
      argv: context.argv,
      json: options.json === true && options.writesOwnJson !== true,
    };
    const failure = describeFailure(error);
    const next =
      failure.code === "credentials" && run.keySource !== undefined ? checkKey(run.keySource) : failure.next;
    context.failure = errorObject({ ...failure, next });
    context.exitCode = writeFailure(io, failed, { ...failure, next }, run.aftermath(error));
  } finally {
    stop.dispose();
  }
}

function checkKey(source: string): string {
  return `Check the access key ${source}.`;
}
