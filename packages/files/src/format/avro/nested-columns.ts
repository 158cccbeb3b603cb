import type { ArrowDataLike, ArrowTypeLike } from "@maxcompute-tunnel/codec/arrow";
import { type AvroColumn, named } from "./avro-column.ts";
import type { AvroCursor } from "./avro-cursor.ts";
import type { AvroType } from "./avro-schema.ts";
import { NumberRows, PresentRows } from "./growing-rows.ts";

/** Arrays, and maps, whose entries have a key before their value. */
export class ListColumn implements AvroColumn {
  readonly type: ArrowTypeLike;
  readonly #keys: AvroColumn | undefined;
  readonly #items: AvroColumn;
  readonly #validity = new PresentRows();
  readonly #ends = new NumberRows(Int32Array);
  #elements = 0;

  /** @param keys of maps */
  constructor(items: AvroColumn, keys?: AvroColumn) {
    this.#items = items;
    this.#keys = keys;
    const pair = [
      { name: "key", type: { typeId: 5 } },
      { name: "value", type: items.type },
    ];
    const entries = { name: "entries", type: { typeId: 13, children: pair } };
    this.type =
      keys === undefined
        ? { typeId: 12, children: [{ name: "item", type: items.type }] }
        : { typeId: 17, children: [entries] };
  }

  read(cursor: AvroCursor): void {
    for (let count = cursor.count(); count !== 0; count = cursor.count()) {
      // With its bytes before it, a block can be passed over; here it is read.
      if (count < 0) cursor.long();
      const items = Math.abs(count);
      if (items > mostItems) throw new RangeError(`${items} elements`);
      for (let item = 0; item < items; item += 1) {
        this.#keys?.read(cursor);
        this.#items.read(cursor);
      }
      this.#elements += items;
    }
    this.#ends.add(this.#elements);
    this.#validity.add(true);
  }

  addNull(): void {
    this.#ends.add(this.#elements);
    this.#validity.add(false);
  }

  finish(): ArrowDataLike {
    const ends = this.#ends.finish() as Int32Array;
    const valueOffsets = new Int32Array(ends.length + 1);
    valueOffsets.set(ends, 1);
    const items = this.#items.finish();
    const keys = this.#keys?.finish();
    const length = this.#elements;
    this.#elements = 0;
    const child =
      keys === undefined
        ? items
        : { type: this.type.children![0]!.type, length, offset: 0, nullCount: 0, children: [keys, items] };
    return { type: this.type, ...this.#validity.finish(), valueOffsets, children: [child] };
  }
}

/** A record, whose fields follow one another. */
export class RecordColumn implements AvroColumn {
  readonly type: ArrowTypeLike;
  readonly #columns: readonly AvroColumn[];
  readonly #validity = new PresentRows();

  constructor(fields: readonly { readonly name: string; readonly column: AvroColumn }[]) {
    this.#columns = fields.map(({ column }) => column);
    this.type = { typeId: 13, children: fields.map(({ name, column }) => ({ name, type: column.type })) };
  }

  read(cursor: AvroCursor): void {
    for (const column of this.#columns) column.read(cursor);
    this.#validity.add(true);
  }

  addNull(): void {
    for (const column of this.#columns) column.addNull();
    this.#validity.add(false);
  }

  finish(): ArrowDataLike {
    return {
      type: this.type,
      ...this.#validity.finish(),
      children: this.#columns.map((column) => column.finish()),
    };
  }
}

/** A union of NULL and one type. */
export class OptionalColumn implements AvroColumn {
  readonly type: ArrowTypeLike;
  readonly #branches: readonly AvroType[];
  readonly #column: AvroColumn;

  constructor(branches: readonly AvroType[], column: AvroColumn) {
    this.type = column.type;
    this.#branches = branches;
    this.#column = column;
  }

  read(cursor: AvroCursor): void {
    const branch = this.#branches[cursor.count()];
    if (branch === undefined) throw new RangeError("a branch that the union does not have");
    if (branch.kind === "null") this.#column.addNull();
    else this.#column.read(cursor);
  }

  addNull(): void {
    this.#column.addNull();
  }

  finish(): ArrowDataLike {
    return this.#column.finish();
  }
}

/** A union of several types, which is read past. */
export class AnyColumn implements AvroColumn {
  readonly type: ArrowTypeLike = named(14, "union of several types");
  readonly #columns: readonly AvroColumn[];

  constructor(columns: readonly AvroColumn[]) {
    this.#columns = columns;
  }

  read(cursor: AvroCursor): void {
    const column = this.#columns[cursor.count()];
    if (column === undefined) throw new RangeError("a branch that the union does not have");
    column.read(cursor);
  }

  addNull(): void {}

  finish(): ArrowDataLike {
    for (const column of this.#columns) column.finish();
    return { type: this.type, length: 0, offset: 0, nullCount: 0, children: [] };
  }
}

/** Nothing but NULL. */
export class NullColumn implements AvroColumn {
  readonly type: ArrowTypeLike = { typeId: 1 };
  #length = 0;

  read(): void {
    this.#length += 1;
  }

  addNull(): void {
    this.#length += 1;
  }

  finish(): ArrowDataLike {
    const length = this.#length;
    this.#length = 0;
    return { type: this.type, length, offset: 0, nullCount: length, children: [] };
  }
}

/** Elements of a block: more than this is damage. */
const mostItems = 64 * 1024 * 1024;
