import { Refusal } from "../refusal.ts";
import { tableById } from "./apply-catalog-change.ts";
import type { UpsertChange } from "./change.ts";
import { releaseFiles, retainFiles } from "./file-owners.ts";
import { sessionMemoryMs } from "./lifetimes.ts";
import { findPartition, type State, type UpsertRecord } from "./state.ts";

/** Applies a change of an upsert session; see `applyChange`. */
export function applyUpsertChange(state: State, change: UpsertChange, released: string[]): void {
  switch (change.kind) {
    case "create-upsert": {
      const { upsert } = change;
      findPartition(tableById(state, upsert.tableId), upsert.partition);
      state.upserts.set(upsert.id, { ...upsert, packs: [] });
      return;
    }
    case "store-upserts": {
      const upsert = findOpenUpsert(state, change.upsertId, change.at);
      retainFiles(state, [change.pack]);
      if (change.pack.recordCount === 0) {
        releaseFiles(state, [change.pack], released);
      } else {
        upsert.packs.push(change.pack);
      }
      return;
    }
    case "commit-upsert":
      commit(state, change, released);
      return;
    case "abort-upsert": {
      const upsert = findUpsert(state, change.upsertId);
      if (upsert.status !== "aborted") {
        findOpenUpsert(state, upsert.id, change.at);
        end(state, upsert, "aborted", released);
      }
    }
  }
}

export function findUpsert(state: State, id: string): UpsertRecord {
  const upsert = state.upserts.get(id);
  if (upsert === undefined) {
    throw new Refusal("UpsertSessionNotFound", `The specified upsert session does not exist: ${id}`);
  }
  return upsert;
}

/**
 * The session, unless it takes no more.
 *
 * @throws Refusal `StatusConflict` for one that is over: clients that wait for a commit take `UpsertSessionNotFound`
 * for its success
 */
export function findOpenUpsert(state: State, id: string, now: number): UpsertRecord {
  const upsert = findUpsert(state, id);
  const status = statusOf(upsert, now);
  if (status !== "normal") {
    throw new Refusal(
      "StatusConflict",
      `The operation is not allowed in the session's status: upsert ${id} is ${status}`,
    );
  }
  return upsert;
}

/** The session's status at a moment, swept or not. */
export function statusOf(
  upsert: Pick<UpsertRecord, "status" | "expiresAt">,
  now: number,
): UpsertRecord["status"] {
  return upsert.status === "normal" && now >= upsert.expiresAt ? "expired" : upsert.status;
}

/** True when a sweep would expire or forget the session. */
export function isDue(upsert: UpsertRecord, now: number): boolean {
  return now >= (upsert.status === "normal" ? upsert.expiresAt : upsert.createdAt + sessionMemoryMs);
}

/** Expires what is over its lifetime, gives its space back, and forgets what ended long ago. */
export function sweepUpserts(state: State, now: number, released: string[]): void {
  for (const upsert of state.upserts.values()) {
    if (statusOf(upsert, now) !== upsert.status) {
      end(state, upsert, "expired", released);
    }
    if (upsert.status !== "normal" && now >= upsert.createdAt + sessionMemoryMs) {
      state.upserts.delete(upsert.id);
    }
  }
}

function commit(
  state: State,
  change: Extract<UpsertChange, { kind: "commit-upsert" }>,
  released: string[],
): void {
  const upsert = findOpenUpsert(state, change.upsertId, change.at);
  const table = tableById(state, upsert.tableId);
  const partition = findPartition(table, upsert.partition);
  if (partition.version !== change.baseVersion || upsert.packs.length !== change.packCount) {
    throw new Refusal(
      "DataVersionConflict",
      `The rows that upsert ${upsert.id} was merged with have changed.`,
    );
  }
  retainFiles(state, change.segments);
  releaseFiles(state, partition.segments, released);
  partition.segments = change.segments;
  partition.version += 1;
  partition.lastModifiedAt = change.at;
  table.lastModifiedAt = change.at;
  end(state, upsert, "committed", released);
}

function end(state: State, upsert: UpsertRecord, status: UpsertRecord["status"], released: string[]): void {
  upsert.status = status;
  releaseFiles(state, upsert.packs, released);
  upsert.packs = [];
}
