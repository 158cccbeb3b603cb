import { parseObjectName, parsePartitionValue } from "../parse-names.ts";
import { parseCommonTables } from "./parse-query.ts";
import type { Insert } from "./query.ts";
import type { QueryCursor } from "./query-cursor.ts";
import { isFreeName } from "./words.ts";

/** Reads `[WITH …] INSERT INTO|OVERWRITE [TABLE] t [PARTITION (…)] [(columns)] query`. */
export function parseInsert(cursor: QueryCursor): Insert {
  const commonTables = cursor.acceptWords("WITH") ? parseCommonTables(cursor) : [];
  cursor.expectWords("INSERT");
  const overwrite = cursor.acceptWords("OVERWRITE");
  if (!overwrite && !cursor.acceptWords("INTO")) {
    throw cursor.unexpected("INTO or OVERWRITE");
  }
  // A table may be called table, so the word is one only in front of a name.
  if (isFreeName(cursor.peek(1))) {
    cursor.acceptWords("TABLE");
  }
  const table = parseObjectName(cursor);
  const partition = cursor.acceptWords("PARTITION") ? parseInsertPartition(cursor) : [];
  const columns = cursor.atSymbol("(") && !cursor.atQuery() ? cursor.names("a column name") : [];
  const query = cursor.query();
  return {
    overwrite,
    table,
    partition,
    columns,
    query: { ...query, with: [...commonTables, ...query.with] },
  };
}

/** Reads `(pt = 'a', hh)`; levels without a value come last. */
export function parseInsertPartition(cursor: QueryCursor): Insert["partition"] {
  cursor.expectSymbol("(");
  const levels: Insert["partition"][number][] = [];
  do {
    const at = cursor.current;
    const key = cursor.expectName("a partition column").text;
    if (levels.some((level) => level.key.toLowerCase() === key.toLowerCase())) {
      throw cursor.contradiction(`the partition names the column ${key} twice`, at);
    }
    if (cursor.acceptSymbol("=")) {
      if (levels.some((level) => level.value === undefined)) {
        throw cursor.contradiction(`partition column ${key} has a value behind one without`, at);
      }
      levels.push({ key, value: parsePartitionValue(cursor) });
    } else {
      levels.push({ key });
    }
  } while (cursor.acceptSymbol(","));
  cursor.expectSymbol(")");
  return levels;
}
