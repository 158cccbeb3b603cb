import { Refusal } from "../refusal.ts";
import type { CatalogChange, NewTable } from "./change.ts";
import { releaseFiles, retainFiles } from "./file-owners.ts";
import {
  defaultSchemaName,
  findPartition,
  findProject,
  findSchema,
  formatPartition,
  formatTableName,
  type Partition,
  partitionKey,
  type State,
  type Table,
} from "./state.ts";

/** Applies a change of projects, schemas, tables or partitions; see `applyChange`. */
export function applyCatalogChange(state: State, change: CatalogChange, released: string[]): void {
  switch (change.kind) {
    case "create-project": {
      const { project: name, owner, comment, at } = change;
      if (state.projects.has(name.toLowerCase())) {
        throw alreadyExists(`project ${name}`);
      }
      const schema = { name: defaultSchemaName, comment: "", createdAt: at, tables: new Map() };
      const schemas = new Map([[defaultSchemaName, schema]]);
      state.projects.set(name.toLowerCase(), { name, owner, comment, createdAt: at, schemas });
      return;
    }
    case "create-schema": {
      const { schemas } = findProject(state, change.project);
      const { schema: name, comment, at } = change;
      if (schemas.has(name.toLowerCase())) {
        throw alreadyExists(`schema ${change.project}.${name}`);
      }
      schemas.set(name.toLowerCase(), { name, comment, createdAt: at, tables: new Map() });
      return;
    }
    case "drop-schema": {
      const schema = findSchema(state, change.project, change.schema);
      if (schema.name === defaultSchemaName) {
        throw new Refusal("InvalidArgument", "ODPS-0130071: The schema default cannot be dropped");
      }
      if (schema.tables.size > 0 && !change.cascade) {
        throw new Refusal(
          "InvalidArgument",
          `ODPS-0130071: Schema ${change.project}.${schema.name} is not empty; drop its tables first, or add CASCADE`,
        );
      }
      for (const table of [...schema.tables.values()]) {
        dropTable(state, table, released);
      }
      findProject(state, change.project).schemas.delete(schema.name.toLowerCase());
      return;
    }
    case "create-table": {
      const { at, segments = [] } = change;
      const table = createTable(state, change.table, { createdAt: at, lastDdlAt: at, lastModifiedAt: at });
      if (segments.length > 0) {
        findPartition(table, []).segments = segments;
        retainFiles(state, segments);
      }
      return;
    }
    case "drop-table":
      dropTable(state, tableById(state, change.tableId), released);
      return;
    case "rename-table":
      renameTable(state, change);
      return;
    case "truncate-table": {
      const table = tableById(state, change.tableId);
      const partitions = change.partitions?.map((values) => findPartition(table, values));
      for (const partition of partitions ?? table.partitions.values()) {
        releaseFiles(state, partition.segments, released);
        partition.segments = [];
        partition.version += 1;
        partition.lastModifiedAt = change.at;
      }
      table.lastModifiedAt = change.at;
      return;
    }
    case "add-columns": {
      const table = tableById(state, change.tableId);
      const taken = new Set([...table.columns, ...table.partitionKeys].map(({ name }) => name.toLowerCase()));
      for (const { name } of change.columns) {
        if (taken.has(name.toLowerCase())) {
          throw alreadyExists(`column ${name}`);
        }
        taken.add(name.toLowerCase());
      }
      table.columns = [...table.columns, ...change.columns];
      table.columnCounts = [...table.columnCounts, table.columns.length];
      table.schemaVersion += 1;
      table.lastDdlAt = change.at;
      return;
    }
    case "set-table": {
      const table = tableById(state, change.tableId);
      table.comment = change.comment ?? table.comment;
      table.lifecycleDays = change.lifecycleDays ?? table.lifecycleDays;
      table.properties = { ...table.properties, ...change.properties };
      table.lastDdlAt = change.at;
      return;
    }
    case "add-partitions":
      addPartitions(state, change);
      return;
    case "drop-partitions": {
      const table = tableById(state, change.tableId);
      if (!change.ifExists) {
        change.partitions.forEach((values) => {
          findPartition(table, values);
        });
      }
      for (const values of change.partitions) {
        const key = partitionKey(values);
        releaseFiles(state, table.partitions.get(key)?.segments ?? [], released);
        table.partitions.delete(key);
        forgetSessions(state, released, (session) => {
          return session.tableId === table.id && partitionKey(session.partition) === key;
        });
      }
    }
  }
}

