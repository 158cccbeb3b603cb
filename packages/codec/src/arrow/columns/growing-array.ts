import type { ColumnValues } from "./column-data.ts";

/** What makes an array of a column's values. */
export type ArrayOf<A extends ColumnValues> = new (length: number) => A;

/** A typed array that grows with what is put into it. */
export class GrowingArray<A extends ColumnValues> {
  readonly #make: ArrayOf<A>;
  #items: A;
  length = 0;

  constructor(make: ArrayOf<A>) {
    this.#make = make;
    this.#items = new make(0);
  }

  /** Makes room for more, all zeros, and counts it. */
  extend(count: number): A {
    const length = this.length + count;
    if (length > this.#items.length) {
      const grown = new this.#make(Math.max(length, this.#items.length * 2, 64));
      (grown as Uint8Array).set(this.#items.subarray(0, this.length) as Uint8Array);
      this.#items = grown;
    }
    this.length = length;
    return this.#items;
  }

  push(value: A[number]): void {
    const at = this.length;
    const items = this.extend(1) as { [index: number]: A[number] };
    items[at] = value;
  }

  append(more: A): void {
    const at = this.length;
    (this.extend(more.length) as Uint8Array).set(more as Uint8Array, at);
  }

  /** What is in it, and nothing is left. The next array starts with as much room, and some to spare. */
  take(): A {
    const { length } = this;
    const items = this.#items;
    this.length = 0;
    this.#items = new this.#make(length + (length >> 3));
    const isRoomy = items.length > length + (length >> 2);
    return (isRoomy ? items.slice(0, length) : items.subarray(0, length)) as A;
  }
}
