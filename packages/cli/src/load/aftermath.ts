import { isWriterError } from "@maxcompute-tunnel/writer";
import { formatBlockIds } from "../commands/value-parsers.ts";
import { describeFailure } from "../report/failure.ts";
import { formatCounted } from "../report/figures.ts";
import type { LoadPhase } from "../report/load-progress.ts";
import { shellCommand } from "../report/shell-words.ts";
import type { Aftermath } from "../report/write-failure.ts";

/** How far a load came before it failed. */
export interface LoadStanding {
  readonly error: unknown;
  /** The target as it can be given to a command. */
  readonly table: string;
  readonly sessionId: string | undefined;
  /** Whether an earlier run has begun it. */
  readonly isResumed: boolean;
  /** What `mctunnel resume` finds the load by; nothing when it has no journal. */
  readonly resumeName: string | undefined;
  /** Blocks that the server holds, kept ones included. */
  readonly blocks: number;
  /** Those that this run has stored. */
  readonly storedBlockIds: readonly number[];
  readonly phase: LoadPhase;
  readonly overwrite: boolean;
  /** The partition that the service was asked to create. */
  readonly createdPartition: string | undefined;
}

/** Says what is safe after a load failed, and how to go on. */
export function loadAftermath(standing: LoadStanding): Aftermath {
  const { error, table, sessionId, resumeName, phase } = standing;
  if (phase === "committed") return { safe: `The rows are in ${table}.`, next: undefined, sessionId };
  const resume = resumeName === undefined ? undefined : shellCommand("mctunnel", "resume", resumeName);
  const code = isWriterError(error) ? error.code : undefined;
  if (code === "outcome-unknown") {
    const status = sessionId === undefined ? undefined : shellCommand("mctunnel", "status", sessionId, table);
    return {
      safe: `The rows are in ${table}, all of them, or not at all; load nothing again before that is known.`,
      next: resume ?? status,
      sessionId,
    };
  }
  if (code === "session-committed-elsewhere" || code === "session-lost") {
    return { safe: `Look at ${table} before anything is loaded again.`, next: undefined, sessionId };
  }
  if (code === "journal-locked") return { safe: "Nothing was changed.", next: undefined, sessionId };
  if (sessionId === undefined && !standing.isResumed)
    return { safe: "No rows were sent.", next: undefined, sessionId, again: resume };
  if (phase === "committing" && resume === undefined && sessionId !== undefined)
    return commitAgain(standing, sessionId);
  const isFaulty = code === "source-changed" || code === "job-differs";
  return {
    safe: nothingCommitted(standing, sessionId),
    next: isFaulty ? undefined : resume,
    sessionId,
    again: isFaulty ? undefined : resume,
  };
}

/** A commit that certainly did not happen, of a load that keeps no journal. */
function commitAgain(
  { table, storedBlockIds }: LoadStanding,
  sessionId: string,
): ReturnType<typeof loadAftermath> {
  const blocks =
    storedBlockIds.length === 0 ? [] : ["--blocks", formatBlockIds([...storedBlockIds].sort(ascending))];
  return {
    safe: `Nothing was committed, and session ${sessionId} still holds all ${formatCounted(storedBlockIds.length, "block")}.`,
    next: shellCommand("mctunnel", "commit", sessionId, table, ...blocks),
    sessionId,
  };
}

function nothingCommitted(standing: LoadStanding, sessionId: string | undefined): string {
  const { error, table, blocks, overwrite, createdPartition } = standing;
  const kept = overwrite ? `${table} keeps what it held` : `${table} is as it was`;
  const created = createdPartition === undefined ? "" : " (its partition may have been created, empty)";
  // Where the failure itself says so, once is enough.
  const lead = describeFailure(error).message.includes(notCommitted) ? "" : `${notCommitted}: `;
  if (sessionId === undefined) return `${lead}${kept}.`;
  const holds = blocks === 0 ? "" : ` with ${formatCounted(blocks, "block")}`;
  return `${lead}${kept}${created}. Session ${sessionId}${holds} is left on the server and expires on its own within 24 hours.`;
}

const notCommitted = "Nothing was committed";

function ascending(one: number, other: number): number {
  return one - other;
}