/** What a table carries besides what `CREATE TABLE` says. */
export interface TableHistory {
  /** Changes of the columns so far. @default 0 */
  readonly schemaVersion?: number;
  /** Columns at each schema version. @default all of them at the only one */
  readonly columnCounts?: readonly number[];
  readonly createdAt: number;
  readonly lastDdlAt: number;
  readonly lastModifiedAt: number;
}

/** Adds a table; a plain one gets its only partition. */
export function createTable(
  state: State,
  { table: name, ...settled }: NewTable,
  history: TableHistory,
): Table {
  const { tables } = findSchema(state, settled.project, settled.schema);
  if (tables.has(name.toLowerCase())) {
    throw alreadyExists(`table ${formatTableName({ ...settled, table: name })}`);
  }
  const table: Table = {
    lifecycleDays: undefined,
    ...settled,
    schemaVersion: history.schemaVersion ?? 0,
    columnCounts: history.columnCounts ?? [settled.columns.length],
    createdAt: history.createdAt,
    lastDdlAt: history.lastDdlAt,
    lastModifiedAt: history.lastModifiedAt,
    name,
    partitions: new Map(),
  };
  if (table.partitionKeys.length === 0) {
    table.partitions.set(partitionKey([]), newPartition([], history.createdAt));
  }
  tables.set(name.toLowerCase(), table);
  state.tables.set(table.id, table);
  return table;
}

/** The table a session or statement was given, unless it was dropped since. */
export function tableById(state: State, id: string): Table {
  const table = state.tables.get(id);
  if (table === undefined) {
    throw new Refusal("NoSuchTable", "ODPS-0130131: Table not found - it was dropped meanwhile");
  }
  return table;
}

export function newPartition(values: readonly string[], at: number): Partition {
  return { values, createdAt: at, lastModifiedAt: at, version: 0, segments: [] };
}

function dropTable(state: State, table: Table, released: string[]): void {
  for (const partition of table.partitions.values()) {
    releaseFiles(state, partition.segments, released);
  }
  forgetSessions(state, released, (session) => session.tableId === table.id);
  findSchema(state, table.project, table.schema).tables.delete(table.name.toLowerCase());
  state.tables.delete(table.id);
}

function renameTable(state: State, change: Extract<CatalogChange, { kind: "rename-table" }>): void {
  const table = tableById(state, change.tableId);
  const { tables } = findSchema(state, table.project, table.schema);
  if (tables.has(change.name.toLowerCase())) {
    throw alreadyExists(`table ${formatTableName({ ...table, table: change.name })}`);
  }
  tables.delete(table.name.toLowerCase());
  table.name = change.name;
  table.lastDdlAt = change.at;
  tables.set(change.name.toLowerCase(), table);
}

function addPartitions(state: State, change: Extract<CatalogChange, { kind: "add-partitions" }>): void {
  const table = tableById(state, change.tableId);
  if (!change.ifNotExists) {
    const taken = change.partitions.find((values) => table.partitions.has(partitionKey(values)));
    if (taken !== undefined) {
      throw alreadyExists(`partition ${formatPartition(table, taken)}`);
    }
  }
  for (const values of change.partitions) {
    const key = partitionKey(values);
    if (!table.partitions.has(key)) {
      table.partitions.set(key, newPartition(values, change.at));
    }
  }
}

/** Sessions end with what they were made for. */
function forgetSessions(
  state: State,
  released: string[],
  ends: (session: { readonly tableId: string; readonly partition: readonly string[] }) => boolean,
): void {
  for (const upload of state.uploads.values()) {
    if (ends(upload)) {
      if (upload.status === "normal") {
        releaseFiles(state, upload.blocks.values(), released);
      }
      state.uploads.delete(upload.id);
    }
  }
  for (const download of state.downloads.values()) {
    if (ends(download)) {
      releaseFiles(state, download.segments, released);
      state.downloads.delete(download.id);
    }
  }
  for (const stream of state.streams.values()) {
    if (ends(stream)) {
      state.streams.delete(stream.id);
    }
  }
  for (const upsert of state.upserts.values()) {
    if (ends(upsert)) {
      releaseFiles(state, upsert.packs, released);
      state.upserts.delete(upsert.id);
    }
  }
}

function alreadyExists(what: string): Refusal {
  return new Refusal("ObjectAlreadyExists", `ODPS-0130141: Object already exists - ${what}`);
}
