import { type Copy, copies, type Store, stores } from "./row-sites.ts";

/**
 * Rows as objects that all have the same hidden class, made many at a time and filled column by column.
 *
 * An engine remembers for each place in the source which property it stores, and a place that stores one property
 * only does so ten times as fast as one that stores them all. Code cannot be generated where a policy forbids it, so
 * there are places enough in the source, and each name gets one of its own. Names that come when all are taken share
 * one: slower, but right.
 */
export class RowShape {
  readonly #names: readonly string[];
  /** A row of NULLs. Undefined for so many columns that engines would copy it property by property. */
  readonly #blank: Readonly<Record<string, unknown>> | undefined;
  readonly #copy: Copy;
  readonly #stores: readonly Store[];

  constructor(names: readonly string[]) {
    this.#names = names;
    this.#blank = names.length > mostColumns ? undefined : blankOf(names);
    this.#copy = copies[nextCopy++ % copies.length]!;
    this.#stores = this.#blank === undefined ? [] : names.map(storeOf);
  }

  /** One row of these values. */
  row(values: readonly unknown[]): Record<string, unknown> {
    const names = this.#names;
    const row = this.#blank === undefined ? emptyRow(names) : { ...this.#blank };
    for (let index = 0; index < names.length; index++) row[names[index]!] = values[index];
    return row;
  }

  /** So many rows, NULL everywhere. */
  rows(count: number): Record<string, unknown>[] {
    const rows: Record<string, unknown>[] = [];
    if (this.#blank !== undefined) this.#copy(this.#blank, rows, count);
    else for (let made = 0; made < count; made++) rows.push(emptyRow(this.#names));
    return rows;
  }

  /** Puts a column's values into rows. */
  fill(rows: Record<string, unknown>[], column: number, values: readonly unknown[]): void {
    (this.#stores[column] ?? storeAny)(rows, this.#names[column]!, values);
  }
}

/** Beyond about this many properties engines copy objects slowly. */
const mostColumns = 100;

/** By JSON, which gives objects of many properties their room from the start, and `__proto__` no special meaning. */
function blankOf(names: readonly string[]): Readonly<Record<string, unknown>> {
  return JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}:null`).join()}}`) as Readonly<
    Record<string, unknown>
  >;
}

function emptyRow(names: readonly string[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const name of names) {
    if (name === "__proto__") {
      Object.defineProperty(row, name, {
        value: null,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    } else {
      row[name] = null;
    }
  }
  return row;
}

const siteOfName: Map<string, number> = /*@__PURE__*/ new Map();
let nextCopy = 0;

function storeOf(name: string): Store {
  const known = siteOfName.get(name) ?? siteOfName.size;
  if (known >= stores.length) return storeAny;
  siteOfName.set(name, known);
  return stores[known]!;
}

const storeAny: Store = (rows, name, values) => {
  for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
};
