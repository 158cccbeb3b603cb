import { randomBytes, randomInt } from "node:crypto";
import * as fs from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { EmulatorError } from "../errors.ts";

const tries = 6;

/**
 * Keeps a second emulator out of a data directory, and returns what lets go of it.
 *
 * A lock is a file of its own for everybody who tries; who finds no other's beside it has the directory. So the later
 * of two always sees the earlier, and what a killed emulator left can be removed without taking away anybody else's.
 * Those who see each other step back and try again. A lock names its process and that process's start: a process id
 * that was given to somebody else does not keep it alive.
 *
 * @throws EmulatorError `data-directory-busy`
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const mine = `${prefix}${randomBytes(8).toString("hex")}`;
  const path = join(directory, mine);
  const holder: Holder = { pid: process.pid, startedAt: await startOf(process.pid) };
  let other: Holder | undefined;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    await wait(attempt * randomInt(40));
    await writeWhole(path, JSON.stringify(holder));
    other = await otherHolder(directory, mine);
    if (other === undefined) {
      return () => fs.rm(path, { force: true });
    }
    await fs.rm(path, { force: true });
  }
  throw new EmulatorError(
    "data-directory-busy",
    `Data directory ${directory} is in use by the emulator with process id ${other?.pid}`,
  );
}

const prefix = "lock.";
const unfinished = ".new";

/** Somebody else who is running and has a lock; locks of others are removed. */
async function otherHolder(directory: string, mine: string): Promise<Holder | undefined> {
  for (const name of await fs.readdir(directory)) {
    if (!name.startsWith(prefix) || name === mine || name.endsWith(unfinished)) {
      continue;
    }
    const path = join(directory, name);
    const text = await fs.readFile(path, "utf8").catch(() => undefined);
    const holder = text === undefined ? undefined : parseHolder(text);
    if (holder !== undefined && (await isRunning(holder))) {
      return holder;
    }
    await fs.rm(path, { force: true });
  }
  return undefined;
}

/** Makes a file that nobody ever sees without its content. */
async function writeWhole(path: string, content: string): Promise<void> {
  await fs.writeFile(path + unfinished, content);
  await fs.rename(path + unfinished, path);
}

interface Holder {
  readonly pid: number;
  readonly startedAt: string;
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, startedAt } = JSON.parse(text);
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

/** When a process began, as the system counts it; empty where the system does not say, and `"ended"` for a zombie. */
async function startOf(pid: number): Promise<string> {
  try {
    const stat = await fs.readFile(`/proc/${pid}/stat`, "utf8");
    return startIn(stat);
  } catch {
    return "";
  }
}

/** The start time in the text of `/proc/PID/stat`. A killed process that its parent has not waited for is no holder. */
export function startIn(stat: string): string {
  // The name in parentheses may hold blanks; the state is the first field behind it, the start time the 20th.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" || fields[0] === "X" ? "ended" : (fields[19] ?? "");
}
