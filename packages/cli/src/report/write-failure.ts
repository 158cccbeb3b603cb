import type { CliIo } from "../cli-io.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Failure } from "./failure.ts";
import { shellCommand } from "./shell-words.ts";

/** What stands on the server when a command fails, and what that means. */
export interface Aftermath {
  /** What is safe now, in one sentence. */
  readonly safe: string | undefined;
  /** The exact command to go on with, where the failure itself names none. */
  readonly next: string | undefined;
  /** The command that takes the place of the same one again, where a failure advises that. */
  readonly again?: string | undefined;
  /** The upload session that is left on the server. */
  readonly sessionId: string | undefined;
  /** Of a load into several partitions, what has become of each. */
  readonly partitions?: readonly object[] | undefined;
}

export const noAftermath: Aftermath = { safe: undefined, next: undefined, sessionId: undefined };

/** The command that failed. */
export interface FailedCommand {
  /** Its name, such as `upload`. */
  readonly name: string;
  /** Its whole command line, to be given again. */
  readonly argv: readonly string[];
  readonly json: boolean;
}

/**
 * Tells a failure and gives the exit code: people get up to four lines on stderr, programs one object on stdout.
 */
export function writeFailure(
  io: CliIo,
  command: FailedCommand,
  failure: Failure,
  aftermath: Aftermath,
): number {
  const exitCode = exitCodes[failure.kind];
  const next = nextStep(failure, command.argv, aftermath.again) ?? aftermath.next;
  const color = io.stderr.isTerminal && !io.env["NO_COLOR"] ? red : plain;
  io.stderr.write(`${color("error:")} ${failure.message}\n`);
  const facts = serviceFacts(failure);
  if (facts !== "") io.stderr.write(`  the service said: ${facts}\n`);
  if (aftermath.safe !== undefined) io.stderr.write(`  ${aftermath.safe}\n`);
  if (next !== undefined) io.stderr.write(`  next: ${next}\n`);
  if (command.json) {
    const error = errorObject(failure, aftermath.safe, next);
    const { sessionId, partitions } = aftermath;
    const report = { ok: false, command: command.name, exitCode, sessionId, partitions, error };
    io.stdout.write(`${JSON.stringify(report)}\n`);
  }
  return exitCode;
}

/** A failure as `error` of a JSON report. */
export function errorObject(
  { kind, code, message, position, field, status, serviceCode, requestId, next }: Failure,
  safe?: string,
  step: string | undefined = next,
): object {
  return { kind, code, message, ...position, field, status, serviceCode, requestId, safe, next: step };
}

/** The step that a failure names, with the exact command where it is the same one again. */
function nextStep(
  { next, again }: Failure,
  argv: readonly string[],
  other: string | undefined,
): string | undefined {
  if (next === undefined || again === undefined) return next;
  if (again.length === 0 && other !== undefined) return `${next}: ${other}`;
  const line = shellCommand("mctunnel", ...argv, ...again);
  if (line.length <= longestCommand) return `${next}: ${line}`;
  return again.length === 0
    ? `${next}, with the same command.`
    : `${next}: the same command with ${again.join(" ")}.`;
}

/** What the service said, unless the message says it already. */
function serviceFacts({ message, status, serviceCode, requestId }: Failure): string {
  const facts = [serviceCode, status === undefined ? undefined : `HTTP ${status}`];
  if (requestId !== undefined && !message.includes(requestId)) facts.push(`request id ${requestId}`);
  else if (requestId !== undefined || message.includes(serviceCode ?? "")) return "";
  return facts.filter((fact) => fact !== undefined).join(", ");
}

function red(text: string): string {
  return `\u001b[31m${text}\u001b[39m`;
}

function plain(text: string): string {
  return text;
}

const longestCommand = 400;
