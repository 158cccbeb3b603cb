import { statusOf } from "../../storage/apply-upsert-change.ts";
import type { Table, UpsertRecord } from "../../storage/state.ts";
import { schemaJson } from "../session-document.ts";

/**
 * Answer to everything that is asked of an upsert session; the Java client wants it whole each time.
 *
 * protocol: MaxCompute Tunnel, upsert: slot ids are strings, buckets numbers that make 0 to n - 1 over all slots.
 */
export function renderUpsertSession(
  session: UpsertRecord,
  facts: {
    readonly table: Table;
    readonly now: number;
    readonly isCommitting: boolean;
    /** Where every slot is. */
    readonly address: string;
    readonly quotaName: string;
  },
): string {
  const { bucketCount, slotCount } = session;
  const buckets = Array.from({ length: bucketCount }, (_, bucket) => bucket);
  const status = statusOf(session, facts.now);
  return JSON.stringify({
    id: session.id,
    status: status === "normal" && facts.isCommitting ? "committing" : status,
    schema: schemaJson(facts.table, session.columns),
    hash_key: session.primaryKey,
    hasher: session.hasher,
    slots: Array.from({ length: slotCount }, (_, slot) => ({
      slot_id: String(slot),
      worker_addr: facts.address,
      buckets: buckets.filter((bucket) => bucket % slotCount === slot),
    })),
    quota_name: facts.quotaName,
    enable_partial_update: session.partialUpdate,
  });
}
