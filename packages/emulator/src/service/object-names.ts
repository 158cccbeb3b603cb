import { Refusal } from "../refusal.ts";
import type { ObjectName } from "../sql/statement.ts";
import { defaultSchemaName, type TableName } from "../storage/state.ts";

/** What one- and two-level names are completed with. */
export interface NameScope {
  readonly project: string;
  /** Schema of names that carry none. */
  readonly schema: string;
  /** Whether a two-level name is `schema.table` (three-level model) rather than `project.table`. */
  readonly schemasEnabled: boolean;
}

/** Project, schema and table that a statement means. */
export function resolveTableName({ levels, line, column }: ObjectName, scope: NameScope): TableName {
  const [first = "", second = "", third = ""] = levels;
  switch (levels.length) {
    case 1:
      return { project: scope.project, schema: scope.schema, table: first };
    case 2:
      return scope.schemasEnabled
        ? { project: scope.project, schema: first, table: second }
        : { project: first, schema: defaultSchemaName, table: second };
    case 3:
      return { project: first, schema: second, table: third };
    default:
      throw tooManyLevels(levels, line, column);
  }
}

/** Project and schema that a statement means; without a name those of the scope. */
export function resolveSchemaName(
  name: ObjectName | undefined,
  scope: NameScope,
): { readonly project: string; readonly schema: string } {
  if (name === undefined) {
    return scope;
  }
  const [first = "", second] = name.levels;
  if (second === undefined) {
    return { project: scope.project, schema: first };
  }
  if (name.levels.length > 2) {
    throw tooManyLevels(name.levels, name.line, name.column);
  }
  return { project: first, schema: second };
}

function tooManyLevels(levels: readonly string[], line: number, column: number): Refusal {
  return new Refusal(
    "InvalidArgument",
    `ODPS-0130161:[${line},${column}] Parse exception - the name ${levels.join(".")} has too many levels`,
  );
}
