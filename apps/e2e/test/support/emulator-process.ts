import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface EmulatorProcess extends AsyncDisposable {
  readonly endpoint: string;
  readonly port: number;
  /** The most memory that was resident since its start. Only where there is /proc. */
  peakBytes(): number;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

/** The emulator's own, so that it need not be told in the arguments of a process. */
export const accessKey = { accessKeyId: "emulator", accessKeySecret: "emulator-secret" } as const;
export const project = "e2e";

/** The emulator as a process, started through its command. */
export async function startEmulatorProcess(dataDir: string, port = 0): Promise<EmulatorProcess> {
  const bin = fileURLToPath(
    new URL("../../node_modules/@maxcompute-tunnel/emulator/dist/bin.js", import.meta.url),
  );
  const args = ["--port", String(port), "--data", dataDir, "--project", project];
  const child = spawn(process.execPath, [bin, "--quiet", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    once(child, "close").then(() => ["nothing"]),
  ])) as [string];
  const listening = /^listening http:\/\/127\.0\.0\.1:(\d+)$/.exec(line)?.[1];
  if (listening === undefined) throw new Error(`Expected the emulator to listen, got ${line}`);
  return {
    endpoint: `http://127.0.0.1:${listening}`,
    port: Number(listening),
    peakBytes: () => {
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
    },
    kill: () => end(child, "SIGKILL"),
    [Symbol.asyncDispose]: () => end(child, "SIGTERM"),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill(signal);
  await closed;
}
