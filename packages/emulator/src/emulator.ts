import type { EmulatorOptions, RunningEmulator } from "./options.ts";

/**
 * Starts a local MaxCompute service and resolves once it accepts requests.
 *
 * @throws EmulatorError when an option is wrong, the port is taken or the data directory cannot be used
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<RunningEmulator> {
  throw new Error(`to be written: ${Object.keys(options).length}`);
}
