import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** The top of the workspace. */
export const workspaceRoot: string = fileURLToPath(new URL("..", import.meta.url));

export interface TurboRun {
  readonly exitCode: number;
  /** Everything turbo and its tasks wrote, stdout and stderr in the order of arrival. */
  readonly output: string;
}

/** Runs turbo and collects what it says instead of printing it. */
export function runTurbo(args: readonly string[]): Promise<TurboRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [turboBin(), ...args], {
      cwd: workspaceRoot,
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const said: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => said.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
    child.on("error", reject);
    child.on("close", (exitCode) =>
      resolve({ exitCode: exitCode ?? 1, output: Buffer.concat(said).toString() }),
    );
  });
}

function turboBin(): string {
  return createRequire(import.meta.url).resolve("turbo/bin/turbo");
}
