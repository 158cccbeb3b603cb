import type { ReadRules } from "../record/field-readers.ts";
import { putColumn } from "./column-values.ts";
import type { LaidOut } from "./record-layout.ts";
import type { RowShape } from "./row-shapes.ts";

/**
 * The rows of a run of records: objects of a shape, or arrays when there is none.
 *
 * @throws BadBytes for nested values that are wrong in themselves.
 */
export function rowsOfRun(run: LaidOut, shape: RowShape | undefined, rules: ReadRules): unknown[] {
  const columnCount = run.columns.length;
  const values = new Array<unknown>(run.rowCount).fill(null);
  if (shape !== undefined) {
    const rows = shape.rows(run.rowCount);
    for (let column = 0; column < columnCount; column++) {
      putColumn(run, column, rules, values);
      shape.fill(rows, column, values);
    }
    return rows;
  }
  const nulls = new Array<unknown>(columnCount).fill(null);
  const rows: unknown[][] = [];
  for (let row = 0; row < run.rowCount; row++) rows.push(nulls.slice());
  for (let column = 0; column < columnCount; column++) {
    putColumn(run, column, rules, values);
    for (let row = 0; row < rows.length; row++) rows[row]![column] = values[row];
  }
  return rows;
}
