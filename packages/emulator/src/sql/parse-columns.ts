import type { ColumnType } from "@maxcompute-tunnel/codec/schema";
import { parseDefaultValue } from "./parse-default.ts";
import { parseType } from "./parse-type.ts";
import { sqlErrorAt } from "./sql-error.ts";
import type { ColumnDefinition } from "./statement.ts";
import type { Token } from "./token.ts";
import type { TokenCursor } from "./token-cursor.ts";

/** Most columns a table may have. */
const mostColumns = 1200;

/** A column and where its name stands. */
export interface LocatedColumn {
  readonly definition: ColumnDefinition;
  readonly token: Token;
}

/** Reads one column: name, type and its constraints in any order. */
export function parseColumn(cursor: TokenCursor): LocatedColumn {
  const token = cursor.expectName("a column name");
  const type: ColumnType = parseType(cursor);
  let nullable = true;
  let comment: string | undefined;
  let defaultValue: string | undefined;
  for (;;) {
    const at = cursor.current;
    if (cursor.acceptWords("NOT", "NULL")) {
      nullable = false;
    } else if (cursor.acceptWords("NULL")) {
      nullable = true;
    } else if (cursor.acceptWords("DEFAULT")) {
      if (defaultValue !== undefined) throw sqlErrorAt(at, "parse", "expected one DEFAULT, got a second");
      defaultValue = parseDefaultValue(cursor);
    } else if (cursor.acceptWords("COMMENT")) {
      if (comment !== undefined) throw sqlErrorAt(at, "parse", "expected one COMMENT, got a second");
      comment = cursor.expectString("the text of the comment");
    } else if (cursor.atWords("GENERATED") || cursor.atWords("PRIMARY") || cursor.atWords("MASKED")) {
      throw cursor.notSupported(`${at.text.toUpperCase()} behind a column`);
    } else {
      break;
    }
  }
  const definition: ColumnDefinition = {
    name: token.text.toLowerCase(),
    type,
    nullable,
    comment: comment ?? "",
    ...(defaultValue === undefined ? {} : { defaultValue }),
  };
  return { definition, token };
}

/** Reads columns between parentheses. */
export function parseColumnList(cursor: TokenCursor): LocatedColumn[] {
  cursor.expectSymbol("(");
  const columns = [parseColumn(cursor)];
  while (cursor.acceptSymbol(",")) columns.push(parseColumn(cursor));
  cursor.expectSymbol(")");
  return columns;
}

/** Refuses two columns of one name, and more columns than a table can have. */
export function checkColumns(columns: readonly LocatedColumn[]): void {
  const seen = new Set<string>();
  for (const { definition, token } of columns) {
    if (seen.has(definition.name)) {
      throw sqlErrorAt(token, "semantic", `column ${definition.name} is defined twice`);
    }
    seen.add(definition.name);
    if (seen.size > mostColumns) {
      throw sqlErrorAt(token, "semantic", `expected at most ${mostColumns} columns`);
    }
  }
}

/** Refuses partition columns of a type that cannot name a partition. */
export function checkPartitionColumns(columns: readonly LocatedColumn[]): void {
  for (const { definition, token } of columns) {
    if (!partitionKinds.has(definition.type.kind)) {
      throw sqlErrorAt(
        token,
        "semantic",
        `partition column ${definition.name} is ${definition.type.kind}, expected one of ${[...partitionKinds].join(", ")}`,
      );
    }
  }
  const tooDeep = columns[mostPartitionLevels];
  if (tooDeep !== undefined) {
    throw sqlErrorAt(tooDeep.token, "semantic", `expected at most ${mostPartitionLevels} partition columns`);
  }
}

const mostPartitionLevels = 6;

const partitionKinds: ReadonlySet<string> = new Set([
  "tinyint",
  "smallint",
  "int",
  "bigint",
  "string",
  "varchar",
  "char",
]);
