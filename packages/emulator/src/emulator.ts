import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assemble } from "./assemble.ts";
import { createAdjustableClock } from "./clock.ts";
import { type EmulatorOptions, type RunningEmulator, silentLogger } from "./options.ts";
import { resolveOptions } from "./resolve-options.ts";
import { startHttpServer } from "./server/http-server.ts";
import { reachableAt } from "./server/loopback.ts";
import { stopOnce } from "./stop-once.ts";

/**
 * Starts a local MaxCompute service and resolves once it accepts requests.
 *
 * @throws EmulatorError when an option is wrong, the port is taken or the data directory cannot be used
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<RunningEmulator> {
  const resolved = resolveOptions(options);
  const { project, accessKeyId, accessKeySecret, limits, host } = resolved;
  const clock = options.clock ?? createAdjustableClock();
  const temporary =
    options.dataDir === undefined ? await mkdtemp(join(tmpdir(), "mctunnel-emulator-")) : undefined;
  const undo: (() => Promise<void>)[] = [];
  if (temporary !== undefined) {
    undo.push(() => rm(temporary, { recursive: true, force: true }));
  }
  const close = stopOnce(undo);
  try {
    const { handler, newId, ...service } = await assemble(options, resolved, {
      directory: options.dataDir ?? temporary ?? "",
      clock,
      wallClock: Date.now,
      logger: options.logger ?? silentLogger,
      randomBytes,
      undo,
    });
    const server = await startHttpServer({ port: resolved.port, host, limits, clock, newId, handler });
    undo.push(() => server.close());
    return {
      endpoint: `http://${reachableAt(host, server.port)}`,
      port: server.port,
      project,
      accessKeyId,
      accessKeySecret,
      clock,
      ...service,
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
