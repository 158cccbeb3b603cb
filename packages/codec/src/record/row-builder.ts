import type { LaidOut } from "../kernel/record-layout.ts";
import { RowShape } from "../kernel/row-shapes.ts";
import { rowsOfRun } from "../kernel/run-rows.ts";
import { BadBytes } from "../wire/bad-bytes.ts";
import type { ReadRules } from "./field-readers.ts";
import type { RecordHandler } from "./field-values.ts";
import type { ColumnPlan } from "./type-plan.ts";

/** Makes rows of records, one by one or as the kernel has laid them out. */
export class RowBuilder implements RecordHandler {
  /** Undefined for rows that are arrays. */
  readonly #shape: RowShape | undefined;
  readonly #rules: ReadRules;
  #rows: unknown[] = [];

  constructor(columns: readonly ColumnPlan[], shape: "object" | "array", rules: ReadRules) {
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
      const rows = rowsOfRun(run, this.#shape, this.#rules);
      if (this.#rows.length === 0) this.#rows = rows;
      else for (const row of rows) this.#rows.push(row);
      return true;
    } catch (error) {
      // A nested value that is wrong in itself.
      if (error instanceof BadBytes) return false;
      throw error;
    }
  }
}
