import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { FileBranches } from "./branch-coverage.ts";
import type { TargetResult } from "./run-target.ts";

/** What one process saw. */
export interface GroupResult {
  readonly results: readonly TargetResult[];
  readonly branches: readonly FileBranches[];
  /** How far the process grew beyond what it took before the first input. */
  readonly grownBytes: number;
}

/** The groups, and how many of a million inputs each gets; they take about the same time. */
export const groups: Readonly<Record<string, number>> = {
  records: 300_000,
  text: 180_000,
  emulator: 270_000,
  documents: 250_000,
};

/** Nothing takes so long: a process that says nothing for this time hangs. */
const silenceMs = 60_000;
const heapMegabytes = 192;
/** No process may grow by more beyond what it took before its first input, whatever the inputs say of themselves. */
export const growthLimitBytes: number = 384 * 1024 * 1024;

/** Runs all groups, two at a time. @throws Error for the first input that was not handled as it should be. */
export async function fuzz(inputs: number, seed: number): Promise<readonly GroupResult[]> {
  const waiting = Object.entries(groups);
  const whole = waiting.reduce((sum, [, share]) => sum + share, 0);
  const results: GroupResult[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      results.push(await runGroup(next[0], Math.ceil((inputs * next[1]) / whole), seed));
    }
  };
  await Promise.all([work(), work()]);
  return results;
}

function runGroup(group: string, inputs: number, seed: number): Promise<GroupResult> {
  const file = fileURLToPath(new URL("run-group.ts", import.meta.url));
  return new Promise((resolve, reject) => {
    const child = fork(file, [group, `${inputs}`, `${seed}`], {
      execArgv: [
        "--expose-gc",
        `--max-old-space-size=${heapMegabytes}`,
        "--disable-warning=ExperimentalWarning",
      ],
      stdio: ["ignore", "inherit", "pipe", "ipc"],
    });
    let result: GroupResult | undefined;
    let last: unknown;
    let complaint = "";
    const watch = setTimeout(() => {
      complaint = `nothing was heard for ${silenceMs} ms; ${complaint}`;
      child.kill("SIGKILL");
    }, silenceMs);
    child.stderr?.on("data", (text) => {
      complaint += text;
    });
    child.on("message", (message) => {
      watch.refresh();
      if (typeof message === "object" && message !== null && "results" in message) {
        result = message as GroupResult;
      } else {
        last = message;
      }
    });
    child.on("close", (code) => {
      clearTimeout(watch);
      if (code === 0 && result !== undefined) resolve(result);
      else
        reject(
          new Error(
            `Fuzzing ${group} ended with ${code}, last seen at ${JSON.stringify(last)}: ${complaint}`,
          ),
        );
    });
  });
}
