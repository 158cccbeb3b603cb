import {
  describeTable,
  type ResolvedTable,
  resolveTable,
  type ServiceConnection,
  type TableReference,
} from "./connection.ts";
import { isServiceError, ServiceError } from "./errors.ts";
import { noSuchTable } from "./no-such-table.ts";
import {
  type PartitionLevel,
  type PartitionLevels,
  partitionLevels,
  quotePartition,
} from "./partition-level.ts";
import { present } from "./present.ts";
import { askService, type CallOptions, isMissingObject, type ServiceCall } from "./request.ts";
import { readEpochSeconds, readSchemaJson } from "./schema-json.ts";
import { runSql } from "./sql.ts";
import { sqlTableName } from "./sql-name.ts";
import { child, childrenOf, childText, type XmlElement } from "./xml/parse-xml.ts";

/** One partition of a table. */
export interface PartitionInfo {
  readonly levels: readonly PartitionLevel[];
  readonly createdAt?: Date;
  readonly modifiedAt?: Date;
  /** Rows and bytes as the service last counted them; it counts late. */
  readonly recordCount?: number;
  readonly sizeBytes?: number;
}

/** Reads one partition. @throws ServiceError `no-such-partition`, `no-such-table`. */
export async function getPartition(
  connection: ServiceConnection,
  table: string | TableReference,
  partition: PartitionLevels,
  options: CallOptions = {},
): Promise<PartitionInfo> {
  const operation = "get partition";
  const resolved = resolveTable(connection, table);
  const levels = partitionLevels(partition);
  const quoted = quotePartition(levels, false);
  try {
    const { element, response } = await askService(
      connection,
      tableCall(operation, resolved, { partition: quoted }, options),
      "Partition",
    );
    const facts = { operation, table: describeTable(resolved), requestId: response.requestId };
    const schema = child(element, "Schema");
    const json = schema === undefined ? undefined : readSchemaJson(schema.text, facts);
    return {
      levels,
      ...present("createdAt", json?.seconds("createTime")),
      ...present("modifiedAt", json?.seconds("lastModifiedTime")),
      ...present("recordCount", json?.count("partitionRecordNum")),
      ...present("sizeBytes", json?.count("partitionSize")),
    };
  } catch (error) {
    if (!isMissingObject(error)) throw error;
    const name = describeTable(resolved);
    const { serviceCode, requestId } = error;
    // Some answers tell the two apart; for others an unknown table looks like an unknown partition.
    if (serviceCode === "NoSuchTable" || /\bODPS-0130131\b/u.test(error.message)) {
      throw noSuchTable(operation, name, error);
    }
    throw new ServiceError("no-such-partition", `${operation}: table ${name} has no partition ${quoted}`, {
      operation,
      table: name,
      serviceCode,
      requestId,
      cause: error,
    });
  }
}

/** Whether a partition exists. */
export async function partitionExists(
  connection: ServiceConnection,
  table: string | TableReference,
  partition: PartitionLevels,
  options: CallOptions = {},
): Promise<boolean> {
  try {
    await getPartition(connection, table, partition, options);
    return true;
  } catch (error) {
    if (isServiceError(error) && error.code === "no-such-partition") return false;
    throw error;
  }
}

/** How a partition is created. */
export interface CreatePartitionOptions extends CallOptions {
  /** Succeed when it is there already. @default true */
  readonly ifNotExists?: boolean;
}

/**
 * Creates a partition with `ALTER TABLE … ADD PARTITION` and waits until it is there.
 *
 * @throws ServiceError as `runSql`: `sql-failed` with `ODPS-0130131` for an unknown table.
 */
export async function createPartition(
  connection: ServiceConnection,
  table: string | TableReference,
  partition: PartitionLevels,
  { ifNotExists = true, signal }: CreatePartitionOptions = {},
): Promise<void> {
  const resolved = resolveTable(connection, table);
  const condition = ifNotExists ? "IF NOT EXISTS " : "";
  const levels = quotePartition(partitionLevels(partition), true);
  await runSql(connection, `ALTER TABLE ${sqlTableName(resolved)} ADD ${condition}PARTITION (${levels});`, {
    name: "SQLAddPartitionTask",
    repeatable: ifNotExists,
    ...(resolved.schema !== undefined && { settings: { "odps.namespace.schema": "true" } }),
    ...(signal && { signal }),
  });
}

/** How partitions are listed. */
export interface ListPartitionsOptions extends CallOptions {
  /** Partitions asked for at a time. @default 1000 */
  readonly pageSize?: number;
}

/** Lists the partitions of a table, page by page as they are read. @throws ServiceError `no-such-table`. */
export async function* listPartitions(
  connection: ServiceConnection,
  table: string | TableReference,
  options: ListPartitionsOptions = {},
): AsyncGenerator<PartitionInfo, void, undefined> {
  const resolved = resolveTable(connection, table);
  for (let marker: string | undefined = ""; marker !== undefined; ) {
    const page: PartitionPage = await readPage(connection, resolved, marker, options);
    yield* page.partitions;
    marker = page.next;
  }
}

interface PartitionPage {
  readonly partitions: readonly PartitionInfo[];
  /** Where the next page begins; absent after the last. */
  readonly next: string | undefined;
}

async function readPage(
  connection: ServiceConnection,
  resolved: ResolvedTable,
  marker: string,
  options: ListPartitionsOptions,
): Promise<PartitionPage> {
  const operation = "list partitions";
  const query = {
    partitions: "",
    expectmarker: "true",
    maxitems: String(options.pageSize ?? 1000),
    marker: marker || undefined,
  };
  const name = describeTable(resolved);
  try {
    const call = tableCall(operation, resolved, query, options);
    const { element, response } = await askService(connection, call, "Partitions");
    const next = childText(element, "Marker");
    const facts = { operation, table: name, requestId: response.requestId };
    if (next !== undefined && next === marker) {
      throw new ServiceError(
        "invalid-response",
        `${operation}: Expected a new page, got the same one again`,
        facts,
      );
    }
    return { partitions: childrenOf(element, "Partition").map((entry) => readEntry(entry, facts)), next };
  } catch (error) {
    if (!isMissingObject(error)) throw error;
    throw noSuchTable(operation, name, error);
  }
}

function readEntry(
  entry: XmlElement,
  facts: { readonly operation: string; readonly table: string },
): PartitionInfo {
  const levels = childrenOf(entry, "Column").map(({ attributes }) => {
    const name = attributes.get("Name");
    const value = attributes.get("Value");
    if (name === undefined || value === undefined) {
      throw new ServiceError(
        "invalid-response",
        `${facts.operation}: Expected Name and Value of each <Column>, got ${[...attributes.keys()].join(", ") || "none"}`,
        facts,
      );
    }
    return { name, value };
  });
  const time = (name: string): Date | undefined =>
    readEpochSeconds(Number(childText(entry, name) ?? Number.NaN));
  return {
    levels,
    ...present("createdAt", time("CreationTime")),
    ...present("modifiedAt", time("LastModifiedTime")),
  };
}

function tableCall(
  operation: string,
  resolved: ResolvedTable,
  query: Readonly<Record<string, string | undefined>>,
  options: CallOptions,
): ServiceCall {
  return {
    operation,
    method: "GET",
    path: ["projects", resolved.project, "tables", resolved.table],
    query: { ...query, curr_schema: resolved.schema },
    signal: options.signal,
  };
}
