import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { formatType, parseType } from "@maxcompute-tunnel/codec/schema";
import { parseStatements } from "../../src/sql/parse-statements.ts";
import { fromDuckDbType, toDuckDbType } from "../../src/sql/query/duckdb-type.ts";
import { readInsert, readQuery } from "../../src/sql/query/read-query.ts";
import {
  type InsertTarget,
  type TranslatedInsert,
  translateInsert,
} from "../../src/sql/query/translate-insert.ts";
import { translateQuery } from "../../src/sql/query/translate-query.ts";
import type { TranslationOptions } from "../../src/sql/query/translation.ts";
import type { QueryText } from "../../src/sql/statement.ts";

/** Tables by name: column names with their types. */
export type TestTables = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What a query gave: rows as JSON shows them, and `name type` of each column. */
export interface QueryResult {
  readonly rows: readonly (readonly unknown[])[];
  readonly columns: readonly string[];
}

/** A DuckDB in memory that answers queries of the dialect. */
export class QuerySession {
  readonly connection: DuckDBConnection;
  /** Every query that was run. */
  readonly queries: string[] = [];
  readonly #tables: TestTables;

  constructor(connection: DuckDBConnection, tables: TestTables) {
    this.connection = connection;
    this.#tables = tables;
  }

  static async open(tables: TestTables): Promise<QuerySession> {
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    await connection.run("SET TimeZone = 'UTC'");
    for (const [table, columns] of Object.entries(tables)) {
      const list = Object.entries(columns).map(
        ([name, type]) => `"${name}" ${toDuckDbType(parseType(type))}`,
      );
      await connection.run(`CREATE TABLE main."${table}" (${list.join(", ")})`);
    }
    return new QuerySession(connection, tables);
  }

  get options(): TranslationOptions {
    return {
      now: new Date("2024-05-06T07:08:09.123Z"),
      resolveTable: ({ levels }) => {
        const name = (levels.at(-1) ?? "").toLowerCase();
        const columns = this.#tables[name];
        if (columns === undefined) throw new Error(`no table ${levels.join(".")}`);
        return {
          relation: `main."${name}"`,
          columns: Object.entries(columns).map(([column, type]) => ({ name: column, type: parseType(type) })),
        };
      },
    };
  }

  /** DuckDB's text of a query. */
  translate(sql: string): string {
    return translateQuery(readQuery(queryOf(sql)), this.options).sql;
  }

  /** Runs a query. */
  async query(sql: string): Promise<QueryResult> {
    const translated = translateQuery(readQuery(queryOf(sql)), this.options);
    const reader = await this.connection.runAndReadAll(translated.sql);
    const rows = reader.getRowsJson();
    this.queries.push(sql);
    const reported = reader.columnTypes().map((type, index) => {
      // A type that translation claims must be the one that DuckDB has; a column of NULLs may have any.
      const name = type.alias ?? type.toString();
      const claimed = translated.columns[index]?.type;
      const onlyNulls = rows.every((row) => row[index] === null);
      if (claimed !== undefined && toDuckDbType(claimed) !== name && !onlyNulls) {
        throw new Error(`${sql}: column ${index} is ${name}, said to be ${formatType(claimed)}`);
      }
      return formatType(fromDuckDbType(name));
    });
    return {
      rows,
      columns: translated.columns.map(
        ({ name, type }, index) => `${name} ${type === undefined ? reported[index] : formatType(type)}`,
      ),
    };
  }

  /** Runs the SELECT of an INSERT. */
  async insert(sql: string, target: InsertTarget): Promise<TranslatedInsert & Pick<QueryResult, "rows">> {
    const translated = translateInsert(readInsert(queryOf(sql)), target, this.options);
    return { ...translated, rows: (await this.connection.runAndReadAll(translated.sql)).getRowsJson() };
  }

  close(): void {
    this.connection.closeSync();
  }
}

function queryOf(sql: string): QueryText {
  const [statement] = parseStatements(sql);
  if (statement?.kind !== "query") throw new Error(`Expected a query, got ${sql}`);
  return statement.query;
}
