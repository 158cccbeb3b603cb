import type { CliIo, StopSignal } from "../cli-io.ts";
import { CliError } from "../errors.ts";
import { exitCodes } from "../exit-codes.ts";

/** What Ctrl-C does to a command: the first one stops it cleanly, the second leaves at once. */
export interface StopSignals {
  /** Aborts at the first signal; everything that can be broken off listens to it. */
  readonly signal: AbortSignal;
  /** The first signal, once there was one that the command has to obey. */
  readonly received: StopSignal | undefined;
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

/** Listens for SIGINT and SIGTERM until disposed of. */
export function watchStopSignals(io: CliIo): StopSignals {
  const controller = new AbortController();
  let received: StopSignal | undefined;
  let commitLookUp: string | undefined;
  let count = 0;
  const stopListening = io.onSignal((signal) => {
    count += 1;
    if (count > 1) {
      leave(io, signal, commitLookUp);
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

function leave(io: CliIo, signal: StopSignal, commitLookUp: string | undefined): void {
  if (commitLookUp === undefined) {
    io.leave(signal === "SIGINT" ? exitCodes.interrupted : exitCodes.terminated);
    return;
  }
  io.stderr.write(`\nLeaving with the commit's outcome unknown.\n  next: ${commitLookUp}\n`);
  io.leave(exitCodes["unknown-outcome"]);
}
