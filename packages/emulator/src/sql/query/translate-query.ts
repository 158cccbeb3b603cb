import type { ColumnType } from "@maxcompute-tunnel/codec/schema";
import { duckName } from "./duckdb-text.ts";
import type { Expression, GroupBy, Query, QueryBody, Select, SelectItem, Values } from "./query.ts";
import { emptyScope, expandStar, type OutputColumn, type Scope } from "./scope.ts";
import { translateExpression } from "./translate-expression.ts";
import { translateFrom } from "./translate-from.ts";
import { translateSortKeys, translateWindow } from "./translate-window.ts";
import {
  type CommonTables,
  contradiction,
  type TranslatedQuery,
  type Translation,
  type TranslationOptions,
} from "./translation.ts";
import { agreedType, asText, familyOf, type TypedSql, typed } from "./typed-sql.ts";

/**
 * A query of the dialect as one DuckDB SELECT.
 *
 * It is to run in a session whose time zone is UTC. It reads the relations that `resolveTable` names, and nothing
 * else.
 *
 * @throws SqlError where a name means nothing, or something is not offered
 */
export function translateQuery(query: Query, options: TranslationOptions): TranslatedQuery {
  return translateIn(query, emptyScope, new Map(), options);
}

function translateIn(
  query: Query,
  outer: Scope,
  inherited: CommonTables,
  options: TranslationOptions,
): TranslatedQuery {
  const commonTables = new Map(inherited);
  const translation: Translation = {
    options,
    commonTables,
    expression: (expression, scope) => boundLength(translateExpression(expression, scope, translation)),
    query: (inner, scope, tables) => translateIn(inner, scope, tables, options),
  };
  const definitions = query.with.map(({ name, columns: names, query: definition }) => {
    const { sql, columns } = translateIn(definition, emptyScope, commonTables, options);
    const renamed = columns.map((column, index) => ({ ...column, name: names[index] ?? column.name }));
    commonTables.set(name.toLowerCase(), renamed);
    return `${duckName(name.toLowerCase())}(${renamed.map((column) => duckName(column.name)).join(", ")}) AS (${sql})`;
  });
  const body = translateBody(query.body, outer, translation);
  const orderBy = translateSortKeys(query.orderBy, { ...body.scope, outputsFirst: true }, translation);
  const count = (word: string, expression: Expression | undefined): string[] =>
    expression === undefined ? [] : [`${word} ${translation.expression(expression, emptyScope).sql}`];
  const parts = [
    ...(definitions.length === 0 ? [] : [`WITH ${definitions.join(", ")}`]),
    body.sql,
    ...(orderBy === "" ? [] : [`ORDER BY ${orderBy}`]),
    ...count("LIMIT", query.limit),
    ...count("OFFSET", query.offset),
  ];
  return { sql: parts.join(" "), columns: body.columns };
}

/** A body, and the scope in which its ORDER BY is read. */
interface TranslatedBody extends TranslatedQuery {
  readonly scope: Scope;
}

function translateBody(body: QueryBody, outer: Scope, translation: Translation): TranslatedBody {
  switch (body.kind) {
    case "select":
      return translateSelect(body, outer, translation);
    case "values":
      return translateValues(body, outer, translation);
    case "nested": {
      const { sql, columns } = translation.query(body.query, outer, translation.commonTables);
      return { sql: `(${sql})`, columns, scope: outputScope(columns, outer) };
    }
    case "set": {
      const branches = [body.first, ...body.rest.map((branch) => branch.body)].map((branch) =>
        translateBody(branch, outer, translation),
      );
      const [first, ...others] = branches;
      const columns = (first?.columns ?? []).map(({ name }, index) =>
        output(name, agreedType(branches.map((branch) => typed("", branch.columns[index]?.type)))),
      );
      const sql = others.reduce(
        (left, { sql: right }, index) => `${left} ${body.rest[index]?.operator ?? "UNION"} ${right}`,
        first?.sql ?? "",
      );
      return { sql, columns, scope: outputScope(columns, outer) };
    }
  }
}

