import type { Clock } from "../../clock.ts";
import { Refusal } from "../../refusal.ts";
import { tableById } from "../../storage/apply-catalog-change.ts";
import { findOpenUpsert } from "../../storage/apply-upsert-change.ts";
import { findPartition, partitionKey } from "../../storage/state.ts";
import type { Store } from "../../storage/store.ts";
import { mergeUpsert } from "./merge-upsert.ts";

/** Commits upsert sessions. */
export interface UpsertCommits {
  /**
   * Merges a session into its table and resolves once that is durable. A commit under way is joined.
   *
   * @throws Refusal when the session is over or the merged rows are refused; the session is as it was then
   */
  commit(upsertId: string): Promise<void>;
  isUnderWay(upsertId: string): boolean;
}

/**
 * Merging writes new files beside the old ones, and one entry of the journal puts them in their place: until then
 * nobody sees them, and after a crash nobody misses them.
 *
 * Commits on one partition go one after another. When rows or the session change in the middle all the same, the
 * journal refuses the entry and the merge is done again.
 */
export function createUpsertCommits({
  store,
  clock,
}: {
  readonly store: Store;
  readonly clock: Clock;
}): UpsertCommits {
  const underWay = new Map<string, Promise<void>>();
  const queues = new Map<string, Promise<void>>();

  const attempt = async (upsertId: string, signal: AbortSignal): Promise<boolean> => {
    const upsert = findOpenUpsert(store.state, upsertId, clock.now());
    const table = tableById(store.state, upsert.tableId);
    const partition = findPartition(table, upsert.partition);
    const { version, segments } = partition;
    const packs = [...upsert.packs];
    const changedMeanwhile = (): boolean =>
      partition.version !== version || upsert.status !== "normal" || !store.state.tables.has(table.id);
    const merged = await mergeUpsert(upsert, packs, {
      columns: table.columns,
      segments,
      blocks: store.blocks,
      signal,
    }).catch((error: unknown) => {
      // Files may go from under the merge when the table is truncated, or the session aborted.
      if (signal.aborted || !changedMeanwhile()) {
        throw error;
      }
      return undefined;
    });
    if (merged === undefined) {
      return false;
    }
    try {
      await store.submit({
        kind: "commit-upsert",
        at: clock.now(),
        upsertId,
        packCount: packs.length,
        baseVersion: version,
        segments: merged.segments,
      });
      return true;
    } catch (error) {
      store.blocks.removeLater(merged.written);
      if (error instanceof Refusal && error.code === "DataVersionConflict") {
        return false;
      }
      throw error;
    }
  };

  const start = async (upsertId: string): Promise<void> => {
    const { tableId, partition } = findOpenUpsert(store.state, upsertId, clock.now());
    const queue = tableId + partitionKey(partition);
    const before = queues.get(queue);
    const turn = store.run(async (signal) => {
      await before;
      while (!(await attempt(upsertId, signal))) {
        signal.throwIfAborted();
      }
    });
    const over = turn
      .catch(() => undefined)
      .finally(() => {
        if (queues.get(queue) === over) {
          queues.delete(queue);
        }
      });
    queues.set(queue, over);
    await turn;
  };

  return {
    commit(upsertId) {
      const known = underWay.get(upsertId);
      if (known !== undefined) {
        return known;
      }
      const done = start(upsertId).finally(() => underWay.delete(upsertId));
      underWay.set(upsertId, done);
      return done;
    },
    isUnderWay: (upsertId) => underWay.has(upsertId),
  };
}
