import { parseType } from "@maxcompute-tunnel/codec";
import { parseStatements } from "../sql/parse-statements.ts";
import type { Insert } from "../sql/query/query.ts";
import { readInsert } from "../sql/query/read-query.ts";
import { type InsertTarget, type TranslatedInsert, translateInsert } from "../sql/query/translate-insert.ts";
import type { TranslationOptions } from "../sql/query/translation.ts";
import { sqlErrorAt } from "../sql/sql-error.ts";
import { orderValues } from "../storage/partition-spec.ts";
import type { Table, TableColumn } from "../storage/state.ts";
import type { Store } from "../storage/store.ts";
import { checkTakesAppends } from "../tunnel/table-target.ts";
import { PartitionWriters } from "./partition-writers.ts";
import { type QueryContext, runQuery, type Translated } from "./run-query.ts";

/** Stands for NULL in a dynamic partition column, as in the service. */
const nullPartition = "__HIVE_DEFAULT_PARTITION__";

/**
 * Runs an INSERT: its rows become durable files, and one entry of the journal puts them into the table.
 *
 * @throws SqlError or Refusal saying why it failed; the table is as it was then
 */
export async function insertRows(
  insert: Insert,
  context: QueryContext & { readonly store: Store },
): Promise<void> {
  const { store, now } = context;
  const table = context.findTable(insert.table);
  checkTakesAppends(table);
  const target = targetOf(table);
  const translate = (options: TranslationOptions): TranslatedInsert => translateInto(insert, target, options);
  let translated: TranslatedInsert | undefined;
  const writers = new PartitionWriters(store.blocks, table.columns);
  try {
    const defaults = await defaultsOf(insert, table, context);
    await runQuery(
      insert.query,
      (options) => {
        translated = translate(options);
        return outputOf(translated, target);
      },
      context,
      async ({ batches }) => {
        const { fixedLevels = [], dynamicLevels = [] } = translated ?? {};
        const width = table.columns.length;
        const fixed = fixedLevels.map(({ value }) => value);
        if (dynamicLevels.length === 0) {
          // Also without rows: the partition is created, and emptied when it is overwritten.
          writers.touch(partitionOf(table, fixed));
        }
        for await (const rows of batches) {
          for (const [levels, some] of byDynamicLevels(rows, width)) {
            const data = some.map((row) => withDefaults(row.slice(0, width), defaults));
            await writers.addAll(partitionOf(table, [...fixed, ...levels]), data);
          }
        }
      },
    );
    const partitions = await writers.finish();
    await store.submit({
      kind: "write-rows",
      at: now,
      tableId: table.id,
      overwrite: insert.overwrite,
      partitions,
    });
  } catch (error) {
    await writers.discard();
    throw error;
  }
}

function targetOf(table: Table): InsertTarget {
  const typed = ({ name, type }: TableColumn): InsertTarget["columns"][number] => ({
    name,
    type: parseType(type),
  });
  return { columns: table.columns.map(typed), partitionColumns: table.partitionKeys.map(typed) };
}

function translateInto(insert: Insert, target: InsertTarget, options: TranslationOptions): TranslatedInsert {
  try {
    return translateInsert(insert, target, options);
  } catch (error) {
    if (error instanceof RangeError) {
      throw sqlErrorAt(insert.table, "not-supported", `${error.message}: writing it is not supported`);
    }
    throw error;
  }
}

function outputOf({ sql, dynamicLevels }: TranslatedInsert, target: InsertTarget): Translated {
  const dynamic = dynamicLevels.map((name) => ({ name, type: { kind: "string" } as const }));
  return { sql, columns: [...target.columns, ...dynamic] };
}

type Row = readonly unknown[];

/** Rows in the order given, together where they go to the same partition: its levels stand behind the columns. */
function byDynamicLevels(rows: readonly Row[], width: number): Iterable<[readonly string[], Row[]]> {
  const groups = new Map<string, [readonly string[], Row[]]>();
  for (const row of rows) {
    const levels = row.slice(width).map((value) => (value === null ? nullPartition : String(value)));
    const key = JSON.stringify(levels);
    const group = groups.get(key) ?? [levels, []];
    group[1].push(row);
    groups.set(key, group);
  }
  return groups.values();
}

function withDefaults(row: unknown[], defaults: readonly (readonly [number, unknown])[]): Row {
  for (const [index, value] of defaults) {
    row[index] = value;
  }
  return row;
}

function partitionOf(table: Table, values: readonly string[]): readonly string[] {
  return orderValues(
    table,
    table.partitionKeys.map(({ name }, level) => ({ key: name, value: values[level] ?? "" })),
  );
}

/** Values of the columns that the INSERT does not name and that have a DEFAULT, by the place of the column. */
async function defaultsOf(
  insert: Insert,
  table: Table,
  context: QueryContext,
): Promise<readonly (readonly [number, unknown])[]> {
  const named = new Set(insert.columns.map((name) => name.toLowerCase()));
  const missing = [...table.columns.entries()].filter(
    ([, { name, defaultValue }]) => named.size > 0 && defaultValue !== undefined && !named.has(name),
  );
  if (missing.length === 0) {
    return [];
  }
  const values = missing.map(([, { defaultValue }]) => defaultValue).join(", ");
  const [statement] = parseStatements(`INSERT INTO t VALUES (${values})`);
  if (statement?.kind !== "query") {
    throw new TypeError("Expected DEFAULT texts that make an INSERT");
  }
  const constants = readInsert(statement.query);
  const columns = missing.map(([, { name, type }]) => ({ name, type: parseType(type) }));
  const target: InsertTarget = { columns, partitionColumns: [] };
  const translate = (options: TranslationOptions): Translated =>
    outputOf(translateInto(constants, target, options), target);
  return await runQuery(constants.query, translate, context, async ({ batches }) => {
    for await (const [row = []] of batches) {
      return missing.map(([index], place) => [index, row[place]] as const);
    }
    return [];
  });
}