function translateSelect(select: Select, outer: Scope, translation: Translation): TranslatedBody {
  const from = select.from === undefined ? undefined : translateFrom(select.from, outer, translation);
  const scope: Scope = { items: from?.items ?? [], outputs: [], parent: outer };
  const items = select.items.flatMap((item, index) => translateItem(item, index, scope, translation));
  const columns = items.map(
    ({ name, type }): OutputColumn => (type === undefined ? { name } : { name, type }),
  );
  const later: Scope = { ...scope, outputs: columns };
  const condition = (word: string, expression: Expression | undefined, at: Scope): string[] =>
    expression === undefined ? [] : [`${word} ${translation.expression(expression, at).sql}`];
  const windows = select.windows.map(
    ({ name, window }) => `${duckName(name)} AS ${translateWindow(window, scope, translation)}`,
  );
  const parts = [
    `SELECT ${select.distinct ? "DISTINCT " : ""}${items.map(({ sql, name }) => `${sql} AS ${duckName(name)}`).join(", ")}`,
    ...(from === undefined ? [] : [`FROM ${from.sql}`]),
    ...condition("WHERE", select.where, scope),
    ...(select.groupBy === undefined
      ? []
      : [`GROUP BY ${translateGroupBy(select.groupBy, later, translation)}`]),
    ...condition("HAVING", select.having, later),
    ...(windows.length === 0 ? [] : [`WINDOW ${windows.join(", ")}`]),
    ...condition("QUALIFY", select.qualify, later),
  ];
  return { sql: parts.join(" "), columns, scope: later };
}

/** One item, or every column that a star stands for; what has no name is called `_c` and its place. */
function translateItem(
  item: SelectItem,
  index: number,
  scope: Scope,
  translation: Translation,
): readonly (OutputColumn & TypedSql)[] {
  if (item.kind === "star") {
    const columns = expandStar(item.qualifier, scope);
    if (columns === undefined) {
      const name = item.qualifier.length === 0 ? "a table for *" : `table ${item.qualifier.join(".")}`;
      throw contradiction(`${name} cannot be resolved`, item.place);
    }
    return columns;
  }
  const name = item.alias ?? nameOf(item.expression) ?? `_c${index}`;
  return [{ name, ...translation.expression(item.expression, scope) }];
}

function nameOf(expression: Expression): string | undefined {
  const name =
    expression.kind === "column"
      ? expression.parts.at(-1)
      : expression.kind === "field"
        ? expression.name
        : undefined;
  return name?.toLowerCase();
}

function translateGroupBy(groupBy: GroupBy, scope: Scope, translation: Translation): string {
  const list = (keys: readonly Expression[]): string =>
    keys.map((key) => translation.expression(key, scope).sql).join(", ");
  switch (groupBy.kind) {
    case "plain":
      return list(groupBy.keys);
    case "rollup":
      return `ROLLUP (${list(groupBy.keys)})`;
    case "cube":
      return `CUBE (${list(groupBy.keys)})`;
    case "sets":
      return `GROUPING SETS (${groupBy.sets.map((keys) => `(${list(keys)})`).join(", ")})`;
  }
}

function translateValues(values: Values, outer: Scope, translation: Translation): TranslatedBody {
  const written = values.rows.map((row) => row.map((value) => translation.expression(value, outer)));
  const width = written[0]?.length ?? 0;
  const asTexts = Array.from({ length: width }, (_, index) => mixesText(written.map((row) => row[index])));
  const rows = written.map((row) =>
    row.map((value, index) => (asTexts[index] === true && value.sql !== "NULL" ? asText(value) : value)),
  );
  const columns = Array.from({ length: width }, (_, index): OutputColumn => {
    return output(`_c${index}`, agreedType(rows.flatMap((row) => row[index] ?? [])));
  });
  const names = columns.map(({ name }) => duckName(name)).join(", ");
  const texts = rows.map((row) => `(${row.map(({ sql }) => sql).join(", ")})`).join(", ");
  return {
    sql: `SELECT * FROM (VALUES ${texts}) AS "_v"(${names})`,
    columns,
    scope: outputScope(columns, outer),
  };
}

/** Some functions write an argument more than once, so what is nested in them can grow without bound. */
function boundLength(translated: TypedSql): TypedSql {
  if (translated.sql.length > longestSql) {
    throw contradiction("the query is too long once its functions are written out", { line: 1, column: 1 });
  }
  return translated;
}

const longestSql = 8 * 1024 * 1024;

/** Beside a text, everything in a column of VALUES is text. */
function mixesText(column: readonly (TypedSql | undefined)[]): boolean {
  const families = column.flatMap((value) =>
    value === undefined || value.sql === "NULL" ? [] : [familyOf(value)],
  );
  return families.includes("string") && families.some((family) => family !== "string");
}

function output(name: string, type: ColumnType | undefined): OutputColumn {
  return type === undefined ? { name } : { name, type };
}

function outputScope(columns: readonly OutputColumn[], outer: Scope): Scope {
  return { items: [], outputs: columns, parent: outer };
}
