import type { ColumnSpec, Row } from "@maxcompute-tunnel/codec";

/**
 * One row of a table, filled column by column: by name (any case) or by position.
 *
 * It may be used again for the next row as soon as `write` has returned. Columns never set are NULL.
 *
 * @typeParam R - the row's type where it is known, e.g. `RowInputOf<typeof schema>`: names and values are then checked
 */
export class TunnelRecord<R extends object = Row> {
  readonly columns: readonly ColumnSpec[];

  /** Made by `UploadSession#newRecord`. */
  constructor(columns: readonly ColumnSpec[]) {
    this.columns = columns;
  }

  /** Sets one column. The value is checked when the record is written. */
  set<Name extends keyof R & string>(column: Name | number, value: R[Name]): this {
    void [column, value];
    throw new Error("not ready");
  }

  /** Sets several columns by name; the others keep their values. */
  assign(values: Partial<R>): this {
    void values;
    throw new Error("not ready");
  }

  /** The value last set, or `null`. */
  get<Name extends keyof R & string>(column: Name | number): R[Name] | null {
    void column;
    throw new Error("not ready");
  }

  /** Makes every column NULL. */
  clear(): this {
    throw new Error("not ready");
  }

  /** The values in schema order. A copy. */
  toArray(): unknown[] {
    throw new Error("not ready");
  }
}
