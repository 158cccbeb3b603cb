import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Server } from "./exchange.ts";

const bin = fileURLToPath(new URL("bin.js", import.meta.resolve("@maxcompute-tunnel/emulator")));

/** The emulator in a process of its own. */
export interface EmulatorProcess extends Server {
  /** Kills it with SIGKILL, now; resolves when the process is gone. */
  kill(): Promise<void>;
}

/** Starts the emulator on a data directory and waits until it accepts requests. */
export async function startEmulatorProcess(directory: string): Promise<EmulatorProcess> {
  const child = spawn(process.execPath, [bin, "--data", directory, "--json"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints += text;
  });
  const ended = once(child, "close");
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), "line") as Promise<[string]>,
    ended.then(() => [undefined]),
  ]);
  if (line === undefined) {
    throw new Error(`The emulator did not start: ${complaints}`);
  }
  return {
    ...(JSON.parse(line) as Server),
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
