import type { Fault } from "./fault.ts";
import type { Schedule } from "./schedule.ts";

/**
 * Whether a client that keeps its promises must succeed: every fault is one that is tried again, and no call meets more
 * of them than its budget of attempts and time has room for.
 */
export function isWithinBudget({ faults, client }: Pick<Schedule, "faults" | "client">): boolean {
  const silentMs = faults.reduce((sum, fault) => sum + silence(fault), 0);
  const onCommit = faults.filter((fault) => "on" in fault && fault.on.operation === "commit").length;
  const garbled = faults.filter(({ kind }) => kind === "garbage").length;
  const crashes = faults.filter(({ kind }) => kind === "crash-server").length;
  const clockMs = faults.reduce(
    (sum, fault) => sum + (fault.kind === "clock-jump" ? Math.abs(fault.ms) : 0),
    0,
  );
  return (
    faults.length <= 6 &&
    clockMs <= toleratedClockMs &&
    silentMs <= 650_000 &&
    onCommit + crashes <= 3 &&
    garbled <= 2 &&
    crashes <= 2 &&
    faults.every((fault) => isBorne(fault, client))
  );
}

/** How wrong a clock may be, with what a request may take on its way: signatures are good for 15 minutes. */
const toleratedClockMs = 10 * 60_000;

/** The longest that a client waits for an answer that does not come. */
const patienceMs = 300_000;

function silence(fault: Fault): number {
  switch (fault.kind) {
    case "lose-request":
    case "lose-answer":
    case "crash-server":
      return fault.notice === "silence" ? patienceMs : 0;
    case "delay-request":
    case "delay-answer":
      return Math.min(fault.ms, patienceMs);
    case "clock-jump":
      // By its clock, a client that waits has waited longer.
      return Math.max(fault.ms, 0);
    default:
      return 0;
  }
}

const borneStatuses: readonly number[] = [408, 429, 500, 502, 503, 504];

function isBorne(fault: Fault, client: Schedule["client"]): boolean {
  switch (fault.kind) {
    case "status":
      return borneStatuses.includes(fault.status) && (fault.retryAfterS ?? 0) <= 30;
    case "garbage":
      return fault.work || fault.on.operation !== "put";
    case "crash-server":
      return fault.downMs <= 2000;
    case "crash-client":
      return client === "job" && fault.pauseMs <= 3_600_000;
    case "slow-source":
      return fault.ms <= 3_600_000;
    case "server-disk":
    case "journal-disk":
    case "abort":
      return false;
    default:
      return true;
  }
}
