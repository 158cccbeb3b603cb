import type { Frame, FrameBound, SortKey, Window } from "./query.ts";
import type { QueryCursor } from "./query-cursor.ts";
import { isFreeName } from "./words.ts";

/** Reads `(PARTITION BY … ORDER BY … ROWS …)`, or the name of a window. */
export function parseWindow(cursor: QueryCursor): Window {
  if (isFreeName(cursor.current)) {
    return { name: cursor.name("the name of a window"), partitionBy: [], orderBy: [] };
  }
  cursor.expectSymbol("(");
  const name =
    isFreeName(cursor.current) && !frameWords.some((word) => cursor.atWords(word))
      ? { name: cursor.name("the name of a window") }
      : {};
  const partitions = cursor.acceptWords("PARTITION", "BY") || cursor.acceptWords("DISTRIBUTE", "BY");
  const partitionBy = partitions ? cursor.expressions() : [];
  const orders = cursor.acceptWords("ORDER", "BY") || cursor.acceptWords("SORT", "BY");
  const orderBy = orders ? parseSortKeys(cursor) : [];
  const frame = frameWords.some((word) => cursor.atWords(word)) ? { frame: parseFrame(cursor) } : {};
  cursor.expectSymbol(")");
  return { ...name, partitionBy, orderBy, ...frame };
}

/** Reads sort keys with commas between them. */
export function parseSortKeys(cursor: QueryCursor): SortKey[] {
  const keys = [parseSortKey(cursor)];
  while (cursor.acceptSymbol(",")) keys.push(parseSortKey(cursor));
  return keys;
}

/** Reads `expression [ASC | DESC] [NULLS FIRST | NULLS LAST]`. */
export function parseSortKey(cursor: QueryCursor): SortKey {
  const expression = cursor.expression();
  const descending = cursor.acceptWords("DESC");
  if (!descending) cursor.acceptWords("ASC");
  const nulls = (["FIRST", "LAST"] as const).find((word) => cursor.acceptWords("NULLS", word));
  return { expression, descending, ...(nulls === undefined ? {} : { nulls }) };
}

/** Reads `ROWS …` or `RANGE …`. */
export function parseFrame(cursor: QueryCursor): Frame {
  const unit = cursor.acceptWords("ROWS") ? "ROWS" : "RANGE";
  if (unit === "RANGE") cursor.expectWords("RANGE");
  if (!cursor.acceptWords("BETWEEN")) {
    return { unit, start: parseFrameBound(cursor) };
  }
  const start = parseFrameBound(cursor);
  cursor.expectWords("AND");
  return { unit, start, end: parseFrameBound(cursor) };
}

/** Reads one end of a frame. */
export function parseFrameBound(cursor: QueryCursor): FrameBound {
  for (const kind of ["UNBOUNDED PRECEDING", "UNBOUNDED FOLLOWING", "CURRENT ROW"] as const) {
    if (cursor.acceptWords(...kind.split(" "))) return { kind };
  }
  const offset = cursor.expression();
  for (const kind of ["PRECEDING", "FOLLOWING"] as const) {
    if (cursor.acceptWords(kind)) return { kind, offset };
  }
  throw cursor.unexpected("PRECEDING or FOLLOWING");
}

const frameWords = ["ROWS", "RANGE"];
