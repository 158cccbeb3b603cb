import { duckName } from "./duckdb-text.ts";
import type { From, Join, TableFactor } from "./query.ts";
import type { OutputColumn, Scope, ScopeItem } from "./scope.ts";
import { contradiction, notSupported, type Translation } from "./translation.ts";
import type { TypedSql } from "./typed-sql.ts";

/** A FROM in DuckDB's terms, and the tables it brings into scope. */
export interface TranslatedFrom {
  readonly sql: string;
  readonly items: readonly ScopeItem[];
}

/** Tables, joins and lateral views, left to right. */
export function translateFrom(from: From, outer: Scope, translation: Translation): TranslatedFrom {
  return from.joins.reduce<TranslatedFrom>(
    (left, join) =>
      join.kind === "lateral-view"
        ? joinLateralView(left, join, outer, translation)
        : joinTables(left, join, outer, translation),
    translateFactor(from.first, outer, translation),
  );
}

function translateFactor(factor: TableFactor, outer: Scope, translation: Translation): TranslatedFrom {
  switch (factor.kind) {
    case "joined": {
      const { sql, items } = translateFrom(factor.from, outer, translation);
      return { sql: `(${sql})`, items };
    }
    case "query": {
      const { sql, columns } = translation.query(factor.query, outer, translation.commonTables);
      const alias = factor.alias ?? "_q";
      const renamed = columns.map((column, index) => ({
        ...column,
        name: factor.columns[index] ?? column.name,
      }));
      const names = renamed.map(({ name }) => duckName(name)).join(", ");
      return { sql: `(${sql}) AS ${duckName(alias)}(${names})`, items: [itemOf(alias, [], renamed)] };
    }
    case "table": {
      const { levels } = factor.name;
      const own = levels.at(-1) ?? "";
      const common = levels.length === 1 ? translation.commonTables.get(own.toLowerCase()) : undefined;
      const { relation, columns } =
        common === undefined
          ? translation.options.resolveTable(factor.name)
          : { relation: duckName(own.toLowerCase()), columns: common };
      const alias = factor.alias ?? own;
      return {
        sql: `${relation} AS ${duckName(alias)}`,
        items: [itemOf(alias, factor.alias === undefined ? levels.slice(0, -1) : [], columns)],
      };
    }
  }
}

function joinTables(
  left: TranslatedFrom,
  join: Exclude<Join, { kind: "lateral-view" }>,
  outer: Scope,
  translation: Translation,
): TranslatedFrom {
  const right = translateFactor(join.factor, outer, translation);
  const using = join.kind === "NATURAL" ? sharedColumns(left.items, right.items) : join.using;
  const kind = join.kind === "NATURAL" ? "INNER" : join.kind;
  const isHalf = kind === "SEMI" || kind === "ANTI";
  const both = [...left.items, ...right.items];
  if (using !== undefined && using.length > 0) {
    const merged = new Set(using.map((name) => name.toLowerCase()));
    return {
      sql: `${left.sql} ${kind} JOIN ${right.sql} USING (${using.map(duckName).join(", ")})`,
      items: [
        ...left.items,
        ...right.items.map((item) => ({ ...item, merged, visible: item.visible && !isHalf })),
      ],
    };
  }
  if (join.on === undefined) {
    return { sql: `${left.sql} CROSS JOIN ${right.sql}`, items: isHalf ? left.items : both };
  }
  const on = translation.expression(join.on, { items: both, outputs: [], parent: outer }).sql;
  return {
    // DuckDB has no condition on a cross join; the two say the same.
    sql: `${left.sql} ${kind === "CROSS" ? "INNER" : kind} JOIN ${right.sql} ON ${on}`,
    items: isHalf ? left.items : both,
  };
}

/** EXPLODE of an array is its elements, of a map its keys and values; POSEXPLODE counts them from 0. */
function joinLateralView(
  left: TranslatedFrom,
  { call, outer: keepsEmpty, alias, columns }: Extract<Join, { kind: "lateral-view" }>,
  outer: Scope,
  translation: Translation,
): TranslatedFrom {
  const [argument] = call.arguments;
  if (argument === undefined || call.arguments.length > 1) {
    throw contradiction(`function ${call.name} needs 1 argument, got ${call.arguments.length}`, call.place);
  }
  const value = translation.expression(argument, { items: left.items, outputs: [], parent: outer });
  const outputs = explodedColumns(value, call.name === "posexplode");
  if (outputs === undefined) {
    throw notSupported(`${call.name} of a value whose type is not known; CAST it`, call.place);
  }
  if (outputs.length !== columns.length) {
    throw contradiction(
      `${call.name} gives ${outputs.length} columns, got ${columns.length} names`,
      call.place,
    );
  }
  const list = outputs.map(({ sql }, index) => `${sql} AS ${duckName(columns[index] ?? "")}`).join(", ");
  const view = `LATERAL (SELECT ${list}) AS ${duckName(alias)}`;
  const named = outputs.map(({ type }, index) => ({ name: columns[index] ?? "", ...(type && { type }) }));
  return {
    sql: keepsEmpty ? `${left.sql} LEFT JOIN ${view} ON TRUE` : `${left.sql} CROSS JOIN ${view}`,
    items: [...left.items, itemOf(alias, [], named)],
  };
}

function explodedColumns({ sql, type }: TypedSql, counted: boolean): TypedSql[] | undefined {
  const place = (count: string): TypedSql[] =>
    counted ? [{ sql: `unnest(range(CAST(${count} AS BIGINT)))`, type: { kind: "bigint" } }] : [];
  if (type?.kind === "array") {
    return [...place(`len(${sql})`), { sql: `unnest(${sql})`, type: type.element }];
  }
  if (type?.kind === "map") {
    return [
      ...place(`cardinality(${sql})`),
      { sql: `unnest(map_keys(${sql}))`, type: type.key },
      { sql: `unnest(map_values(${sql}))`, type: type.value },
    ];
  }
  return undefined;
}

function sharedColumns(left: readonly ScopeItem[], right: readonly ScopeItem[]): string[] {
  const names = new Set(right.flatMap(({ columns }) => columns.map(({ name }) => name.toLowerCase())));
  return left
    .flatMap(({ columns }) => columns.map(({ name }) => name))
    .filter((name) => names.has(name.toLowerCase()));
}

function itemOf(alias: string, levels: readonly string[], columns: readonly OutputColumn[]): ScopeItem {
  return { alias, levels, columns, merged: new Set(), visible: true };
}
