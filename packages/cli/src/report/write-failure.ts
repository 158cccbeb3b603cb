import type { CliIo } from "../cli-io.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Failure } from "./failure.ts";

/** What stands on the server when a command fails, and what that means. */
export interface Aftermath {
  /** What is safe now, in one sentence. */
  readonly safe: string | undefined;
  /** The exact command to go on with, where the failure itself names none. */
  readonly next: string | undefined;
  /** The upload session that is left on the server. */
  readonly sessionId: string | undefined;
}

export const noAftermath: Aftermath = { safe: undefined, next: undefined, sessionId: undefined };

/**
 * Tells a failure and gives the exit code: people get up to four lines on stderr, programs one object on stdout.
 */
export function writeFailure(io: CliIo, command: string, failure: Failure, aftermath: Aftermath, json: boolean): number {
  const exitCode = exitCodes[failure.kind];
  const next = failure.next ?? aftermath.next;
  const color = io.stderr.isTerminal && !io.env["NO_COLOR"] ? red : plain;
  io.stderr.write(`${color("error:")} ${failure.message}\n`);
  const facts = serviceFacts(failure);
  if (facts !== "") io.stderr.write(`  ${facts}\n`);
  if (aftermath.safe !== undefined) io.stderr.write(`  ${aftermath.safe}\n`);
  if (next !== undefined) io.stderr.write(`  next: ${next}\n`);
  if (json) {
    const { kind, code, message, position, field, status, serviceCode, requestId } = failure;
    const error = { kind, code, message, ...position, field, status, serviceCode, requestId, safe: aftermath.safe, next };
    const { sessionId } = aftermath;
    io.stdout.write(`${JSON.stringify({ ok: false, command, exitCode, sessionId, error })}\n`);
  }
  return exitCode;
}

function serviceFacts({ status, serviceCode, requestId }: Failure): string {
  const facts: string[] = [];
  if (serviceCode !== undefined) facts.push(serviceCode);
  if (status !== undefined) facts.push(`HTTP ${status}`);
  if (requestId !== undefined) facts.push(`request id ${requestId}`);
  return facts.length === 0 ? "" : `the service said: ${facts.join(", ")}`;
}

function red(text: string): string {
  return `\u001b[31m${text}\u001b[39m`;
}

function plain(text: string): string {
  return text;
}
