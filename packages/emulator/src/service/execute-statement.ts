import { formatType } from "@maxcompute-tunnel/codec/schema";
import type { Clock } from "../clock.ts";
import { insertRows } from "../query/insert-rows.ts";
import type { QueryEngine } from "../query/query-engine.ts";
import type { QueryContext } from "../query/run-query.ts";
import { selectRows } from "../query/select-rows.ts";
import { Refusal } from "../refusal.ts";
import { readInsert, readQuery } from "../sql/query/read-query.ts";
import { sqlErrorAt } from "../sql/sql-error.ts";
import type { ColumnDefinition, ObjectName, Statement } from "../sql/statement.ts";
import type { NewTable } from "../storage/change.ts";
import { orderValues } from "../storage/partition-spec.ts";
import {
  findSchema,
  findTable,
  lookUpTable,
  type ResultRows,
  type Segment,
  type Table,
  type TableColumn,
} from "../storage/state.ts";
import type { Store } from "../storage/store.ts";
import { describeTable, listPartitions, listSchemas, listTables, showCreateTable } from "./listings.ts";
import { type NameScope, resolveSchemaName, resolveTableName } from "./object-names.ts";

/** What a statement runs in. */
export interface StatementContext extends NameScope {
  readonly store: Store;
  readonly queries: QueryEngine;
  readonly clock: Clock;
  /** Owner of what is created. */
  readonly owner: string;
  /** Aborted when the statement is to stop. */
  readonly signal: AbortSignal;
}

/**
 * Runs one statement and returns what it prints, or the rows of a query, whose files belong to the caller. The change
 * it makes is durable then.
 *
 * @throws Refusal when the catalog does not allow it, or the statement is not offered
 */
export async function executeStatement(
  statement: Statement,
  context: StatementContext,
): Promise<string | ResultRows> {
  const { store, clock } = context;
  const { state } = store;
  const at = clock.now();
  const find = (name: ObjectName): Table => findTable(state, resolveTableName(name, context));

  switch (statement.kind) {
    case "create-table":
      await create(statement.table, statement.ifNotExists, context, {
        ...optionsOf(statement),
        columns: statement.columns.map(columnOf),
        partitionKeys: statement.partitionColumns.map(columnOf),
        primaryKey: statement.primaryKey.map((name) => name.toLowerCase()),
      });
      return "";
    case "create-table-like": {
      const { columns, partitionKeys, primaryKey, comment, properties } = find(statement.like);
      const options = optionsOf(statement);
      await create(statement.table, statement.ifNotExists, context, {
        ...options,
        columns,
        partitionKeys,
        primaryKey,
        comment: options.comment || comment,
        properties: { ...properties, ...options.properties },
      });
      return "";
    }
    case "drop-table": {
      const table = lookUpTable(state, resolveTableName(statement.table, context));
      if (table !== undefined) {
        await store.submit({ kind: "drop-table", tableId: table.id });
      } else if (!statement.ifExists) {
        find(statement.table);
      }
      return "";
    }
    case "truncate-table": {
      const table = find(statement.table);
      const some = statement.partitions.map((values) => orderValues(table, values));
      const partitions = some.length > 0 ? { partitions: some } : {};
      await store.submit({ kind: "truncate-table", at, tableId: table.id, ...partitions });
      return "";
    }
    case "add-partitions":
    case "drop-partitions": {
      const table = find(statement.table);
      const target = {
        at,
        tableId: table.id,
        partitions: statement.partitions.map((values) => orderValues(table, values)),
      };
      await store.submit(
        statement.kind === "add-partitions"
          ? { kind: "add-partitions", ...target, ifNotExists: statement.ifNotExists }
          : { kind: "drop-partitions", ...target, ifExists: statement.ifExists },
      );
      return "";
    }
    case "add-columns": {
      const table = find(statement.table);
      const present = new Set(table.columns.map(({ name }) => name));
      const columns = statement.columns
        .map(columnOf)
        .filter(({ name }) => !(statement.ifNotExists && present.has(name)));
      if (columns.some(({ nullable }) => !nullable)) {
        throw new Refusal("InvalidArgument", "ODPS-0130071: A column added to a table cannot be NOT NULL");
      }
      await store.submit({ kind: "add-columns", at, tableId: table.id, columns });
      return "";
    }
    case "rename-table":
      await store.submit({
        kind: "rename-table",
        at,
        tableId: find(statement.table).id,
        name: statement.to.toLowerCase(),
      });
      return "";
    case "set-table":
      await store.submit({
        kind: "set-table",
        at,
        tableId: find(statement.table).id,
        ...settings(statement),
      });
      return "";
    case "create-schema": {
      const { project, schema } = resolveSchemaName(statement.schema, context);
      const exists = state.projects.get(project.toLowerCase())?.schemas.has(schema.toLowerCase()) ?? false;
      if (!(exists && statement.ifNotExists)) {
        const name = schema.toLowerCase();
        await store.submit({ kind: "create-schema", at, project, schema: name, comment: statement.comment });
      }
      return "";
    }
    case "drop-schema": {
      const { project, schema } = resolveSchemaName(statement.schema, context);
      const exists = state.projects.get(project.toLowerCase())?.schemas.has(schema.toLowerCase()) ?? false;
      if (exists || !statement.ifExists) {
        findSchema(state, project, schema);
        await store.submit({ kind: "drop-schema", project, schema, cascade: statement.cascade });
      }
      return "";
    }
    case "describe-table": {
      const table = find(statement.table);
      const partition =
        statement.partition === undefined ? undefined : orderValues(table, statement.partition);
      return describeTable(table, { extended: statement.extended, partition });
    }
    case "show-tables": {
      const { project, schema } = resolveShown(statement.in, context);
      return listTables(findSchema(state, project, schema), statement.like);
    }
    case "show-partitions":
      return listPartitions(find(statement.table), statement.partition ?? []);
    case "show-create-table":
      return showCreateTable(find(statement.table));
    case "show-schemas":
      return listSchemas(state, statement.in?.levels[0] ?? context.project, statement.like);
    case "set":
      return "";
    case "query":
      return await executeQuery(statement, context);
    case "create-table-as":
      await createTableAs(statement, context);
      return "";
  }
}

