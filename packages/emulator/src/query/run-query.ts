import { type ColumnType, formatType } from "@maxcompute-tunnel/codec";
import { fromDuckDbType } from "../sql/query/duckdb-type.ts";
import type { Query } from "../sql/query/query.ts";
import type { OutputColumn } from "../sql/query/scope.ts";
import type { TranslationOptions } from "../sql/query/translation.ts";
import { sqlErrorAt } from "../sql/sql-error.ts";
import type { ObjectName } from "../sql/statement.ts";
import type { Table } from "../storage/state.ts";
import { fromDuckDbValue, orNull } from "./from-duckdb-value.ts";
import { neededColumns } from "./needed-columns.ts";
import { partitionTests } from "./needed-partitions.ts";
import type { EngineResult, QueryEngine } from "./query-engine.ts";
import { columnsInQueries, planRelation, type Relation } from "./relation.ts";

/** What a query runs with. */
export interface QueryContext {
  readonly engine: QueryEngine;
  /** Finds a table, or throws the error that clients are to see. */
  readonly findTable: (name: ObjectName) => Table;
  /** Milliseconds since 1970 that GETDATE and its like tell. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/** A query in the database's SQL; `columns` lack a type where only the database knows it. */
export interface Translated {
  readonly sql: string;
  readonly columns: readonly OutputColumn[];
}

/** A column of a result. */
export interface ResultColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** The rows of a query, values as the record encoder takes them. */
export interface QueryRows {
  readonly columns: readonly ResultColumn[];
  readonly batches: AsyncIterable<readonly (readonly unknown[])[]>;
}

/** A file of a table may go while a query begins; the query is then planned again, so many times. */
const attempts = 5;

/**
 * Runs a query over the tables as they are now. `translate` may be called again with newer ones, `consume` is called
 * once.
 *
 * @throws SqlError or Refusal saying what is wrong with the query
 */
export async function runQuery<T>(
  query: Query,
  translate: (options: TranslationOptions) => Translated,
  context: QueryContext,
  consume: (rows: QueryRows) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    let consumed = false;
    try {
      const { relations, options } = relationsOf(query, context);
      const { sql, columns } = translate(options);
      return await context.engine.run({ sql, relations, signal: context.signal }, (result) => {
        consumed = true;
        return consume(rowsOf(result, columns));
      });
    } catch (error) {
      const fileGone = error instanceof Error && "code" in error && error.code === "ENOENT";
      if (!fileGone || consumed || attempt === attempts) {
        throw error;
      }
    }
  }
}

/** Translation adds to `relations` as it meets tables. */
function relationsOf(
  query: Query,
  { findTable, now }: QueryContext,
): { readonly relations: readonly Relation[]; readonly options: TranslationOptions } {
  const needed = neededColumns(query);
  const tests = partitionTests(query);
  const relations: Relation[] = [];
  return {
    relations,
    options: {
      now: new Date(now),
      resolveTable: (name) => {
        const relation = planRelation(findTable(name), needed, tests.get(name) ?? []);
        const unreadable = relation.columns.find(({ type }) => !canBeRead(type));
        if (unreadable !== undefined) {
          const problem = `column ${unreadable.name} is ${formatType(unreadable.type)}, which queries`;
          throw sqlErrorAt(name, "not-supported", `${problem} cannot read: reading it is not supported`);
        }
        relations.push(relation);
        return { relation: `main."${relation.name}"`, columns: columnsInQueries(findTable(name)) };
      },
    },
  };
}

function canBeRead(type: ColumnType): boolean {
  switch (type.kind) {
    case "vector":
    case "geography":
      return false;
    case "array":
      return canBeRead(type.element);
    case "map":
      return canBeRead(type.key) && canBeRead(type.value);
    case "struct":
      return type.fields.every((field) => canBeRead(field.type));
    default:
      return true;
  }
}

function rowsOf({ types, chunks }: EngineResult, claimed: readonly OutputColumn[]): QueryRows {
  const columns = claimed.map(({ name, type }, index) => ({
    name,
    type: type ?? fromDuckDbType(types[index] ?? ""),
  }));
  const converters = columns.map(({ type }) => orNull(fromDuckDbValue(type)));
  return {
    columns,
    batches: (async function* () {
      for await (const rows of chunks) {
        yield rows.map((row) => converters.map((convert, index) => convert(row[index])));
      }
    })(),
  };
}
