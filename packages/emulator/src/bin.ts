#!/usr/bin/env node
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pino } from "pino";
import { renderBanner } from "./banner.ts";
import { type Command, parseCommand, usage } from "./command.ts";
import { applyConfiguration } from "./config/apply-configuration.ts";
import { startEmulator } from "./emulator.ts";
import { isEmulatorError } from "./errors.ts";
import type { EmulatorOptions, RunningEmulator } from "./options.ts";
import { isLoopback } from "./server/loopback.ts";

type Run = Extract<Command, { kind: "run" }>;

async function main(): Promise<void> {
  const [first, ...rest] = process.argv.slice(2);
  if (first === "fault") {
    return fault(rest);
  }
  const command = parseCommand(process.argv.slice(2));
  switch (command.kind) {
    case "help":
      process.stdout.write(usage);
      return;
    case "version":
      process.stdout.write(`${await version()}\n`);
      return;
    case "run":
      await run(command);
  }
}

async function run(command: Run): Promise<void> {
  const options = await configured(command);
  const destination = pino.destination({ dest: 2, sync: true });
  const level = command.verbose ? "info" : "warn";
  const logger = pino(
    { level, base: null, errorKey: "error", timestamp: pino.stdTimeFunctions.isoTime },
    destination,
  );
  const emulator = await startEmulator({ ...options, logger });
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
  announce(emulator, options, command);
}

/** Talks to an emulator that runs already. */
async function fault(args: readonly string[]): Promise<void> {
  const { faultUsage, parseFaultCommand } = await import("./control/fault-command.ts");
  const { runFaultCommand } = await import("./control/fault-client.ts");
  const command = parseFaultCommand(args);
  process.stdout.write(command.kind === "help" ? faultUsage : await runFaultCommand(command));
}

/** The command line's options with the configuration file's behind them. */
async function configured({ options, configFile }: Run): Promise<EmulatorOptions> {
  if (configFile === undefined) {
    return options;
  }
  const { readConfigFile } = await import("./config/config-file.ts");
  const { configuration, exposedMode } = await readConfigFile(configFile);
  if (exposedMode !== undefined) {
    warn(
      `${configFile} holds keys and has mode ${exposedMode.toString(8)}, so others may read or change it: chmod 600 it`,
    );
  }
  return applyConfiguration(options, configuration);
}

function announce(emulator: RunningEmulator, options: EmulatorOptions, command: Run): void {
  const { endpoint, project, accessKeyId, accessKeySecret } = emulator;
  const { securityToken, dataDir } = options;
  const token = securityToken === undefined ? {} : { securityToken };
  if (options.host !== undefined && !isLoopback(options.host)) {
    const known =
      accessKeySecret === "emulator-secret" ? ", and the access key is the one everybody knows" : "";
    warn(`other machines can reach ${options.host}: nothing is encrypted${known}`);
  }
  if (command.announce === "scripts") {
    const line = { endpoint, project, accessKeyId, accessKeySecret, ...token };
    process.stdout.write(`${JSON.stringify(line)}\n`);
    return;
  }
  process.stdout.write(`listening ${endpoint}\n`);
  if (command.announce === "people") {
    // A key that a file keeps from others' eyes is not put on the screen.
    const hidden = command.configFile !== undefined && command.options.accessKeySecret === undefined;
    const shown = hidden && accessKeySecret !== "emulator-secret";
    const where = `(access_key of ${accessKeyId} in ${command.configFile})`;
    process.stderr.write(
      renderBanner({
        endpoint,
        project,
        accessKeyId,
        accessKeySecret: shown ? where : accessKeySecret,
        ...(securityToken === undefined ? {} : { securityToken: shown ? "(sts_token)" : securityToken }),
        ...(dataDir === undefined ? {} : { dataDir: resolve(dataDir) }),
      }),
    );
  }
}

async function version(): Promise<string> {
  const file = new URL("../package.json", import.meta.url);
  return (JSON.parse(await readFile(file, "utf8")) as { readonly version: string }).version;
}

function warn(text: string): void {
  process.stderr.write(`mctunnel-emulator: warning: ${text}\n`);
}

try {
  await main();
} catch (error) {
  if (!isEmulatorError(error)) {
    throw error;
  }
  process.stderr.write(`mctunnel-emulator: ${error.message}\n`);
  if (error.code === "invalid-option") {
    process.stderr.write("Run it with --help to see the options.\n");
  }
  process.exitCode = error.code === "invalid-option" || error.code === "invalid-config" ? 2 : 1;
}
