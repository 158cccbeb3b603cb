import type { UploadStatus } from "@maxcompute-tunnel/session";
import { parseBlockIds } from "./block-id-runs.ts";
import type { SessionEnd, UploadRefusal } from "./upload-fact.ts";
import { blockIdsOf, type RecordedBlock, type UploadRecord } from "./upload-record.ts";

/** A session as the server shows it now. */
export type ServerView =
  /** `mayHaveExpired`: its 24 hours may be over. */
  | { readonly kind: "gone"; readonly mayHaveExpired: boolean }
  | {
      readonly kind: "present";
      readonly status: UploadStatus;
      readonly blocks: readonly { readonly blockId: number; readonly recordCount?: number }[];
      /** Names and types of the session's columns, as in the journal. */
      readonly columns: string;
    };

/** What is to be done with an upload, given what its journal and the server say. */
export type Reconciliation =
  /** Send what is missing: `kept` is agreed upon, `again` is to be sent again, the same content under the same id. */
  | {
      readonly kind: "continue";
      readonly kept: readonly RecordedBlock[];
      readonly again: readonly RecordedBlock[];
      /** No block from here on was ever sent. */
      readonly nextBlockId: number;
    }
  /** A commit is in doubt: let it be settled by the session's status. */
  | { readonly kind: "settle" }
  /** The commit has happened: the session says so, or it is gone, and nothing else ends one before its time. */
  | { readonly kind: "committed"; readonly confirmedBy: "status" | "absence" }
  /** Nothing of the session is committed, and it is of no use any more. */
  | { readonly kind: "start-over"; readonly reason: SessionEnd }
  | { readonly kind: "refuse"; readonly why: Refusal };

/** Why an upload cannot go on without somebody who looks at the table. */
export type Refusal =
  | UploadRefusal
  /** A commit was posted, and the session is gone and old: it was committed or it expired. */
  | "outcome-unknown";

/**
 * Compares what the journal and the server say about a session, and decides.
 *
 * A block is kept when the server lists it with as many rows as were sealed; where the server counts no rows, when it
 * was acknowledged too. An id was only ever sent with one content, which is on record before the first byte leaves, so
 * that a block the server lists without having acknowledged it can be kept as well. A block that the journal does not
 * know has a content nobody knows: a session that holds one is given up.
 */
export function reconcile(record: UploadRecord, server: ServerView): Reconciliation {
  const { phase } = record;
  switch (phase.kind) {
    case "new":
    case "committed":
      throw new RangeError(
        `Expected an upload with a session that is not committed, got one that is ${phase.kind}`,
      );
    case "committing":
    case "in-doubt":
      if (server.kind === "gone") {
        return server.mayHaveExpired
          ? refuse("outcome-unknown")
          : { kind: "committed", confirmedBy: "absence" };
      }
      // No further look could make it more certain, and one that fails would only make it less.
      return server.status === "CLOSED" ? { kind: "committed", confirmedBy: "status" } : { kind: "settle" };
    case "open":
      if (server.kind === "present") return withSession(record, server);
      // Once it was committed by somebody else, say, its age no longer tells that nothing of it is in the table.
      if (phase.refusal !== undefined) return refuse(phase.refusal.reason);
      return server.mayHaveExpired ? { kind: "start-over", reason: "expired" } : refuse("vanished");
  }
}

function withSession(record: UploadRecord, server: ServerView & { kind: "present" }): Reconciliation {
  switch (server.status) {
    case "CLOSED":
    case "CLOSING":
    case "COMMITTING":
      // A commit that was given up as failed may have happened after all.
      return wasIntended(record) ? { kind: "settle" } : refuse("committed-elsewhere");
    case "EXPIRED":
      return { kind: "start-over", reason: "expired" };
    case "CANCELED":
      return { kind: "start-over", reason: "canceled" };
    case "CRITICAL":
      return refuse("critical");
    case "NORMAL":
    case "UNKNOWN":
      return withBlocks(record, server);
  }
}

function withBlocks(record: UploadRecord, server: ServerView & { kind: "present" }): Reconciliation {
  const { phase, blocks } = record;
  if (phase.kind !== "open" || phase.session.columns !== server.columns) {
    return { kind: "start-over", reason: "columns-changed" };
  }
  const listed = new Map(server.blocks.map((block) => [block.blockId, block.recordCount]));
  for (const blockId of listed.keys()) {
    if (!blocks.has(blockId)) return { kind: "start-over", reason: "unknown-blocks" };
  }
  const kept: RecordedBlock[] = [];
  const again: RecordedBlock[] = [];
  for (const block of blocks.values()) {
    const isThere = listed.has(block.blockId);
    const rows = listed.get(block.blockId);
    const agrees = isThere && (rows === undefined ? block.stored !== undefined : rows === block.rows);
    (agrees ? kept : again).push(block);
  }
  return { kind: "continue", kept, again, nextBlockId: (blockIdsOf(record).at(-1) ?? -1) + 1 };
}

/** Whether a commit of exactly the blocks that are on record was ever about to be posted. */
function wasIntended(record: UploadRecord): boolean {
  if (record.phase.kind !== "open" || record.phase.intent === undefined) return false;
  const ids = parseBlockIds(record.phase.intent.blockIds) ?? [];
  return ids.length === record.blocks.size && ids.every((id) => record.blocks.has(id));
}

function refuse(why: Refusal): Reconciliation {
  return { kind: "refuse", why };
}
