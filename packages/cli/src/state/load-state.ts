import type { JournalSummary } from "@maxcompute-tunnel/writer/node";

/**
 * How a load stands, for people.
 *
 * `running`: a process has its journal open. `done`: its rows are committed. `resumable`: it stopped, and its session is
 * still there. `expired`: it stopped, and its session is over, so that it would begin anew. `unknown`: its commit was
 * sent and nobody knows what came of it. `ended`: it stopped, and when it was to go on, the service said that its session
 * was committed by somebody else, or lost, so that somebody has to look at the table. `damaged`: its journal cannot be read.
 */
export type LoadState = "running" | "done" | "resumable" | "expired" | "unknown" | "ended" | "damaged";

/** Finds out how a load stands. @param now milliseconds since 1970 */
export function loadStateOf(summary: JournalSummary, now: number): LoadState {
  const { damage, holder, phase, refusal, expiresAt } = summary;
  if (damage !== undefined) return "damaged";
  if (phase === "committed") return "done";
  if (holder !== undefined) return "running";
  if (phase === "committing" || phase === "in-doubt") return "unknown";
  if (refusal !== undefined) return "ended";
  return expiresAt !== undefined && expiresAt.getTime() <= now ? "expired" : "resumable";
}
