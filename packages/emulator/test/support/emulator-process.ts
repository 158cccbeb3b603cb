import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../../dist/bin.js", import.meta.url));

/** The emulator as people start it: a process of its own. */
export interface EmulatorProcess {
  readonly endpoint: string;
  readonly project: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly child: ChildProcess;
  /** Everything printed so far. */
  output(): { readonly stdout: string; readonly stderr: string };
  /** Sends a signal and waits for the end; gives exit code and signal. */
  stop(signal: NodeJS.Signals): Promise<[number | null, NodeJS.Signals | null]>;
}

/** Starts the command with a project and a key, and waits for its line; `output` says what else it tells. */
export async function startProcess(
  args: readonly string[],
  output: readonly string[] = ["--quiet"],
): Promise<EmulatorProcess> {
  const identity = ["--project", "proj", "--access-id", "id1", "--access-key", "key1"];
  return startCommand([...identity, ...args, ...output]);
}

/** Starts the command with these options and no others, and waits for its line. */
export async function startCommand(args: readonly string[]): Promise<EmulatorProcess> {
  const identity = { project: "proj", accessKeyId: "id1", accessKeySecret: "key1" };
  const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", () => {
      if (stdout.includes("\n")) {
        resolve(stdout);
      }
    });
    ended.then(([code]) => reject(new Error(`The emulator ended with ${code}: ${stderr}`)), reject);
  });
  return {
    ...identity,
    endpoint: line.trim().replace("listening ", ""),
    child,
    output: () => ({ stdout, stderr }),
    stop(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

/** Runs the command to its end. */
export async function runCommand(
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}
