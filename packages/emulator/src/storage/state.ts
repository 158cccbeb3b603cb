import { Refusal } from "../refusal.ts";

/** Everything the emulator remembers. Only `applyChange` alters it; everybody else reads. */
export interface State {
  /** By lower-case name. */
  readonly projects: Map<string, Project>;
  /** Every table by its id, for sessions that outlive a rename or a drop. */
  readonly tables: Map<string, Table>;
  readonly uploads: Map<string, UploadRecord>;
  readonly downloads: Map<string, DownloadRecord>;
  readonly streams: Map<string, StreamRecord>;
  readonly upserts: Map<string, UpsertRecord>;
  readonly instances: Map<string, InstanceRecord>;
  /** How many owners each block file has; a file without an owner is removed. */
  readonly files: Map<string, number>;
}

export interface Project {
  readonly name: string;
  readonly owner: string;
  readonly comment: string;
  readonly createdAt: number;
  /** By lower-case name; `default` always exists. */
  readonly schemas: Map<string, Schema>;
}

export interface Schema {
  readonly name: string;
  readonly comment: string;
  readonly createdAt: number;
  /** By lower-case name. */
  readonly tables: Map<string, Table>;
}

export interface Table {
  readonly id: string;
  readonly project: string;
  readonly schema: string;
  name: string;
  readonly owner: string;
  comment: string;
  readonly createdAt: number;
  lastDdlAt: number;
  lastModifiedAt: number;
  columns: readonly TableColumn[];
  /** Counts the changes of the columns, from 0. */
  schemaVersion: number;
  /** How many of the columns there were at each schema version: columns are only ever added, at the end. */
  columnCounts: readonly number[];
  readonly partitionKeys: readonly TableColumn[];
  lifecycleDays: number | undefined;
  readonly primaryKey: readonly string[];
  properties: Readonly<Record<string, string>>;
  /** By `partitionKey(values)`; a table without partition keys has the one with no values. */
  readonly partitions: Map<string, Partition>;
}

/** A column, as `CREATE TABLE` declared it. Satisfies the codec's column spec as it stands. */
export interface TableColumn {
  readonly name: string;
  /** Canonical type string, lower case. */
  readonly type: string;
  readonly nullable: boolean;
  readonly comment: string;
  /** Source text of the default, where there is one. */
  readonly defaultValue?: string;
}

export interface Partition {
  /** One value per partition key, in the table's order. */
  readonly values: readonly string[];
  readonly createdAt: number;
  lastModifiedAt: number;
  /** Grows with every change of the data, so that a reader can tell. */
  version: number;
  segments: readonly Segment[];
}

/** Rows that arrived as one block and stay in its file. */
export interface Segment {
  /** Name of the block file, chosen by the emulator. */
  readonly file: string;
  readonly recordCount: number;
  /** Bytes of the record pack, footer included. */
  readonly byteLength: number;
  /** Bytes of its records: where the footer begins. */
  readonly recordBytes: number;
  /** CRC-32C of the records' checksums, as in the footer. */
  readonly checksum: number;
  /** Whether the records are written as the service writes them, so that they may go out as they are. */
  readonly plain: boolean;
  /** The bucket that all its keys hash to, in a table with a primary key; unknown where it is left out. */
  readonly bucket?: Bucket;
}

/** One of the parts that the rows of a table with a primary key are spread over. */
export interface Bucket {
  /** From 0 to `of - 1`. */
  readonly index: number;
  /** How many buckets there were when it was filled. */
  readonly of: number;
  /** How keys were hashed then. */
  readonly hasher: HasherName;
}

/** How the keys of a table with a primary key are hashed. */
export type HasherName = "default" | "legacy";

export interface Block extends Segment {
  readonly blockId: number;
  readonly storedAt: number;
}

export interface UploadRecord {
  readonly id: string;
  readonly tableId: string;
  /** Values of the target partition; none for a plain table. */
  readonly partition: readonly string[];
  readonly overwrite: boolean;
  readonly createdAt: number;
  status: "normal" | "closed" | "expired" | "critical" | "canceled";
  /** By block id. Kept as a list after commit, when the files belong to the table. */
  readonly blocks: Map<number, Block>;
}

/** A download session: what the target held when it began. */
export interface DownloadRecord {
  readonly id: string;
  /** The table, or the instance whose result is read. */
  readonly tableId: string;
  readonly partition: readonly string[];
  readonly createdAt: number;
  status: "normal" | "expired";
  /** Version of the partition at that moment. */
  readonly version: number;
  readonly columns: readonly TableColumn[];
  segments: readonly Segment[];
  readonly recordCount: number;
}

