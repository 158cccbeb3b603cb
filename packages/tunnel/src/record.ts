import type { ColumnSpec, Row } from "@maxcompute-tunnel/codec";
import { TableTunnelError } from "./errors.ts";

/**
 * One row of a table, filled column by column: by name (any case) or by position.
 *
 * It may be used again for the next row as soon as `write` has returned. Columns never set are NULL.
 *
 * @typeParam R - the row's type where it is known, e.g. `RowOf<typeof schema>`: names and values are then checked
 */
export class TunnelRecord<R extends object = Row> {
  readonly columns: readonly ColumnSpec[];
  readonly #positions: ReadonlyMap<string, number>;
  readonly #values: unknown[];

  /** Made by `UploadSession#newRecord`. */
  constructor(columns: readonly ColumnSpec[]) {
    this.columns = columns;
    this.#positions = positionsOf(columns);
    this.#values = columns.map(() => null);
  }

  /** The values in schema order, as they are now. */
  get values(): readonly unknown[] {
    return this.#values;
  }

  /**
   * Sets one column. The value is checked when the record is written.
   *
   * @throws TableTunnelError `unknown-column`
   */
  set<Name extends keyof R & string>(column: Name, value: R[Name] | null | undefined): this;
  set(column: number, value: unknown): this;
  set(column: string | number, value: unknown): this {
    this.#values[this.#position(column)] = value ?? null;
    return this;
  }

  /** Sets several columns by name; the others keep their values. */
  assign(values: Partial<R>): this {
    const entries = Object.entries(values).map(([name, value]) => [this.#position(name), value] as const);
    for (const [position, value] of entries) this.#values[position] = value ?? null;
    return this;
  }

  /** The value last set, or `null`. */
  get<Name extends keyof R & string>(column: Name): R[Name] | null;
  get(column: number): unknown;
  get(column: string | number): unknown {
    return this.#values[this.#position(column)];
  }

  /** Makes every column NULL. */
  clear(): this {
    this.#values.fill(null);
    return this;
  }

  #position(column: string | number): number {
    const position = typeof column === "number" ? column : this.#positions.get(column.toLowerCase());
    if (position !== undefined && Number.isInteger(position) && position in this.#values) return position;
    const expected =
      typeof column === "number"
        ? `a position from 0 to ${this.columns.length - 1}`
        : `one of the table's columns (${this.columns.map(({ name }) => name).join(", ")})`;
    throw new TableTunnelError(`Expected ${expected}, got ${JSON.stringify(column)}`, {
      code: "unknown-column",
    });
  }
}

const knownPositions = new WeakMap<readonly ColumnSpec[], ReadonlyMap<string, number>>();

/** Looked up once for all records of a session. */
function positionsOf(columns: readonly ColumnSpec[]): ReadonlyMap<string, number> {
  const known = knownPositions.get(columns);
  if (known !== undefined) return known;
  const positions = new Map(columns.map(({ name }, position) => [name.toLowerCase(), position]));
  knownPositions.set(columns, positions);
  return positions;
}
