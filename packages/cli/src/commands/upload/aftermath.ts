import { isSessionError } from "@maxcompute-tunnel/session";
import { isTunnelError } from "@maxcompute-tunnel/transport";
import { formatCounted } from "../../report/figures.ts";
import type { LoadPhase } from "../../report/load-progress.ts";
import { shellCommand } from "../../report/shell-words.ts";
import type { Aftermath } from "../../report/write-failure.ts";
import { formatBlockIds } from "../value-parsers.ts";

/** How far an upload came before it failed. */
export interface UploadStanding {
  readonly error: unknown;
  /** The target as it can be given to a command. */
  readonly table: string;
  readonly sessionId: string;
  readonly storedBlockIds: readonly number[];
  readonly phase: LoadPhase;
  readonly overwrite: boolean;
  /** The partition that the service was asked to create. */
  readonly createdPartition: string | undefined;
}

/** Says what is safe after an upload failed, and how to go on. */
export function uploadAftermath(standing: UploadStanding): Aftermath {
  const { error, table, sessionId, storedBlockIds, phase } = standing;
  if (phase === "committed") return { safe: `The rows are in ${table}.`, next: undefined, sessionId };
  if (phase === "committing") {
    const named = storedBlockIds.length === 0 ? [] : ["--blocks", formatBlockIds(storedBlockIds)];
    switch (isSessionError(error) ? error.code : isTunnelError(error) ? undefined : "outcome-unknown") {
      case "outcome-unknown":
        return {
          safe: `The rows are in ${table}, all of them, or not at all; load nothing again before that is known.`,
          next: shellCommand("mctunnel", "status", sessionId, table),
          sessionId,
        };
      case "commit-failed":
        return {
          safe: `Nothing was committed, and session ${sessionId} still holds all ${formatCounted(storedBlockIds.length, "block")}.`,
          next: shellCommand("mctunnel", "commit", sessionId, table, ...named),
          sessionId,
        };
      case "block-list-differs":
      case "record-count-differs":
        return {
          safe: `Nothing was committed; session ${sessionId} is as it was.`,
          next: shellCommand("mctunnel", "blocks", sessionId, table),
          sessionId,
        };
      default:
    }
  }
  return { safe: nothingCommitted(standing), next: undefined, sessionId };
}

function nothingCommitted(standing: UploadStanding): string {
  const { table, sessionId, storedBlockIds, overwrite, createdPartition } = standing;
  const kept = overwrite ? `${table} keeps what it held` : `${table} is as it was`;
  const created = createdPartition === undefined ? "" : " (its partition may have been created, empty)";
  const holds = storedBlockIds.length === 0 ? "" : ` with ${formatCounted(storedBlockIds.length, "block")}`;
  return `Nothing was committed: ${kept}${created}. Session ${sessionId}${holds} is left on the server and expires on its own within 24 hours.`;
}
