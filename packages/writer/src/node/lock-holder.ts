import * as fs from "node:fs/promises";
import { hostname } from "node:os";

/** Who holds a lock, as far as another process can check it. */
export interface LockHolder {
  readonly pid: number;
  /** When the process began, as the system counts it; empty where the system does not say. */
  readonly startedAt: string;
  readonly host: string;
  /** The system's own id of the machine, since names of machines repeat; empty where it has none. */
  readonly machine: string;
  /** Which start of the machine, and which of its sets of process ids, `pid` counts in; empty where unknown. */
  readonly boot: string;
}

/** What a process knows of itself and of others; pass your own to simulate them. */
export interface LockProcesses {
  self(): Promise<LockHolder>;
  /** `unknown` for a process of another machine, or of another set of process ids on this one. */
  isRunning(holder: LockHolder): Promise<"yes" | "no" | "unknown">;
}

/** The processes of this machine. A process id that was given to somebody else does not keep a lock alive. */
export const nodeProcesses: LockProcesses = {
  async self() {
    return {
      pid: process.pid,
      startedAt: await startOf(process.pid),
      host: hostname(),
      machine: await machineId(),
      boot: `${await bootId()} ${await processIdSet()}`.trim(),
    };
  },
  async isRunning({ pid, startedAt, host, machine, boot }) {
    const ourMachine = await machineId();
    if (host !== hostname() || machine !== ourMachine) return "unknown";
    const [ourBoot = "", ...ourSet] = [await bootId(), await processIdSet()];
    const [itsBoot = "", ...itsSet] = boot.split(" ");
    // The machine has started anew since, and with that every process of before has ended.
    if (itsBoot !== ourBoot) return machine === "" || itsBoot === "" ? "unknown" : "no";
    if (itsSet.join(" ") !== ourSet.join(" ")) return "unknown";
    if (!exists(pid)) return "no";
    return (await startOf(pid)) === startedAt ? "yes" : "no";
  },
};

/** Reads what a lock says about its holder; `undefined` when it does not. */
export function parseHolder(text: string): LockHolder | undefined {
  try {
    const { pid, ...texts } = JSON.parse(text) as Partial<Record<string, unknown>>;
    const { startedAt, host, machine, boot } = texts;
    if (typeof pid !== "number" || !(Number.isSafeInteger(pid) && pid > 0)) return undefined;
    if (typeof startedAt !== "string" || typeof host !== "string") return undefined;
    if (typeof machine !== "string" || typeof boot !== "string") return undefined;
    return { pid, startedAt, host, machine, boot };
  } catch {
    return undefined;
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process may not be signalled, but it is there.
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

async function startOf(pid: number): Promise<string> {
  const stat = await read(`/proc/${pid}/stat`);
  // The name in parentheses may hold blanks; the state is the first field behind it, the start time the 20th.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // A killed process that its parent has not waited for holds nothing.
  return fields[0] === "Z" || fields[0] === "X" ? "ended" : (fields[19] ?? "");
}

async function machineId(): Promise<string> {
  return (await read("/etc/machine-id")).trim();
}

async function bootId(): Promise<string> {
  return (await read("/proc/sys/kernel/random/boot_id")).trim();
}

/** Containers count process ids of their own. */
async function processIdSet(): Promise<string> {
  return fs.readlink("/proc/self/ns/pid").catch(() => "");
}

async function read(path: string): Promise<string> {
  return fs.readFile(path, "utf8").catch(() => "");
}
