import { sqlErrorAt } from "../sql-error.ts";
import type { ObjectName } from "../statement.ts";
import type { Expression, Place, Query } from "./query.ts";
import type { OutputColumn, Scope } from "./scope.ts";
import type { TypedSql } from "./typed-sql.ts";

/** A table as queries see it. */
export interface TableRelation {
  /** What stands for it in a DuckDB FROM, quoted as it must be. */
  readonly relation: string;
  /** Its columns in order, partition columns last. */
  readonly columns: readonly OutputColumn[];
}

/** What translation needs from outside. */
export interface TranslationOptions {
  /** Finds a table, or throws the error that clients are to see. */
  readonly resolveTable: (name: ObjectName) => TableRelation;
  /** The moment that GETDATE and its like tell. */
  readonly now: Date;
}

/** A query in DuckDB's SQL. */
export interface TranslatedQuery {
  readonly sql: string;
  /** Its columns in order; where a type is missing, the one that DuckDB reports stands. */
  readonly columns: readonly OutputColumn[];
}

/** The tables that WITH has named so far. */
export type CommonTables = ReadonlyMap<string, readonly OutputColumn[]>;

/** One translation under way: what contains each other is reached through it. */
export interface Translation {
  readonly options: TranslationOptions;
  readonly commonTables: CommonTables;
  readonly expression: (expression: Expression, scope: Scope) => TypedSql;
  readonly query: (query: Query, scope: Scope, commonTables: CommonTables) => TranslatedQuery;
}

/** The error for a query that reads well and cannot mean anything. */
export function contradiction(problem: string, place: Place): Error {
  return sqlErrorAt(place, "semantic", problem);
}

/** The error for something that is not offered here. */
export function notSupported(what: string, place: Place): Error {
  return sqlErrorAt(place, "not-supported", `${what} is not supported`);
}
