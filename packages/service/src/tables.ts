import {
  describeTable,
  type ResolvedTable,
  resolveTable,
  type ServiceConnection,
  type TableReference,
} from "./connection.ts";
import { isServiceError, ServiceError, type ServiceErrorFacts } from "./errors.ts";
import { noSuchTable } from "./no-such-table.ts";
import { present } from "./present.ts";
import { askService, type CallOptions, isMissingObject } from "./request.ts";
import { readSchemaJson, type SchemaJson } from "./schema-json.ts";
import { child, childText, type XmlElement } from "./xml/parse-xml.ts";

/** A column as the REST service describes it. */
export interface TableColumn {
  readonly name: string;
  /** MaxCompute type as sent, e.g. `array<bigint>`. */
  readonly type: string;
  readonly nullable: boolean;
  readonly comment: string;
  /** The value for rows that leave the column out, as SQL text. */
  readonly defaultValue?: string;
}

/** What the REST service says about a table. */
export interface TableInfo {
  readonly project: string;
  /** Present in the three-level model. */
  readonly schema?: string;
  readonly name: string;
  readonly id?: string;
  /** E.g. "MANAGED_TABLE" or "VIRTUAL_VIEW". */
  readonly type?: string;
  readonly owner?: string;
  readonly comment: string;
  readonly columns: readonly TableColumn[];
  readonly partitionKeys: readonly TableColumn[];
  readonly createdAt?: Date;
  readonly modifiedAt?: Date;
  /** Days until its data are dropped; absent when they are kept. */
  readonly lifecycleDays?: number;
  /** Bytes as the service last counted them; it counts late. */
  readonly sizeBytes?: number;
  readonly isView: boolean;
}

/** Reads a table's description. @throws ServiceError `no-such-table`, `invalid-response`. */
export async function getTable(
  connection: ServiceConnection,
  table: string | TableReference,
  options: CallOptions = {},
): Promise<TableInfo> {
  const operation = "get table";
  const resolved = resolveTable(connection, table);
  const name = describeTable(resolved);
  try {
    const { element, response } = await askService(
      connection,
      {
        operation,
        method: "GET",
        path: ["projects", resolved.project, "tables", resolved.table],
        query: { curr_schema: resolved.schema },
        signal: options.signal,
      },
      "Table",
    );
    return readTable(element, resolved, { operation, table: name, requestId: response.requestId });
  } catch (error) {
    if (!isMissingObject(error)) throw error;
    throw noSuchTable(operation, name, error);
  }
}

/** Whether a table exists. */
export async function tableExists(
  connection: ServiceConnection,
  table: string | TableReference,
  options: CallOptions = {},
): Promise<boolean> {
  try {
    await getTable(connection, table, options);
    return true;
  } catch (error) {
    if (isServiceError(error) && error.code === "no-such-table") return false;
    throw error;
  }
}

function readTable(element: XmlElement, asked: ResolvedTable, facts: ServiceErrorFacts): TableInfo {
  const schemaElement = child(element, "Schema");
  if (schemaElement === undefined) {
    throw new ServiceError(
      "invalid-response",
      `${facts.operation}: Expected <Schema> in <Table>, got none`,
      facts,
    );
  }
  const json = readSchemaJson(schemaElement.text, facts);
  const schemaName = childText(element, "SchemaName") ?? asked.schema;
  return {
    project: childText(element, "Project") ?? asked.project,
    name: childText(element, "Name") ?? asked.table,
    comment: json.text("comment") ?? childText(element, "Comment") ?? "",
    columns: json.objects("columns").map(readColumn),
    partitionKeys: json.objects("partitionKeys").map(readColumn),
    isView: json.flag("isVirtualView") ?? false,
    ...present("schema", schemaName),
    ...present("id", childText(element, "TableId")),
    ...present("type", childText(element, "Type")),
    ...present("owner", childText(element, "Owner") ?? json.text("owner")),
    ...present("createdAt", json.seconds("createTime")),
    ...present("modifiedAt", json.seconds("lastModifiedTime")),
    ...present("lifecycleDays", json.count("lifecycle")),
    ...present("sizeBytes", json.count("size")),
  };
}

function readColumn(column: SchemaJson): TableColumn {
  const name = column.text("name");
  const type = column.text("type");
  if (!name) throw column.error("name", "the name of a column");
  if (!type) throw column.error("type", "a MaxCompute type");
  return {
    name,
    type,
    nullable: column.flag("isNullable") ?? true,
    comment: column.text("comment") ?? "",
    ...(column.flag("hasDefaultValue") ? present("defaultValue", column.text("defaultValue")) : {}),
  };
}
