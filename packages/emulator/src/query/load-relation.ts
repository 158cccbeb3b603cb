import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import type { ColumnType } from "@maxcompute-tunnel/codec";
import { Refusal } from "../refusal.ts";
import { duckName, duckString } from "../sql/query/duckdb-text.ts";
import { toDuckDbType } from "../sql/query/duckdb-type.ts";
import type { BlockFiles } from "../storage/block-files.ts";
import { readAllRows } from "../tunnel/read-rows.ts";
import type { DuckDb } from "./load-duckdb.ts";
import type { LoadedColumn, Relation } from "./relation.ts";
import { orNull, type ToDuckDb, toDuckDbValue } from "./to-duckdb-value.ts";

/** Rows that the database takes at once. */
const chunkRows = 2048;
/** So many chunks are gathered before they go into the table. */
const chunksBetweenFlushes = 8;

/**
 * Makes a relation's table in the database and fills it from the block files.
 *
 * @throws Refusal when a value cannot be held; a system error with the code ENOENT when a file went meanwhile
 */
export async function loadRelation(
  relation: Relation,
  target: { readonly duckDb: DuckDb; readonly connection: DuckDBConnection },
  { blocks, signal }: { readonly blocks: BlockFiles; readonly signal: AbortSignal },
): Promise<void> {
  const { connection } = target;
  const table = `main.${duckName(relation.name)}`;
  const columns = relation.columns.map(({ name, type }) => `${duckName(name)} ${toDuckDbType(type)}`);
  await connection.run(`CREATE TABLE ${table} (${(columns.length === 0 ? [rowsOnly] : columns).join(", ")})`);
  try {
    if (relation.columns.some(({ source }) => source.kind === "column")) {
      await appendRows(relation, target, { blocks, signal });
    } else {
      await countRows(relation, table, connection);
    }
  } catch (error) {
    await connection.run(`DROP TABLE ${table}`);
    throw error;
  }
}

/** Stands in a table of which only the number of rows is asked for. */
const rowsOnly = '"_" BOOLEAN';

async function countRows(relation: Relation, table: string, connection: DuckDBConnection): Promise<void> {
  for (const { values, segments } of relation.partitions) {
    const count = segments.reduce((sum, { recordCount }) => sum + recordCount, 0);
    const list = relation.columns.map(({ type, source }) => {
      const value = source.kind === "partition" ? keyValue(type, values[source.level] ?? "") : null;
      return value === null ? "NULL" : typeof value === "string" ? duckString(value) : String(value);
    });
    await connection.run(
      `INSERT INTO ${table} SELECT ${list.length === 0 ? "NULL" : list.join(", ")} FROM range(${count})`,
    );
  }
}

async function appendRows(
  relation: Relation,
  { duckDb, connection }: { readonly duckDb: DuckDb; readonly connection: DuckDBConnection },
  { blocks, signal }: { readonly blocks: BlockFiles; readonly signal: AbortSignal },
): Promise<void> {
  const appender = await connection.createAppender(relation.name);
  const types = relation.columns.map((_, index) => appender.columnType(index));
  const converters = relation.columns.map(({ type }) => orNull(toDuckDbValue(type, duckDb)));
  const chunk = duckDb.DuckDBDataChunk.create(types);
  const gathered = relation.columns.map((): DuckDBValue[] => []);
  let chunks = 0;
  const append = (): void => {
    const count = gathered[0]?.length ?? 0;
    if (count === 0) {
      return;
    }
    chunk.reset();
    chunk.rowCount = count;
    for (const [index, values] of gathered.entries()) {
      chunk.setColumnValues(index, values);
      values.length = 0;
    }
    appender.appendDataChunk(chunk);
    chunks += 1;
    if (chunks % chunksBetweenFlushes === 0) {
      appender.flushSync();
    }
  };
  try {
    for (const { values, segments } of relation.partitions) {
      const fills = relation.columns.map((column, index) =>
        fillerOf(column, values, converters[index] ?? ((value) => value as DuckDBValue)),
      );
      for await (const rows of readAllRows({ segments, columns: relation.stored }, blocks)) {
        signal.throwIfAborted();
        for (const row of rows) {
          for (const [index, fill] of fills.entries()) {
            gathered[index]?.push(fill(row));
          }
          if (gathered[0]?.length === chunkRows) {
            append();
          }
        }
      }
    }
    append();
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}

/** Takes a column's value out of a stored row. */
function fillerOf(
  { name, type, source }: LoadedColumn,
  values: readonly string[],
  convert: ToDuckDb,
): (row: readonly unknown[]) => DuckDBValue {
  if (source.kind === "partition") {
    const value = keyValue(type, values[source.level] ?? "");
    return () => value;
  }
  const { index } = source;
  return (row) => {
    try {
      return convert(row[index]);
    } catch (error) {
      throw error instanceof Refusal
        ? new Refusal(error.code, `${error.message} (column ${name})`, { cause: error })
        : error;
    }
  };
}

/** The value of a partition column: text, or a number where the column has them. */
function keyValue(type: ColumnType, text: string): string | number | bigint | null {
  switch (type.kind) {
    case "bigint":
      return /^-?\d+$/.test(text) ? BigInt(text) : null;
    case "tinyint":
    case "smallint":
    case "int":
      return /^-?\d+$/.test(text) ? Number(text) : null;
    default:
      return text;
  }
}
