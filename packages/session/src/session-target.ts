import { describeTable, type TableName, type TunnelConnection } from "./connection.ts";
import { refuseDateTransform } from "./date-transform.ts";
import { isSessionError, SessionError } from "./errors.ts";
import {
  checkPartitionSpec,
  formatPartitionSpec,
  type PartitionSpec,
  parsePartitionSpec,
} from "./partition-spec.ts";
import type { Answered, TableTarget } from "./table-request.ts";
import type { TunnelSchema } from "./table-schema.ts";

/** What requests are sent to before there is a session: a table, and the partition in its normal form. */
export function newTarget(
  connection: TunnelConnection,
  table: TableName,
  partition: string | PartitionSpec | undefined,
  sessionId?: string,
): TableTarget {
  return {
    connection,
    table,
    partition: partition === undefined ? undefined : normalisePartition(partition),
    quotaName: connection.quotaName,
    sessionId,
  };
}

/** The target of a session's own requests: by its id, in the quota that the service put it in. */
export function sessionTarget(
  target: TableTarget,
  document: { readonly id: string; readonly quotaName?: string },
): TableTarget {
  return { ...target, sessionId: document.id, quotaName: document.quotaName ?? target.quotaName };
}

/**
 * Checks what only the schema can show: that the partition fits the table's keys, and that values will arrive as
 * they are sent.
 *
 * @throws SessionError `invalid-partition`, `missing-partition`, `date-transform`.
 */
export function checkAgainstSchema(
  target: TableTarget,
  operation: string,
  answered: Answered<{ readonly id: string; readonly schema: TunnelSchema }>,
): void {
  const { schema, id } = answered.document;
  const table = describeTable(target.table);
  const facts = { operation, table, sessionId: id, requestId: answered.response.requestId };
  if (target.partition !== undefined) {
    try {
      checkPartitionSpec(parsePartitionSpec(target.partition), schema.partitionKeys);
    } catch (error) {
      if (!isSessionError(error)) throw error;
      throw new SessionError(error.code, `${operation}: table ${table}: ${error.message}`, facts);
    }
  } else if (schema.partitionKeys.length > 0) {
    const example = schema.partitionKeys.map((key) => `${key.name}=…`).join(",");
    throw new SessionError(
      "missing-partition",
      `${operation}: table ${table} is partitioned: say which partition, as "${example}"`,
      facts,
    );
  }
  refuseDateTransform(answered.response.headers, schema, facts);
}

function normalisePartition(partition: string | PartitionSpec): string {
  return formatPartitionSpec(typeof partition === "string" ? parsePartitionSpec(partition) : partition);
}
