import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Server } from "./exchange.ts";

const bin = fileURLToPath(new URL("bin.js", import.meta.resolve("@maxcompute-tunnel/emulator")));

/** The emulator in a process of its own. */
export interface EmulatorProcess extends Server {
  readonly pid: number;
  /** Kills it with SIGKILL, now; resolves when the process is gone. */
  kill(): Promise<void>;
}

/** How the process around an emulator is. */
export interface EmulatorWorld {
  /** Modules that Node loads first. */
  readonly preload?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Further options of the command. */
  readonly options?: readonly string[];
}

/** Starts the emulator on a data directory and waits until it accepts requests. */
export async function startEmulatorProcess(
  directory: string,
  { preload = [], env, options = [] }: EmulatorWorld = {},
): Promise<EmulatorProcess> {
  const first = preload.flatMap((module) => ["--import", module]);
  const child = spawn(process.execPath, [...first, bin, "--data", directory, "--json", ...options], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
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
    pid: child.pid ?? 0,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
