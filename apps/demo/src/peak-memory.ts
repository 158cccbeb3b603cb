import { readFileSync, writeSync } from "node:fs";

/** Loaded into a process with `--import`: writes its peak memory in bytes to file descriptor 3 as it ends. */
process.on("exit", () => {
  writeSync(3, String(peakBytes()));
});

/**
 * The high-water mark of this program alone where Linux tells it; what `getrusage` says may be that of the process
 * which started it.
 */
function peakBytes(): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}
