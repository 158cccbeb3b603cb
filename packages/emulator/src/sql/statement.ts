import type { ColumnType } from "@maxcompute-tunnel/codec/schema";
import type { Token } from "./token.ts";

/** One statement of a script, as read; names are as written, without back-quotes. */
export type Statement =
  | CreateTableStatement
  | CreateTableLikeStatement
  | CreateTableAsStatement
  | DropTableStatement
  | TruncateTableStatement
  | AddPartitionsStatement
  | DropPartitionsStatement
  | AddColumnsStatement
  | RenameTableStatement
  | SetTableStatement
  | DescribeTableStatement
  | ShowTablesStatement
  | ShowPartitionsStatement
  | ShowCreateTableStatement
  | CreateSchemaStatement
  | DropSchemaStatement
  | ShowSchemasStatement
  | SetStatement
  | QueryStatement;

/** Where a statement stands in the script it came from, and its text. */
export interface StatementSource {
  /** Line of the first word, from 1. */
  readonly line: number;
  /** Column of the first word, from 1. */
  readonly column: number;
  /** The statement as written, without the `;` behind it. */
  readonly text: string;
}

/**
 * A name of one, two or three levels, as written.
 *
 * `levels` holds them in order. With two levels the first is a project, or a schema where the request runs in the
 * three-level model; with three they are project, schema and table: only the caller knows which model holds.
 */
export interface ObjectName {
  /** One to three parts, outermost first. */
  readonly levels: readonly string[];
  readonly line: number;
  readonly column: number;
}

/** A column of a `CREATE TABLE` or `ADD COLUMNS`. */
export interface ColumnDefinition {
  readonly name: string;
  readonly type: ColumnType;
  /** False after `NOT NULL`, and for the columns of a primary key. */
  readonly nullable: boolean;
  /** Text of `COMMENT '…'`; empty without one. */
  readonly comment: string;
  /** Source text of the `DEFAULT` expression, such as `0`, `'none'` or `getdate()`. */
  readonly defaultValue?: string;
}

/** `pt = 'a'` of a partition spec; the value is the text between the quotes, or the number as written. */
export interface PartitionValue {
  readonly key: string;
  readonly value: string;
}

/** Every level of one partition, in the order written. */
export type PartitionValues = readonly PartitionValue[];

/** `CREATE TABLE [IF NOT EXISTS] t (columns …)`. */
export interface CreateTableStatement extends TableOptions {
  readonly kind: "create-table";
  readonly source: StatementSource;
  readonly table: ObjectName;
  readonly ifNotExists: boolean;
  readonly columns: readonly ColumnDefinition[];
  /** Columns of `PARTITIONED BY`; empty for a plain table. */
  readonly partitionColumns: readonly ColumnDefinition[];
  /** Column names of `PRIMARY KEY`; empty without one. */
  readonly primaryKey: readonly string[];
}

/** `CREATE TABLE [IF NOT EXISTS] t LIKE other`. */
export interface CreateTableLikeStatement extends TableOptions {
  readonly kind: "create-table-like";
  readonly source: StatementSource;
  readonly table: ObjectName;
  readonly ifNotExists: boolean;
  readonly like: ObjectName;
}

/** `CREATE TABLE [IF NOT EXISTS] t … AS SELECT …`. */
export interface CreateTableAsStatement extends TableOptions {
  readonly kind: "create-table-as";
  readonly source: StatementSource;
  readonly table: ObjectName;
  readonly ifNotExists: boolean;
  readonly query: QueryText;
}

/** What may follow the columns of a `CREATE TABLE`. */
export interface TableOptions {
  /** Text of the table's `COMMENT '…'`; empty without one. */
  readonly comment: string;
  /** `TBLPROPERTIES`, in the order written. */
  readonly properties: readonly TableProperty[];
  /** Days of `LIFECYCLE n`. */
  readonly lifecycleDays?: number;
}

/** One pair of `TBLPROPERTIES('key'='value')`. */
export interface TableProperty {
  readonly key: string;
  readonly value: string;
}

/** `DROP TABLE [IF EXISTS] t`. */
export interface DropTableStatement {
  readonly kind: "drop-table";
  readonly source: StatementSource;
  readonly table: ObjectName;
  readonly ifExists: boolean;
}

/** `TRUNCATE TABLE t [PARTITION (…)[, PARTITION (…)]]`; without partitions the whole table. */
export interface TruncateTableStatement {
  readonly kind: "truncate-table";
  readonly source: StatementSource;
  readonly table: ObjectName;
  readonly partitions: readonly PartitionValues[];
}

