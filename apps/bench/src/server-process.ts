import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";

/** A server in a process of its own. */
export interface ServerProcess extends AsyncDisposable {
  readonly endpoint: string;
  /** What it has taken so far; `undefined` where the system does not tell. */
  usage(): Promise<Usage | undefined>;
}

/** What a process has taken since its start. */
export interface Usage {
  /** Processor time, its own and the system's on its behalf. */
  readonly cpuSeconds: number;
  /** The most memory that was resident. */
  readonly peakBytes: number;
}

/** Starts a program that prints `listening http://…` once it accepts requests. */
export async function startServerProcess(file: string, args: readonly string[] = []): Promise<ServerProcess> {
  const child = spawn(process.execPath, [file, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "close");
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    ended.then(() => ["nothing"]),
  ])) as [string];
  const endpoint = /^listening (http:\/\/.+)$/.exec(line)?.[1];
  if (endpoint === undefined) throw new Error(`Expected ${file} to listen, got ${line}`);
  return {
    endpoint,
    usage: () => readUsage(child.pid ?? 0),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function readUsage(pid: number): Promise<Usage | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // What stands before the last bracket is the program's name, which may hold anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticksPerSecond = 100;
    return {
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
      peakBytes: Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024,
    };
  } catch {
    return undefined;
  }
}
