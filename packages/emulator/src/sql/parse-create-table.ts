import {
  checkColumns,
  checkPartitionColumns,
  type LocatedColumn,
  parseColumn,
  parseColumnList,
} from "./parse-columns.ts";
import { parseObjectName, parseProperties } from "./parse-names.ts";
import { parseQueryText } from "./parse-query-text.ts";
import { sqlErrorAt } from "./sql-error.ts";
import type {
  ColumnDefinition,
  CreateTableAsStatement,
  CreateTableLikeStatement,
  CreateTableStatement,
  StatementSource,
  TableOptions,
  TableProperty,
} from "./statement.ts";
import type { Token } from "./token.ts";
import type { TokenCursor } from "./token-cursor.ts";

/** Longest lifecycle, in days, that the service takes. */
const mostLifecycleDays = 37_231;

/** Reads what follows `CREATE TABLE`. */
export function parseCreateTable(
  cursor: TokenCursor,
  source: StatementSource,
): CreateTableStatement | CreateTableLikeStatement | CreateTableAsStatement {
  const ifNotExists = cursor.acceptWords("IF", "NOT", "EXISTS");
  const table = parseObjectName(cursor);
  if (cursor.acceptWords("LIKE")) {
    const like = parseObjectName(cursor);
    const { options, partitionColumns } = parseTableOptions(cursor);
    refusePartitioning(partitionColumns, "LIKE");
    return { kind: "create-table-like", source, table, ifNotExists, like, ...options };
  }
  const elements = cursor.atSymbol("(") ? parseTableElements(cursor) : undefined;
  const { options, partitionColumns } = parseTableOptions(cursor);
  if (cursor.acceptWords("AS")) {
    if (elements !== undefined) {
      throw cursor.notSupported("a list of columns in CREATE TABLE AS");
    }
    refusePartitioning(partitionColumns, "AS");
    return { kind: "create-table-as", source, table, ifNotExists, query: parseQueryText(cursor), ...options };
  }
  if (elements === undefined) {
    throw cursor.unexpected("'(', LIKE or AS");
  }
  checkColumns([...elements.columns, ...partitionColumns]);
  checkPartitionColumns(partitionColumns);
  return {
    kind: "create-table",
    source,
    table,
    ifNotExists,
    columns: withKey(elements.columns, elements.primaryKey),
    partitionColumns: partitionColumns.map(({ definition }) => definition),
    primaryKey: elements.primaryKey.map((token) => token.text.toLowerCase()),
    ...options,
  };
}

/** Reads the columns and the primary key between parentheses. */
export function parseTableElements(cursor: TokenCursor): { columns: LocatedColumn[]; primaryKey: Token[] } {
  cursor.expectSymbol("(");
  const columns: LocatedColumn[] = [];
  let primaryKey: Token[] = [];
  do {
    // PRIMARY is an ordinary column name unless KEY and a list follow it.
    if (cursor.atWords("PRIMARY", "KEY") && cursor.peek(2).text === "(") {
      if (primaryKey.length > 0) throw cursor.unexpected("one PRIMARY KEY");
      primaryKey = parsePrimaryKey(cursor);
    } else {
      columns.push(parseColumn(cursor));
    }
  } while (cursor.acceptSymbol(","));
  cursor.expectSymbol(")");
  if (columns.length === 0) {
    throw sqlErrorAt(cursor.current, "semantic", "expected at least one column");
  }
  return { columns, primaryKey };
}

/** Reads `PRIMARY KEY (a, b)`. */
export function parsePrimaryKey(cursor: TokenCursor): Token[] {
  cursor.expectWords("PRIMARY", "KEY");
  cursor.expectSymbol("(");
  const names = [cursor.expectName("a column name")];
  while (cursor.acceptSymbol(",")) names.push(cursor.expectName("a column name"));
  cursor.expectSymbol(")");
  return names;
}

/** Reads what follows the columns, each option once and in any order. */
export function parseTableOptions(cursor: TokenCursor): {
  options: TableOptions;
  partitionColumns: LocatedColumn[];
} {
  let comment: string | undefined;
  let properties: TableProperty[] | undefined;
  let lifecycleDays: number | undefined;
  let partitionColumns: LocatedColumn[] | undefined;
  for (;;) {
    const at = cursor.current;
    if (cursor.acceptWords("COMMENT")) {
      refuseSecond(comment, at);
      comment = cursor.expectString("the text of the comment");
    } else if (cursor.acceptWords("PARTITIONED", "BY")) {
      refuseSecond(partitionColumns, at);
      partitionColumns = parseColumnList(cursor);
    } else if (cursor.acceptWords("TBLPROPERTIES")) {
      refuseSecond(properties, at);
      properties = parseProperties(cursor);
    } else if (cursor.acceptWords("LIFECYCLE")) {
      refuseSecond(lifecycleDays, at);
      lifecycleDays = parseLifecycle(cursor);
    } else if (unsupportedOptions.some((word) => cursor.atWords(word))) {
      throw cursor.notSupported(`${at.text.toUpperCase()} in CREATE TABLE`);
    } else {
      break;
    }
  }
  return {
    options: {
      comment: comment ?? "",
      properties: properties ?? [],
      ...(lifecycleDays === undefined ? {} : { lifecycleDays }),
    },
    partitionColumns: partitionColumns ?? [],
  };
}

/** Reads the days of a lifecycle. */
export function parseLifecycle(cursor: TokenCursor): number {
  return cursor.expectInteger("a number of days", 1, mostLifecycleDays);
}

function withKey(columns: readonly LocatedColumn[], primaryKey: readonly Token[]): ColumnDefinition[] {
  const keys = new Set<string>();
  for (const token of primaryKey) {
    const name = token.text.toLowerCase();
    if (keys.has(name)) {
      throw sqlErrorAt(token, "semantic", `the primary key names column ${name} twice`);
    }
    if (!columns.some(({ definition }) => definition.name === name)) {
      throw sqlErrorAt(token, "semantic", `column ${name} of the primary key is not defined`);
    }
    keys.add(name);
  }
  return columns.map(({ definition }) =>
    keys.has(definition.name) ? { ...definition, nullable: false } : definition,
  );
}

function refuseSecond(value: unknown, at: Token): void {
  if (value !== undefined) {
    throw sqlErrorAt(at, "parse", `expected one ${at.text.toUpperCase()}, got a second`);
  }
}

function refusePartitioning(columns: readonly LocatedColumn[], form: string): void {
  const [first] = columns;
  if (first !== undefined) {
    throw sqlErrorAt(first.token, "not-supported", `PARTITIONED BY in CREATE TABLE ${form} is not supported`);
  }
}

const unsupportedOptions = [
  "AUTO",
  "CLUSTERED",
  "RANGE",
  "SORTED",
  "SKEWED",
  "STORED",
  "ROW",
  "WITH",
  "LOCATION",
  "USING",
  "INTO",
  "HUBLIFECYCLE",
];