/** `ALTER TABLE t ADD [IF NOT EXISTS] PARTITION (…) [PARTITION (…)] …`. */
export interface AddPartitionsStatement {
  readonly kind: "add-partitions";
  readonly source: StatementSource;
  readonly table: ObjectName;
  readonly ifNotExists: boolean;
  readonly partitions: readonly PartitionValues[];
}

/** `ALTER TABLE t DROP [IF EXISTS] PARTITION (…)[, PARTITION (…)] …`. */
export interface DropPartitionsStatement {
  readonly kind: "drop-partitions";
  readonly source: StatementSource;
  readonly table: ObjectName;
  readonly ifExists: boolean;
  readonly partitions: readonly PartitionValues[];
}

/** `ALTER TABLE t ADD COLUMNS [IF NOT EXISTS] (…)`. */
export interface AddColumnsStatement {
  readonly kind: "add-columns";
  readonly source: StatementSource;
  readonly table: ObjectName;
  readonly ifNotExists: boolean;
  readonly columns: readonly ColumnDefinition[];
}

/** `ALTER TABLE t RENAME TO new_name`; the new name has one level. */
export interface RenameTableStatement {
  readonly kind: "rename-table";
  readonly source: StatementSource;
  readonly table: ObjectName;
  readonly to: string;
}

/** `ALTER TABLE t SET COMMENT '…'`, `SET LIFECYCLE n` or `SET TBLPROPERTIES (…)`. */
export interface SetTableStatement {
  readonly kind: "set-table";
  readonly source: StatementSource;
  readonly table: ObjectName;
  readonly change:
    | { readonly kind: "comment"; readonly comment: string }
    | { readonly kind: "lifecycle"; readonly days: number }
    | { readonly kind: "properties"; readonly properties: readonly TableProperty[] };
}

/** `DESC[RIBE] [EXTENDED] t [PARTITION (…)]`. */
export interface DescribeTableStatement {
  readonly kind: "describe-table";
  readonly source: StatementSource;
  readonly table: ObjectName;
  readonly extended: boolean;
  readonly partition?: PartitionValues;
}

/** `SHOW TABLES [IN p[.s]] [LIKE 'pattern']`; `*` and `%` stand for any text in the pattern. */
export interface ShowTablesStatement {
  readonly kind: "show-tables";
  readonly source: StatementSource;
  /** Project, or project and schema. */
  readonly in?: ObjectName;
  readonly like?: string;
}

/** `SHOW PARTITIONS t [PARTITION (…)]`; a partition given in part restricts the list. */
export interface ShowPartitionsStatement {
  readonly kind: "show-partitions";
  readonly source: StatementSource;
  readonly table: ObjectName;
  readonly partition?: PartitionValues;
}

/** `SHOW CREATE TABLE t`. */
export interface ShowCreateTableStatement {
  readonly kind: "show-create-table";
  readonly source: StatementSource;
  readonly table: ObjectName;
}

/** `CREATE SCHEMA [IF NOT EXISTS] [p.]s [COMMENT '…']`. */
export interface CreateSchemaStatement {
  readonly kind: "create-schema";
  readonly source: StatementSource;
  readonly schema: ObjectName;
  readonly ifNotExists: boolean;
  readonly comment: string;
}

/** `DROP SCHEMA [IF EXISTS] [p.]s [CASCADE | RESTRICT]`. */
export interface DropSchemaStatement {
  readonly kind: "drop-schema";
  readonly source: StatementSource;
  readonly schema: ObjectName;
  readonly ifExists: boolean;
  readonly cascade: boolean;
}

/** `SHOW SCHEMAS [IN p] [LIKE 'pattern']`. */
export interface ShowSchemasStatement {
  readonly kind: "show-schemas";
  readonly source: StatementSource;
  readonly in?: ObjectName;
  readonly like?: string;
}

/** `SET key = value`; both as written, the value without surrounding blanks. */
export interface SetStatement {
  readonly kind: "set";
  readonly source: StatementSource;
  readonly key: string;
  readonly value: string;
}

/** `SELECT`, `WITH`, `VALUES`, `INSERT` or `FROM … INSERT`: recognised here, read by the query parser. */
export interface QueryStatement {
  readonly kind: "query";
  readonly source: StatementSource;
  readonly verb: "select" | "with" | "values" | "insert" | "from";
  readonly query: QueryText;
}

/** A query kept as its tokens, so that errors in it still point into the script. */
export interface QueryText {
  readonly text: string;
  /** Tokens of the query, closed by an `end` token. */
  readonly tokens: readonly Token[];
}
