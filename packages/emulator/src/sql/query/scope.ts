import type { ColumnType } from "@maxcompute-tunnel/codec/schema";
import { duckName } from "./duckdb-text.ts";
import { type TypedSql, typed } from "./typed-sql.ts";

/** A column that a table, query or select list offers; the type where it is known. */
export interface OutputColumn {
  readonly name: string;
  readonly type?: ColumnType;
}

/** One table of a FROM, under the name by which its columns are called. */
export interface ScopeItem {
  readonly alias: string;
  /** The levels before the table's own name, for columns written in full. */
  readonly levels: readonly string[];
  readonly columns: readonly OutputColumn[];
  /** Columns that USING has merged into an earlier table. */
  readonly merged: ReadonlySet<string>;
  /** False for the right side of a semi or anti join once its condition is read. */
  readonly visible: boolean;
}

/** What names mean in one select, with the select around it behind. */
export interface Scope {
  readonly items: readonly ScopeItem[];
  /** Names of the select list, for the clauses that may use them. */
  readonly outputs: readonly OutputColumn[];
  /** True where a name of the select list hides a column of a table, as in ORDER BY. @default false */
  readonly outputsFirst?: boolean;
  readonly parent?: Scope;
}

/** The scope of a query that stands by itself. */
export const emptyScope: Scope = { items: [], outputs: [] };

/** What `a`, `t.a`, `p.t.a` or one of them with fields behind it means. */
export function resolveColumn(parts: readonly string[], scope: Scope): TypedSql | "unknown" | "ambiguous" {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const found = resolveHere(parts, at);
    if (found !== "unknown") return found;
  }
  return "unknown";
}

/** Every column that `*`, or `t.*`, stands for; undefined when there is no such table. */
export function expandStar(
  qualifier: readonly string[],
  scope: Scope,
): (OutputColumn & TypedSql)[] | undefined {
  const items = scope.items.filter(
    (item) => item.visible && (qualifier.length === 0 || isNamed(item, qualifier)),
  );
  if (items.length === 0) {
    return undefined;
  }
  return items.flatMap((item) =>
    item.columns
      .filter(({ name }) => qualifier.length > 0 || !item.merged.has(name.toLowerCase()))
      .map((column) => ({ ...column, ...columnOf(item, column, scope, qualifier.length > 0) })),
  );
}

/** A field of a struct, or a key of a map where the type says so. */
export function fieldOf(value: TypedSql, name: string): TypedSql {
  const field =
    value.type?.kind === "struct"
      ? value.type.fields.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase())
      : undefined;
  return typed(`(${value.sql}).${duckName(name)}`, field?.type);
}

function resolveHere(parts: readonly string[], scope: Scope): TypedSql | "unknown" | "ambiguous" {
  const output = resolveOutput(parts, scope);
  const table =
    output !== undefined && scope.outputsFirst === true ? "unknown" : resolveInTables(parts, scope);
  return table === "unknown" ? (output ?? "unknown") : table;
}

function resolveOutput([name = "", ...fields]: readonly string[], scope: Scope): TypedSql | undefined {
  const output = findColumn(scope.outputs, name);
  return output && fields.reduce<TypedSql>(fieldOf, typed(duckName(output.name), output.type));
}

function resolveInTables(parts: readonly string[], scope: Scope): TypedSql | "unknown" | "ambiguous" {
  for (let qualified = Math.min(parts.length - 1, 3); qualified >= 0; qualified -= 1) {
    const [column = "", ...fields] = parts.slice(qualified);
    const items =
      qualified === 0 ? scope.items : scope.items.filter((item) => isNamed(item, parts.slice(0, qualified)));
    const candidates = items.filter(
      (item) => item.visible && !(qualified === 0 && isMergedAway(item, column)),
    );
    const [first, second] = candidates.flatMap((item) => {
      const found = findColumn(item.columns, column);
      return found === undefined ? [] : [columnOf(item, found, scope, qualified > 0)];
    });
    if (second !== undefined) return "ambiguous";
    if (first !== undefined) return fields.reduce<TypedSql>(fieldOf, first);
  }
  return "unknown";
}

/** A merged column is written without its table, so that outer joins see both sides of it. */
function columnOf(item: ScopeItem, column: OutputColumn, scope: Scope, qualified: boolean): TypedSql {
  const name = column.name.toLowerCase();
  const isMerged = !qualified && scope.items.some(({ merged }) => merged.has(name));
  return typed(
    isMerged ? duckName(column.name) : `${duckName(item.alias)}.${duckName(column.name)}`,
    column.type,
  );
}

function isMergedAway(item: ScopeItem, column: string): boolean {
  return item.merged.has(column.toLowerCase());
}

function findColumn(columns: readonly OutputColumn[], name: string): OutputColumn | undefined {
  return columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
}

function isNamed(item: ScopeItem, qualifier: readonly string[]): boolean {
  const full = [...item.levels, item.alias].map((part) => part.toLowerCase());
  return qualifier.every(
    (part, index) => full[full.length - qualifier.length + index] === part.toLowerCase(),
  );
}
