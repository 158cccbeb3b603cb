import { checkColumns, parseColumn, parseColumnList } from "./parse-columns.ts";
import { parseLifecycle } from "./parse-create-table.ts";
import { parseObjectName, parsePartitionList, parseProperties } from "./parse-names.ts";
import type {
  AddColumnsStatement,
  AddPartitionsStatement,
  DropPartitionsStatement,
  ObjectName,
  RenameTableStatement,
  SetTableStatement,
  StatementSource,
} from "./statement.ts";
import type { TokenCursor } from "./token-cursor.ts";

/** What `ALTER TABLE` can do. */
export type AlterTableStatement =
  | AddColumnsStatement
  | AddPartitionsStatement
  | DropPartitionsStatement
  | RenameTableStatement
  | SetTableStatement;

/** Reads what follows `ALTER TABLE`. */
export function parseAlterTable(cursor: TokenCursor, source: StatementSource): AlterTableStatement {
  const table = parseObjectName(cursor);
  const at = cursor.current;
  if (cursor.acceptWords("ADD")) {
    return parseAlterAdd(cursor, source, table);
  }
  if (cursor.acceptWords("DROP")) {
    if (cursor.atWords("COLUMN") || cursor.atWords("COLUMNS")) {
      throw cursor.notSupported("DROP COLUMNS", at);
    }
    const ifExists = cursor.acceptWords("IF", "EXISTS");
    return { kind: "drop-partitions", source, table, ifExists, partitions: parsePartitionList(cursor) };
  }
  if (cursor.acceptWords("RENAME", "TO")) {
    return { kind: "rename-table", source, table, to: cursor.expectName("the new table name").text };
  }
  if (cursor.acceptWords("SET")) {
    return { kind: "set-table", source, table, change: parseTableChange(cursor) };
  }
  if (unsupportedChanges.some((word) => cursor.atWords(word))) {
    throw cursor.notSupported(`ALTER TABLE … ${at.text.toUpperCase()}`);
  }
  throw cursor.unexpected("ADD, DROP, RENAME TO or SET");
}

/** Reads what follows `ADD`: partitions or columns. */
export function parseAlterAdd(
  cursor: TokenCursor,
  source: StatementSource,
  table: ObjectName,
): AddPartitionsStatement | AddColumnsStatement {
  if (cursor.acceptWords("COLUMNS") || cursor.acceptWords("COLUMN")) {
    const ifNotExists = cursor.acceptWords("IF", "NOT", "EXISTS");
    const columns = cursor.atSymbol("(") ? parseColumnList(cursor) : [parseColumn(cursor)];
    checkColumns(columns);
    return {
      kind: "add-columns",
      source,
      table,
      ifNotExists,
      columns: columns.map(({ definition }) => definition),
    };
  }
  const ifNotExists = cursor.acceptWords("IF", "NOT", "EXISTS");
  if (!cursor.atWords("PARTITION")) {
    throw cursor.unexpected(ifNotExists ? "PARTITION" : "PARTITION or COLUMNS");
  }
  return { kind: "add-partitions", source, table, ifNotExists, partitions: parsePartitionList(cursor) };
}

/** Reads what follows `SET`. */
export function parseTableChange(cursor: TokenCursor): SetTableStatement["change"] {
  if (cursor.acceptWords("COMMENT")) {
    return { kind: "comment", comment: cursor.expectString("the text of the comment") };
  }
  if (cursor.acceptWords("LIFECYCLE")) {
    return { kind: "lifecycle", days: parseLifecycle(cursor) };
  }
  if (cursor.acceptWords("TBLPROPERTIES")) {
    return { kind: "properties", properties: parseProperties(cursor) };
  }
  throw cursor.unexpected("COMMENT, LIFECYCLE or TBLPROPERTIES");
}

const unsupportedChanges = [
  "CHANGE",
  "CHANGEOWNER",
  "CLUSTERED",
  "COMPACT",
  "DISABLE",
  "ENABLE",
  "INTO",
  "MERGE",
  "NOT",
  "PARTITION",
  "RANGE",
  "RENAME",
  "REPLACE",
  "TOUCH",
];
