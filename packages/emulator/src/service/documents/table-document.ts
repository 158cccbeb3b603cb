import { epochSeconds, formatHttpDate } from "./http-date.ts";
import { cdataJson, element, xmlDeclaration } from "./xml-text.ts";

/** A column as the service's schema JSON describes it. */
export interface ColumnDocumentInput {
  readonly name: string;
  /** Type string, lower case without blanks, such as `array<bigint>`. */
  readonly type: string;
  readonly nullable: boolean;
  readonly comment: string;
  /** Source text of the default, when the column has one. */
  readonly defaultValue?: string;
}

/** What a table listing says about a table. */
export interface TableSummaryInput {
  readonly name: string;
  readonly tableId: string;
  /** Project name; clients build later paths from it, so it must be the table's own. */
  readonly project: string;
  /** Schema the table lives in, `default` in the two-level model. */
  readonly schemaName: string;
  readonly owner: string;
  readonly comment: string;
  readonly createdAt: Date;
  /** When data last changed. */
  readonly lastModifiedAt: Date;
}

/** What the table document says about a table. */
export interface TableDocumentInput extends TableSummaryInput {
  readonly columns: readonly ColumnDocumentInput[];
  readonly partitionColumns: readonly ColumnDocumentInput[];
  /** When the definition last changed. */
  readonly lastDdlAt: Date;
  /** Days until unused data may be reclaimed. @default no limit, shown as -1 */
  readonly lifecycleDays?: number;
  readonly sizeBytes: number;
  readonly recordCount: number;
  /** Column names of the primary key; empty without one. */
  readonly primaryKey: readonly string[];
  readonly transactional: boolean;
  /** Counts the changes of the columns, from 0. */
  readonly schemaVersion: number;
  /** Files the data lies in; shown in the extended document only. */
  readonly fileCount: number;
}

/** Answer to `GET /projects/P/tables/T`. */
export function renderTable(table: TableDocumentInput): string {
  return tableXml(table, schemaJson(table));
}

/** Answer to `GET /projects/P/tables/T?extended`: the same with storage facts, keys and schema version. */
export function renderExtendedTable(table: TableDocumentInput): string {
  return tableXml(table, {
    ...schemaJson(table),
    extendedLabel: [],
    IsArchived: false,
    PhysicalSize: table.sizeBytes,
    FileNum: table.fileCount,
    // A string that holds JSON, in which flags are strings again: clients read each exactly so.
    Reserved: JSON.stringify({
      Transactional: String(table.transactional),
      schema_version: String(table.schemaVersion),
      PrimaryKey: table.primaryKey,
    }),
  });
}

/** One page of a table listing. */
export interface TableListInput {
  readonly tables: readonly TableSummaryInput[];
  /** Where the next page starts; empty on the last page. */
  readonly marker: string;
  readonly maxItems: number;
}

/** Answer to `GET /projects/P/tables?expectmarker=true`. */
export function renderTableList(list: TableListInput): string {
  const tables = list.tables.map((table) => `<Table>${summaryXml(table)}</Table>`).join("");
  return (
    `${xmlDeclaration}<Tables>${element("Marker", list.marker)}${element("MaxItems", String(list.maxItems))}` +
    `${tables}</Tables>`
  );
}

/** Answer to `POST /projects/P/tables?query`: each table as it is described alone. */
export function renderTables(tables: readonly TableDocumentInput[]): string {
  return `${xmlDeclaration}<Tables>${tables.map((table) => tableElement(table, schemaJson(table))).join("")}</Tables>`;
}

function tableXml(table: TableDocumentInput, schema: object): string {
  return xmlDeclaration + tableElement(table, schema);
}

function tableElement(table: TableDocumentInput, schema: object): string {
  return `<Table>${summaryXml(table)}<Schema format="Json">${cdataJson(schema)}</Schema></Table>`;
}

function summaryXml(table: TableSummaryInput): string {
  return (
    element("Name", table.name) +
    element("TableId", table.tableId) +
    element("Project", table.project) +
    element("SchemaName", table.schemaName) +
    element("Owner", table.owner) +
    element("Comment", table.comment) +
    "<TableLabel/><Type>MANAGED_TABLE</Type>" +
    element("CreationTime", formatHttpDate(table.createdAt)) +
    element("LastModifiedTime", formatHttpDate(table.lastModifiedAt))
  );
}

function schemaJson(table: TableDocumentInput): Record<string, unknown> {
  return {
    columns: table.columns.map(columnJson),
    partitionKeys: table.partitionColumns.map(columnJson),
    comment: table.comment,
    owner: table.owner,
    createTime: epochSeconds(table.createdAt),
    lastModifiedTime: epochSeconds(table.lastModifiedAt),
    lastDDLTime: epochSeconds(table.lastDdlAt),
    lastAccessTime: 0,
    isVirtualView: false,
    isMaterializedView: false,
    isExternal: false,
    lifecycle: table.lifecycleDays ?? -1,
    hubLifecycle: -1,
    size: table.sizeBytes,
    recordNum: table.recordCount,
    shardExist: false,
    tableLabel: "",
  };
}

/** Never a JSON null: one client reads these members as strings without looking. */
function columnJson(column: ColumnDocumentInput): Record<string, unknown> {
  return {
    name: column.name,
    type: column.type,
    comment: column.comment,
    label: "",
    isNullable: column.nullable,
    hasDefaultValue: column.defaultValue !== undefined,
    ...(column.defaultValue === undefined ? {} : { defaultValue: column.defaultValue }),
  };
}
