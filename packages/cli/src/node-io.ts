import { homedir } from "node:os";
import type { CliIo, StopSignal } from "./cli-io.ts";
import { nodeKeyboard } from "./node-keyboard.ts";
import { printableText } from "./printable-text.ts";

/** The world of a real process. `leave` ends it, and is the only thing here that does. */
export function nodeIo(leave: (exitCode: number) => void): CliIo {
  const { stdout, stderr } = process;
  // Somebody who closes the pipe (`| head`) has read enough: that is no failure.
  for (const stream of [stdout, stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
  return {
    // Only a terminal obeys what stands in a text; a file or a program gets it as it is.
    stdout: { write: (text) => void stdout.write(stdout.isTTY === true ? printableText(text) : text) },
    stderr: {
      write: (text) => void stderr.write(printableText(text)),
      isTerminal: stderr.isTTY === true,
      columns: () => stderr.columns ?? 80,
    },
    keyboard: nodeKeyboard(),
    env: process.env,
    cwd: process.cwd(),
    homeDirectory: homedir(),
    now: Date.now,
    repeat: (intervalMs, action) => {
      const timer = setInterval(action, intervalMs);
      timer.unref();
      return () => clearInterval(timer);
    },
    onSignal: (listener) => {
      const signals: readonly StopSignal[] = ["SIGINT", "SIGTERM"];
      for (const signal of signals) process.on(signal, listener);
      return () => {
        for (const signal of signals) process.off(signal, listener);
      };
    },
    leave,
  };
}
