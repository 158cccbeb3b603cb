import type { LaidOut } from "../kernel/record-layout.ts";
import { BadBytes } from "../wire/bad-bytes.ts";
import { putColumn } from "./column-values.ts";
import type { ReadRules } from "./field-readers.ts";
import type { RecordHandler } from "./field-values.ts";
import { RowShape } from "./row-shapes.ts";
import type { ColumnPlan } from "./type-plan.ts";

/** Makes rows of records, one by one or as the kernel has laid them out. */
export class RowBuilder implements RecordHandler {
  readonly #columnCount: number;
  /** Undefined for rows that are arrays. */
  readonly #shape: RowShape | undefined;
  readonly #rules: ReadRules;
  #rows: unknown[] = [];

  constructor(columns: readonly ColumnPlan[], shape: "object" | "array", rules: ReadRules) {
    this.#columnCount = columns.length;
    this.#shape = shape === "array" ? undefined : new RowShape(columns.map((column) => column.name));
    this.#rules = rules;
  }

  take(): unknown[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  /** @param values are used again for the next record. */
  takeRecord(values: readonly unknown[]): void {
    this.#rows.push(this.#shape === undefined ? values.slice() : this.#shape.row(values));
  }

  takeRun(run: LaidOut): boolean {
    try {
      const rows = this.#shape === undefined ? this.#arrays(run) : this.#objects(run, this.#shape);
      if (this.#rows.length === 0) this.#rows = rows;
      else for (const row of rows) this.#rows.push(row);
      return true;
    } catch (error) {
      // A nested value that is wrong in itself.
      if (error instanceof BadBytes) return false;
      throw error;
    }
  }

  #objects(run: LaidOut, shape: RowShape): unknown[] {
    const rows = shape.rows(run.rowCount);
    const values = new Array<unknown>(run.rowCount).fill(null);
    for (let column = 0; column < this.#columnCount; column++) {
      putColumn(run, column, this.#rules, values);
      shape.fill(rows, column, values);
    }
    return rows;
  }

  #arrays(run: LaidOut): unknown[] {
    const nulls = new Array<unknown>(this.#columnCount).fill(null);
    const rows: unknown[][] = [];
    for (let row = 0; row < run.rowCount; row++) rows.push(nulls.slice());
    const values = new Array<unknown>(run.rowCount).fill(null);
    for (let column = 0; column < this.#columnCount; column++) {
      putColumn(run, column, this.#rules, values);
      for (let row = 0; row < rows.length; row++) rows[row]![column] = values[row];
    }
    return rows;
  }
}
