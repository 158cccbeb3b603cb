#!/usr/bin/env node
import { pino } from "pino";
import { parseCommand, usage } from "./command.ts";
import { startEmulator } from "./emulator.ts";
import { isEmulatorError } from "./errors.ts";

/** Exit codes: 1 the emulator could not start, 2 the command line is wrong. */
async function main(): Promise<number | undefined> {
  const command = parseCommand(process.argv.slice(2));
  if (command.kind === "help") {
    process.stderr.write(usage);
    return 0;
  }
  const destination = pino.destination({ dest: 2, sync: true });
  const level = command.verbose ? "info" : "warn";
  const logger = pino(
    { level, base: null, errorKey: "error", timestamp: pino.stdTimeFunctions.isoTime },
    destination,
  );
  const emulator = await startEmulator({ ...command.options, logger });
  const stop = (): void => {
    emulator.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ error }, "not stopped cleanly");
        process.exit(1);
      },
    );
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  process.stdout.write(`listening ${emulator.endpoint}\n`);
  return undefined;
}

try {
  const exitCode = await main();
  if (exitCode !== undefined) {
    process.exitCode = exitCode;
  }
} catch (error) {
  if (!isEmulatorError(error)) {
    throw error;
  }
  process.stderr.write(`mctunnel-emulator: ${error.message}\n`);
  if (error.code === "invalid-option") {
    process.stderr.write("Run it with --help to see the options.\n");
  }
  process.exitCode = error.code === "invalid-option" ? 2 : 1;
}
