import { duckName } from "./duckdb-text.ts";
import type { Frame, FrameBound, SortKey, Window } from "./query.ts";
import type { Scope } from "./scope.ts";
import type { Translation } from "./translation.ts";

/** What stands behind OVER. */
export function translateWindow(window: Window, scope: Scope, translation: Translation): string {
  const parts = [
    ...(window.name === undefined ? [] : [duckName(window.name)]),
    ...(window.partitionBy.length === 0
      ? []
      : [
          `PARTITION BY ${window.partitionBy.map((key) => translation.expression(key, scope).sql).join(", ")}`,
        ]),
    ...(window.orderBy.length === 0
      ? []
      : [`ORDER BY ${translateSortKeys(window.orderBy, scope, translation)}`]),
    ...(window.frame === undefined ? [] : [translateFrame(window.frame, scope, translation)]),
  ];
  return `(${parts.join(" ")})`;
}

/** Sort keys, each saying where NULLs go: they are the smallest values here. */
export function translateSortKeys(keys: readonly SortKey[], scope: Scope, translation: Translation): string {
  return keys
    .map(({ expression, descending, nulls }) => {
      const order = descending ? "DESC" : "ASC";
      return `${translation.expression(expression, scope).sql} ${order} NULLS ${nulls ?? (descending ? "LAST" : "FIRST")}`;
    })
    .join(", ");
}

function translateFrame({ unit, start, end }: Frame, scope: Scope, translation: Translation): string {
  const bound = (at: FrameBound): string =>
    "offset" in at ? `${translation.expression(at.offset, scope).sql} ${at.kind}` : at.kind;
  return end === undefined ? `${unit} ${bound(start)}` : `${unit} BETWEEN ${bound(start)} AND ${bound(end)}`;
}
