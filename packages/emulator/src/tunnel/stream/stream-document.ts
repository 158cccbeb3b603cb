import type { StreamRecord, Table } from "../../storage/state.ts";
import { schemaJson } from "../session-document.ts";

/**
 * Answer to creating, asking for or aborting a stream upload session.
 *
 * protocol: MaxCompute Tunnel, stream upload: `schema_version` a number, slots as pairs of a number and `host:port`,
 * never none of them, no JSON null.
 */
export function renderStreamSession(
  stream: StreamRecord,
  facts: {
    readonly table: Table;
    /** Version of the columns to show. */
    readonly schemaVersion: number;
    /** Where every slot is. */
    readonly address: string;
    readonly quotaName: string;
  },
): string {
  const columns = facts.table.columns.slice(0, facts.table.columnCounts[facts.schemaVersion]);
  return JSON.stringify({
    session_name: stream.id,
    status: stream.status,
    schema: schemaJson(facts.table, columns),
    schema_version: facts.schemaVersion,
    slots: Array.from({ length: stream.slotCount }, (_, slot) => [slot, facts.address]),
    quota_name: facts.quotaName,
    QuotaName: facts.quotaName,
    compress_mode: "",
    file_format: "",
  });
}
