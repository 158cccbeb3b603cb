import { readFileSync } from "node:fs";

/** What a process has taken since its start. */
export interface Usage {
  /** Processor time, its own and the system's on its behalf. */
  readonly cpuSeconds: number;
  /** The most memory that was resident. */
  readonly peakBytes: number;
}

const ticksPerSecond = 100;

/** `undefined` where the system does not tell, or the process is gone. */
export function usageOf(pid: number): Usage | undefined {
  try {
    const fields = statFields(String(pid));
    return {
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
      peakBytes: peakBytesOf(pid),
    };
  } catch {
    return undefined;
  }
}

/** Processor time of this process's children that have ended, and of theirs; 0 where the system does not tell. */
export function endedChildrenSeconds(): number {
  try {
    const fields = statFields("self");
    return (Number(fields[13]) + Number(fields[14])) / ticksPerSecond;
  } catch {
    return 0;
  }
}

/** Resident memory at its highest; 0 once the process is gone. */
export function peakBytesOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

function statFields(pid: string): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // What stands before the last bracket is the program's name, which may hold anything.
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}
