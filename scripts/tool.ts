import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The top of the workspace. */
export const workspaceRoot: string = fileURLToPath(new URL("..", import.meta.url));

export interface ToolRun {
  readonly exitCode: number;
  /** Everything the tool wrote, stdout and stderr in the order of arrival. */
  readonly output: string;
  readonly stdout: string;
}

/** Runs turbo and collects what it says instead of printing it. */
export function runTurbo(args: readonly string[]): Promise<ToolRun> {
  return runTool("turbo/bin/turbo", args);
}

/**
 * Runs a tool among the root's devDependencies, named by its file in `node_modules`, under this very Node, and
 * collects what it says instead of printing it.
 */
export function runTool(file: string, args: readonly string[]): Promise<ToolRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(workspaceRoot, "node_modules", file), ...args], {
      cwd: workspaceRoot,
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const said: Buffer[] = [];
    const stdout: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => {
      said.push(chunk);
      stdout.push(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
    child.on("error", reject);
    child.on("close", (exitCode) =>
      resolve({
        exitCode: exitCode ?? 1,
        output: Buffer.concat(said).toString(),
        stdout: Buffer.concat(stdout).toString(),
      }),
    );
  });
}
