import { permits } from "../auth/permissions.ts";
import { Refusal } from "../refusal.ts";
import type { Call } from "../server/call.ts";
import { type Reply, xmlReply } from "../server/reply.ts";
import type { Route } from "../server/router.ts";
import type { Services } from "../server/services.ts";
import { resolvePartition } from "../storage/partition-spec.ts";
import {
  defaultSchemaName,
  findPartition,
  findSchema,
  findTable,
  formatPartition,
  type Partition,
  type State,
  type Table,
  type TableName,
} from "../storage/state.ts";
import { isDocumentError } from "./documents/document-error.ts";
import {
  type PartitionDocumentInput,
  renderExtendedPartition,
  renderPartition,
  renderPartitionNames,
  renderPartitionPage,
} from "./documents/partition-document.ts";
import {
  renderExtendedTable,
  renderTable,
  renderTableList,
  renderTables,
  type TableDocumentInput,
} from "./documents/table-document.ts";
import { parseTableQuery, type TableQuery } from "./documents/table-query.ts";
import { pageOf } from "./paging.ts";
import { readText } from "./read-text.ts";
import { tableSize } from "./sizes.ts";

/** Tables and partitions as the service endpoint describes them. */
export function tableRoutes({ store, clock }: Services): readonly Route[] {
  const schemaName = (call: Call): string =>
    call.name("schema") || call.query.get("curr_schema") || defaultSchemaName;
  const table = (call: Call): Table =>
    findTable(store.state, {
      project: call.name("project"),
      schema: schemaName(call),
      table: call.name("table"),
    });

  const list = (call: Call): Reply => {
    const schema = findSchema(store.state, call.name("project"), schemaName(call));
    const prefix = (call.query.get("name") ?? "").toLowerCase();
    const owner = call.query.get("owner") ?? "";
    const tables = [...schema.tables.values()]
      .filter((one) => one.name.toLowerCase().startsWith(prefix) && (owner === "" || one.owner === owner))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const { items, marker, maxItems } = pageOf(tables, ({ name }) => name, call.query);
    return xmlReply(renderTableList({ tables: items.map(tableDocument), marker, maxItems }));
  };

  const get = (call: Call): Reply => {
    const one = table(call);
    const document = tableDocument(one);
    return xmlReply(call.query.has("extended") ? renderExtendedTable(document) : renderTable(document), {
      "x-odps-owner": one.owner,
      "x-odps-creation-time": document.createdAt.toUTCString(),
      "last-modified": document.lastModifiedAt.toUTCString(),
    });
  };

  /** Tables that are not there, or that the sender may not read, are left out. */
  const loadSeveral = async (call: Call): Promise<Reply> => {
    const asked = parse(await readText(call, clock));
    const documents = asked.flatMap(({ project, schema, name }) => {
      const target = {
        project: project || call.name("project"),
        schema: schema || schemaName(call),
        table: name,
      };
      const found = permits(call.identity.permissions, target.project, "read")
        ? lookUp(store.state, target)
        : undefined;
      return found === undefined ? [] : [tableDocument(found)];
    });
    return xmlReply(renderTables(documents));
  };

  const getPartition = (call: Call): Reply => {
    const one = table(call);
    const found = findPartition(one, resolvePartition(one, call.query.get("partition")));
    const document = partitionDocument(one, found);
    return xmlReply(
      call.query.has("extended") ? renderExtendedPartition(document) : renderPartition(document),
    );
  };

  const listPartitions = (call: Call): Reply => {
    const one = table(call);
    if (one.partitionKeys.length === 0) {
      throw new Refusal("InvalidArgument", `ODPS-0130071: The table ${one.name} is not partitioned`);
    }
    const wanted = partialSpec(call.query.get("partition") ?? "");
    const partitions = [...one.partitions.values()]
      .filter(({ values }) =>
        [...wanted].every(
          ([key, value]) => values[one.partitionKeys.findIndex(({ name }) => name === key)] === value,
        ),
      )
      .map((partition) => ({ partition, name: formatPartition(one, partition.values) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    if (call.query.has("name")) {
      return xmlReply(
        renderPartitionNames(partitions.map(({ partition }) => partitionDocument(one, partition))),
      );
    }
    const { items, marker, maxItems } = pageOf(partitions, ({ name }) => name, call.query);
    return xmlReply(
      renderPartitionPage({
        partitions: items.map(({ partition }) => partitionDocument(one, partition)),
        marker,
        maxItems,
      }),
    );
  };

  return ["/projects/:project", "/projects/:project/schemas/:schema"].flatMap((base): Route[] => [
    { action: "list tables", dialect: "service", method: "GET", path: `${base}/tables`, handle: list },
    {
      action: "load tables",
      dialect: "service",
      method: "POST",
      path: `${base}/tables`,
      needs: ["query"],
      permission: "read",
      handle: loadSeveral,
    },
    {
      action: "list partitions",
      dialect: "service",
      method: "GET",
      path: `${base}/tables/:table`,
      needs: ["partitions"],
      handle: listPartitions,
    },
    {
      action: "get partition",
      dialect: "service",
      method: "GET",
      path: `${base}/tables/:table`,
      needs: ["partition"],
      handle: getPartition,
    },
    { action: "get table", dialect: "service", method: "GET", path: `${base}/tables/:table`, handle: get },
  ]);
}

function parse(xml: string): readonly TableQuery[] {
  try {
    return parseTableQuery(xml);
  } catch (error) {
    throw isDocumentError(error) ? new Refusal("MalformedXML", error.message, { cause: error }) : error;
  }
}

function lookUp(state: State, { project, schema, table }: TableName): Table | undefined {
  const schemas = state.projects.get(project.toLowerCase())?.schemas;
  return schemas?.get(schema.toLowerCase())?.tables.get(table.toLowerCase());
}

function tableDocument(table: Table): TableDocumentInput {
  const { byteLength, recordCount, fileCount } = tableSize(table.partitions.values());
  return {
    name: table.name,
    tableId: table.id,
    project: table.project,
    schemaName: table.schema,
    owner: table.owner,
    comment: table.comment,
    createdAt: new Date(table.createdAt),
    lastModifiedAt: new Date(table.lastModifiedAt),
    lastDdlAt: new Date(table.lastDdlAt),
    columns: table.columns,
    partitionColumns: table.partitionKeys,
    ...(table.lifecycleDays === undefined ? {} : { lifecycleDays: table.lifecycleDays }),
    sizeBytes: byteLength,
    recordCount,
    fileCount,
    primaryKey: table.primaryKey,
    transactional: table.properties["transactional"]?.toLowerCase() === "true",
    schemaVersion: table.schemaVersion,
  };
}

function partitionDocument(table: Table, partition: Partition): PartitionDocumentInput {
  const { byteLength, recordCount, fileCount } = tableSize([partition]);
  return {
    values: table.partitionKeys.map(({ name }, level) => ({
      key: name,
      value: partition.values[level] ?? "",
    })),
    createdAt: new Date(partition.createdAt),
    lastDdlAt: new Date(partition.createdAt),
    lastModifiedAt: new Date(partition.lastModifiedAt),
    sizeBytes: byteLength,
    recordCount,
    fileCount,
  };
}

/** Some of the levels of a partition spec, to restrict a listing by. */
function partialSpec(text: string): ReadonlyMap<string, string> {
  return new Map(
    text
      .split(/[,/]/)
      .filter((level) => level.includes("="))
      .map((level) => {
        const equals = level.indexOf("=");
        const value = level.slice(equals + 1).trim();
        return [level.slice(0, equals).trim().toLowerCase(), value.replace(/^(['"])(.*)\1$/, "$2")];
      }),
  );
}