async function executeQuery(
  { verb, query, source }: Extract<Statement, { kind: "query" }>,
  context: StatementContext,
): Promise<string | ResultRows> {
  switch (verb) {
    case "from":
      throw sqlErrorAt(source, "not-supported", "FROM … INSERT is not supported");
    case "insert":
      await insertRows(readInsert(query), { ...queryContext(context), store: context.store });
      return "";
    default:
      return await selectRows(readQuery(query), queryContext(context), context.store.blocks);
  }
}

/** The table and its rows come to be in one step; until then the rows are a file that nobody knows. */
async function createTableAs(
  statement: Extract<Statement, { kind: "create-table-as" }>,
  context: StatementContext,
): Promise<void> {
  const { store } = context;
  if (
    statement.ifNotExists &&
    lookUpTable(store.state, resolveTableName(statement.table, context)) !== undefined
  ) {
    return;
  }
  const { columns, segments } = await selectRows(
    readQuery(statement.query),
    queryContext(context),
    store.blocks,
  );
  try {
    await create(statement.table, statement.ifNotExists, context, {
      ...optionsOf(statement),
      columns: columns.map((column) => ({ ...column, name: column.name.toLowerCase() })),
      partitionKeys: [],
      primaryKey: [],
      segments,
    });
  } finally {
    store.blocks.removeLater(segments.flatMap(({ file }) => (store.state.files.has(file) ? [] : [file])));
  }
}

function queryContext(context: StatementContext): QueryContext {
  const { store, queries, clock, signal } = context;
  return {
    engine: queries,
    now: clock.now(),
    signal,
    findTable: (name) => {
      const table = lookUpTable(store.state, resolveTableName(name, context));
      if (table === undefined) {
        throw new Refusal(
          "NoSuchTable",
          `ODPS-0130131:[${name.line},${name.column}] Table not found - table ${name.levels.join(".")} cannot be resolved`,
        );
      }
      return table;
    },
  };
}

function settings({ change }: Extract<Statement, { kind: "set-table" }>): {
  comment?: string;
  lifecycleDays?: number;
  properties?: Record<string, string>;
} {
  switch (change.kind) {
    case "comment":
      return { comment: change.comment };
    case "lifecycle":
      return { lifecycleDays: change.days };
    case "properties":
      return { properties: record(change.properties) };
  }
}

/** `SHOW TABLES IN x`: a project in the two-level model, a schema in the three-level one. */
function resolveShown(
  name: ObjectName | undefined,
  context: StatementContext,
): { project: string; schema: string } {
  const [first, second] = name?.levels ?? [];
  if (first === undefined) {
    return context;
  }
  if (second !== undefined) {
    return { project: first, schema: second };
  }
  return context.schemasEnabled
    ? { project: context.project, schema: first }
    : { project: first, schema: context.schema };
}

async function create(
  name: ObjectName,
  ifNotExists: boolean,
  context: StatementContext,
  {
    segments,
    ...settled
  }: Omit<NewTable, "id" | "owner" | "project" | "schema" | "table"> & {
    readonly segments?: readonly Segment[];
  },
): Promise<void> {
  const { store, clock } = context;
  const { project, schema, table } = resolveTableName(name, context);
  const target = { project, schema, table: table.toLowerCase() };
  if (ifNotExists && lookUpTable(store.state, target) !== undefined) {
    return;
  }
  const at = clock.now();
  const isOne = { ...settled, ...target, id: store.newId(at), owner: context.owner };
  try {
    await store.submit({
      kind: "create-table",
      at,
      table: isOne,
      ...(segments === undefined ? {} : { segments }),
    });
  } catch (error) {
    const raced = error instanceof Refusal && error.code === "ObjectAlreadyExists";
    if (!(ifNotExists && raced)) {
      throw error;
    }
  }
}

function optionsOf(
  statement: Extract<Statement, { kind: "create-table" | "create-table-like" | "create-table-as" }>,
): Pick<NewTable, "comment" | "properties" | "lifecycleDays"> {
  return {
    comment: statement.comment,
    properties: record(statement.properties),
    ...(statement.lifecycleDays === undefined ? {} : { lifecycleDays: statement.lifecycleDays }),
  };
}

function columnOf(column: ColumnDefinition): TableColumn {
  return {
    name: column.name.toLowerCase(),
    type: formatType(column.type),
    nullable: column.nullable,
    comment: column.comment,
    ...(column.defaultValue === undefined ? {} : { defaultValue: column.defaultValue }),
  };
}

function record(pairs: readonly { readonly key: string; readonly value: string }[]): Record<string, string> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
}
