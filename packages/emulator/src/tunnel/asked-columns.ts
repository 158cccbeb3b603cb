import { Refusal } from "../refusal.ts";
import type { TableColumn } from "../storage/state.ts";

/**
 * The columns that `columns=a,b` names, in its order and in any case; all of them when it is not there.
 *
 * @throws Refusal `InvalidColumnSpec` when a name is unknown or comes twice
 */
export function parseColumns(
  text: string | undefined,
  columns: readonly TableColumn[],
): readonly TableColumn[] {
  if (text === undefined || text === "") {
    return columns;
  }
  const byName = new Map(columns.map((column) => [column.name.toLowerCase(), column]));
  const names = text.split(",").map((name) => name.trim());
  if (new Set(names.map((name) => name.toLowerCase())).size !== names.length) {
    throw new Refusal("InvalidColumnSpec", `A column is named twice in ${text}.`);
  }
  return names.map((name) => {
    const column = byName.get(name.toLowerCase());
    if (column === undefined) {
      throw new Refusal("InvalidColumnSpec", `There is no column ${JSON.stringify(name)}.`);
    }
    return column;
  });
}
