import type { CliIo, StopSignal } from "../cli-io.ts";
import { CliError, failureKindOf } from "../errors.ts";
import { exitCodes } from "../exit-codes.ts";

/** What Ctrl-C does to a command: the first one stops it cleanly, the second leaves at once. */
export interface StopSignals {
  /** Aborts at the first signal; everything that can be broken off listens to it. */
  readonly signal: AbortSignal;
  /** The first signal, once there was one that the command has to obey. */
  readonly received: StopSignal | undefined;
  /** Whether a second signal ended the command: nothing more is to be said, except by a test that goes on regardless. */
  readonly hasLeft: boolean;
  /**
   * From here on the first signal breaks nothing off: a commit is on its way and its answer is worth waiting for.
   * `lookUp` is the command that tells how it ended.
   */
  shieldCommit(lookUp: string): void;
  /** The commit is over, one way or the other: signals stop the command again. */
  endShield(): void;
  /** Stops listening. */
  dispose(): void;
}

/** The command that listens. */
export interface StoppableCommand {
  readonly name: string;
  /** Whether it has promised one JSON object on stdout, however it ends. */
  readonly json: boolean;
}

/** Listens for SIGINT and SIGTERM until disposed of. */
export function watchStopSignals(io: CliIo, command: StoppableCommand): StopSignals {
  const controller = new AbortController();
  let received: StopSignal | undefined;
  let commitLookUp: string | undefined;
  let count = 0;
  const stopListening = io.onSignal((signal) => {
    count += 1;
    if (count > 1) {
      if (count === 2) leave(io, command, signal, commitLookUp);
      return;
    }
    if (commitLookUp !== undefined) {
      io.stderr.write(
        "\nThe commit has been sent; waiting for its answer. Press Ctrl-C again to leave without it.\n",
      );
      return;
    }
    io.stderr.write("\nStopping. Press Ctrl-C again to leave at once.\n");
    received = signal;
    controller.abort(stopError(signal));
  });
  return {
    signal: controller.signal,
    get received() {
      return received;
    },
    get hasLeft() {
      return count > 1;
    },
    shieldCommit: (lookUp) => {
      controller.signal.throwIfAborted();
      commitLookUp = lookUp;
    },
    endShield: () => {
      commitLookUp = undefined;
    },
    dispose: stopListening,
  };
}

/** The error that stands for a stopped command. */
export function stopError(signal: StopSignal): CliError {
  return signal === "SIGINT"
    ? new CliError("interrupted", "Stopped by Ctrl-C.")
    : new CliError("terminated", "Stopped by SIGTERM.");
}

function leave(
  io: CliIo,
  { name, json }: StoppableCommand,
  signal: StopSignal,
  commitLookUp: string | undefined,
): void {
  const isUnknown = commitLookUp !== undefined;
  const stopped = stopError(signal);
  const kind = isUnknown ? "unknown-outcome" : failureKindOf(stopped.code);
  const message = isUnknown ? "Leaving with the commit's outcome unknown." : stopped.message;
  const exitCode = exitCodes[kind];
  if (isUnknown) io.stderr.write(`\n${message}\n  next: ${commitLookUp}\n`);
  if (json) {
    const error = { kind, code: isUnknown ? "outcome-unknown" : stopped.code, message, next: commitLookUp };
    io.stdout.write(`${JSON.stringify({ ok: false, command: name, exitCode, error })}\n`);
  }
  io.leave(exitCode);
}
