import type { RowKey } from "./row-key.ts";
import { operationOf, valueColumnsOf } from "./upsert-record.ts";

/** The row goes. */
export const deleted = -1;

/** Some values of a row, on top of what it has. */
export interface Patch {
  /** Number of the record that holds the whole row; `stored` for the table's, `nothing` for a new one. */
  readonly on: number | "stored" | "nothing";
  /** Values by position of their column, the key's among them. */
  readonly values: Map<number, unknown>;
}

/**
 * What becomes of a key: `deleted`, a patch, or the number of the record that holds its row.
 *
 * A bare number, because there is one for every key that a session changes.
 */
export type KeyChange = number | Patch;

/**
 * Folds records, in the order they arrived, into what becomes of each key: the last one wins, and partial updates add
 * up. Whole rows are not kept, only where they are.
 */
export class KeyChanges {
  readonly #key: RowKey;
  readonly #byKey: Map<string, KeyChange> = new Map();
  #recordCount = 0;

  constructor(key: RowKey) {
    this.#key = key;
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** Adds the next record, as decoded: the table's columns, then the meta columns. */
  add(record: readonly unknown[]): void {
    const number = this.#recordCount;
    this.#recordCount += 1;
    const key = this.#key.text(record);
    if (operationOf(record) === "delete") {
      this.#byKey.set(key, deleted);
      return;
    }
    const ids = valueColumnsOf(record);
    this.#byKey.set(key, ids.length === 0 ? number : this.#patched(this.#byKey.get(key), record, ids));
  }

  /** What becomes of the row's key; `undefined` when it stays as it is. */
  of(row: readonly unknown[]): KeyChange | undefined {
    return this.#byKey.get(this.#key.text(row));
  }

  values(): Iterable<KeyChange> {
    return this.#byKey.values();
  }

  #patched(before: KeyChange | undefined, record: readonly unknown[], ids: readonly unknown[]): Patch {
    const patch = patchOn(before);
    for (const index of [...this.#key.columns, ...ids.map(Number)]) {
      patch.values.set(index, record[index]);
    }
    return patch;
  }
}

function patchOn(before: KeyChange | undefined): Patch {
  if (typeof before === "object") {
    return before;
  }
  const on = before === undefined ? "stored" : before === deleted ? "nothing" : before;
  return { on, values: new Map() };
}

/** The first `columnCount` values of a row with a patch on top. */
export function patchedRow(row: readonly unknown[], patch: Patch, columnCount: number): readonly unknown[] {
  return Array.from({ length: columnCount }, (_, index) =>
    patch.values.has(index) ? patch.values.get(index) : (row[index] ?? null),
  );
}
