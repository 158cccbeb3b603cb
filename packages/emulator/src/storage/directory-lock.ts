import * as fs from "node:fs/promises";
import { join } from "node:path";
import { EmulatorError } from "../errors.ts";

/**
 * Keeps a second emulator out of a data directory, and returns what lets go of it.
 *
 * The lock names its process and that process's start, so a killed emulator's lock is taken over even when its
 * process id was given to somebody else.
 *
 * @throws EmulatorError `data-directory-busy`
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, "lock");
  const mine = JSON.stringify({ pid: process.pid, startedAt: await startOf(process.pid) });
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      await fs.writeFile(path, mine, { flag: "wx" });
      return () => fs.rm(path, { force: true });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) {
        throw error;
      }
      const holder = await readHolder(path);
      if (holder !== undefined && (await isRunning(holder))) {
        throw new EmulatorError(
          "data-directory-busy",
          `Data directory ${directory} is in use by the emulator with process id ${holder.pid}`,
        );
      }
      await fs.rm(path, { force: true });
    }
  }
  throw new EmulatorError(
    "data-directory-busy",
    `Data directory ${directory} is being opened by another emulator`,
  );
}

interface Holder {
  readonly pid: number;
  readonly startedAt: string;
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const { pid, startedAt } = JSON.parse(await fs.readFile(path, "utf8"));
    return typeof pid === "number" && typeof startedAt === "string" ? { pid, startedAt } : undefined;
  } catch {
    return undefined;
  }
}

async function isRunning({ pid, startedAt }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") {
      return false;
    }
  }
  return (await startOf(pid)) === startedAt;
}

/** When a process began, as the system counts it; empty where the system does not say. */
async function startOf(pid: number): Promise<string> {
  try {
    const stat = await fs.readFile(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold blanks; the start time is the 20th field behind it.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
