import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { type Usage, usageOf } from "../harness/process-usage.ts";

/** A server in a process of its own. */
export interface ServerProcess extends AsyncDisposable {
  readonly endpoint: string;
  /** What it has taken so far; `undefined` where the system does not tell. */
  usage(): Usage | undefined;
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
    usage: () => usageOf(child.pid ?? 0),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
