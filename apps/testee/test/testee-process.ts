import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

export interface TesteeRun {
  readonly exitCode: number | null;
  /** One parsed answer a line. */
  readonly answers: readonly unknown[];
  readonly stdout: string;
}

/** Runs the real program on the given input, text or bytes, until it ends. */
export function runTestee(input: string | Uint8Array): Promise<TesteeRun> {
  return new Promise((resolve, reject) => {
    const child = startTestee();
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.on("error", reject);
    child.on("close", (exitCode) => {
      const answers = stdout
        .split("\n")
        .filter((line) => line !== "")
        .map((line): unknown => JSON.parse(line));
      resolve({ exitCode, answers, stdout });
    });
    child.stdin.end(input);
  });
}

/** The real program, its stdin and stdout open. */
export function startTestee(): ChildProcessByStdio<Writable, Readable, null> {
  const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
  return spawn(process.execPath, [main], { stdio: ["pipe", "pipe", "inherit"] });
}