/** A stream upload session: every flush is in the table at once, so it holds no data of its own. */
export interface StreamRecord {
  readonly id: string;
  readonly tableId: string;
  readonly partition: readonly string[];
  readonly createdAt: number;
  /** Version of the columns that its client writes. */
  readonly schemaVersion: number;
  readonly slotCount: number;
  status: "normal" | "aborted";
}

/** An upsert session: changes of rows by primary key, in the order they arrived. */
export interface UpsertRecord {
  readonly id: string;
  readonly tableId: string;
  readonly partition: readonly string[];
  readonly createdAt: number;
  readonly expiresAt: number;
  /** The columns that its records have in front of the meta columns. */
  readonly columns: readonly TableColumn[];
  readonly primaryKey: readonly string[];
  readonly hasher: HasherName;
  readonly bucketCount: number;
  /** Whether a record may bring some of a row's values only. */
  readonly partialUpdate: boolean;
  readonly slotCount: number;
  status: "normal" | "committed" | "aborted" | "expired";
  /** What was stored so far; none once the session is over. Grows in place. */
  packs: UpsertPack[];
}

/** Changes that arrived as one request, for one bucket. */
export interface UpsertPack extends Segment {
  readonly bucket: Bucket;
}

/** A job that was run: one or more SQL scripts. */
export interface InstanceRecord {
  readonly id: string;
  readonly project: string;
  readonly owner: string;
  readonly priority: number;
  readonly startedAt: number;
  /** Left out while it runs. */
  readonly endedAt?: number;
  readonly tasks: readonly TaskRecord[];
}

/** One SQL script of a job, as submitted and as it ended. */
export interface TaskRecord {
  readonly name: string;
  readonly query: string;
  /** `Config` properties as submitted. */
  readonly properties: readonly (readonly [string, string])[];
  readonly startedAt: number;
  /** Left out while it runs. */
  readonly endedAt?: number;
  readonly outcome: TaskOutcome;
}

/** How a task ended, if it has. */
export type TaskOutcome =
  | { readonly kind: "running" }
  | { readonly kind: "success"; readonly format: "text" | "csv"; readonly text: string }
  | { readonly kind: "rows"; readonly rows: ResultRows }
  | { readonly kind: "failure"; readonly message: string }
  | { readonly kind: "cancelled" };

/** The rows that a query gave, in files that belong to its instance. */
export interface ResultRows {
  readonly columns: readonly TableColumn[];
  readonly segments: readonly Segment[];
}

/** Names a table as requests do. */
export interface TableName {
  readonly project: string;
  readonly schema: string;
  readonly table: string;
}

export const defaultSchemaName = "default";

export function emptyState(): State {
  return {
    projects: new Map(),
    tables: new Map(),
    uploads: new Map(),
    downloads: new Map(),
    streams: new Map(),
    upserts: new Map(),
    instances: new Map(),
    files: new Map(),
  };
}

/** Key of a partition within its table; values may hold any character. */
export function partitionKey(values: readonly string[]): string {
  return JSON.stringify(values);
}

export function findProject(state: State, name: string): Project {
  const project = state.projects.get(name.toLowerCase());
  if (project === undefined) {
    throw new Refusal("NoSuchProject", `ODPS-0420111: Project not found - '${name}'`);
  }
  return project;
}

export function findSchema(state: State, project: string, name: string): Schema {
  const schema = findProject(state, project).schemas.get(name.toLowerCase());
  if (schema === undefined) {
    throw new Refusal(
      "NoSuchSchema",
      `ODPS-0130221: Schema not found - schema ${project}.${name} does not exist`,
    );
  }
  return schema;
}

/** Looks a table up by name; `undefined` when only the table itself is missing. */
export function lookUpTable(state: State, name: TableName): Table | undefined {
  return findSchema(state, name.project, name.schema).tables.get(name.table.toLowerCase());
}

export function findTable(state: State, name: TableName): Table {
  const table = lookUpTable(state, name);
  if (table === undefined) {
    throw new Refusal(
      "NoSuchTable",
      `ODPS-0130131:[1,1] Table not found - table ${formatTableName(name)} cannot be resolved`,
    );
  }
  return table;
}

export function findPartition(table: Table, values: readonly string[]): Partition {
  const partition = table.partitions.get(partitionKey(values));
  if (partition === undefined) {
    throw new Refusal(
      "NoSuchPartition",
      `The specified partition does not exist - ${formatPartition(table, values)}`,
    );
  }
  return partition;
}

/** `pt=1,region=cn`, as in requests and answers. */
export function formatPartition(table: Pick<Table, "partitionKeys">, values: readonly string[]): string {
  return table.partitionKeys.map((key, level) => `${key.name}=${values[level] ?? ""}`).join(",");
}

export function formatTableName(name: TableName): string {
  return name.schema === defaultSchemaName
    ? `${name.project}.${name.table}`
    : `${name.project}.${name.schema}.${name.table}`;
}
