import type { ArrowDataLike, ArrowTypeLike } from "@maxcompute-tunnel/codec/arrow";
import type { AvroCursor } from "./avro-cursor.ts";
import type { AvroType } from "./avro-schema.ts";
import { ByteRows, NumberRows, PresentRows } from "./growing-rows.ts";

/** A column that grows value by value. */
export interface AvroColumn {
  readonly type: ArrowTypeLike;
  /** Reads the next value. */
  read(cursor: AvroCursor): void;
  /** Adds a NULL. */
  addNull(): void;
  /** The values since the last time, in Arrow's layout. */
  finish(): ArrowDataLike;
}

/** The column for a type. */
export function avroColumn(type: AvroType): AvroColumn {
  switch (type.kind) {
    case "null":
      return new NullColumn();
    case "boolean":
      return new BooleanColumn();
    case "int":
    case "long":
      return wholeColumn(type.kind, type.logical);
    case "float":
      return numbers({ typeId: 3, precision: 1 }, Float32Array, (cursor) => cursor.float());
    case "double":
      return numbers({ typeId: 3, precision: 2 }, Float64Array, (cursor) => cursor.double());
    case "bytes":
      if (type.logical === "decimal") return decimalColumn(type, (cursor) => cursor.take(cursor.count()));
      return new BytesColumn({ typeId: 4 }, (cursor) => cursor.take(cursor.count()));
    case "string":
      return new BytesColumn({ typeId: 5 }, (cursor) => cursor.take(cursor.count()));
    case "fixed":
      return fixedColumn(type);
    case "enum":
      return enumColumn(type.symbols);
    case "array":
      return new ListColumn("array", avroColumn(type.item));
    case "map":
      return new ListColumn("map", avroColumn(type.item));
    case "record":
      return new RecordColumn(type.fields.map(({ name, type: own }) => ({ name, column: avroColumn(own) })));
    case "union":
      return unionColumn(type.branches);
  }
}

function wholeColumn(kind: "int" | "long", logical: string | undefined): AvroColumn {
  if (kind === "int") {
    const type: ArrowTypeLike =
      logical === "date"
        ? { typeId: 8, unit: 0 }
        : logical === "time-millis"
          ? timeOfDay
          : { typeId: 2, bitWidth: 32, isSigned: true };
    return numbers(type, Int32Array, (cursor) => {
      const value = cursor.long();
      if (value !== Number(value) || (value | 0) !== value)
        throw new RangeError("an int of more than 32 bits");
      return value;
    });
  }
  const time = /^(local-)?timestamp-(millis|micros|nanos)$/.exec(logical ?? "");
  const unit = { millis: 1, micros: 2, nanos: 3 }[time?.[2] ?? ""];
  const type: ArrowTypeLike =
    time !== null
      ? { typeId: 10, unit, timezone: time[1] === undefined ? "UTC" : null }
      : logical === "time-micros"
        ? timeOfDay
        : { typeId: 2, bitWidth: 64, isSigned: true };
  return numbers(type, BigInt64Array, (cursor) => BigInt(cursor.long()));
}

function fixedColumn(type: Extract<AvroType, { kind: "fixed" }>): AvroColumn {
  const { size, logical } = type;
  const read = (cursor: AvroCursor): Uint8Array => cursor.take(size);
  if (logical === "decimal") return decimalColumn(type, read);
  if (logical === "uuid" && size === 16) {
    return new BytesColumn({ typeId: 5 }, (cursor) => {
      const hex = Buffer.from(read(cursor)).toString("hex");
      return Buffer.from(hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"));
    });
  }
  if (logical === "duration" && size === 12) return new DurationColumn();
  return new BytesColumn({ typeId: 4 }, read);
}

/** Unions of NULL and one type are that type; others are read past, and no column can be made of them. */
function unionColumn(branches: readonly AvroType[]): AvroColumn {
  const kept = branches.filter(({ kind }) => kind !== "null");
  if (kept.length === 1) return new OptionalColumn(branches, avroColumn(kept[0]!));
  return kept.length === 0
    ? new OptionalColumn(branches, new NullColumn())
    : new AnyColumn(branches.map(avroColumn));
}

class OptionalColumn implements AvroColumn {
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

class AnyColumn implements AvroColumn {
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

class NullColumn implements AvroColumn {
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

type Elements = Int32Array | BigInt64Array | Float32Array | Float64Array;

function numbers<Value extends number | bigint>(
  type: ArrowTypeLike,
  kind: new (length: number) => Elements,
  read: (cursor: AvroCursor) => Value,
): AvroColumn {
  const validity = new PresentRows();
  const rows = new NumberRows(kind);
  return {
    type,
    read(cursor) {
      rows.add(read(cursor));
      validity.add(true);
    },
    addNull() {
      rows.skip();
      validity.add(false);
    },
    finish: () => ({ type, ...validity.finish(), values: rows.finish(), children: [] }),
  };
}

class BooleanColumn implements AvroColumn {
  readonly type: ArrowTypeLike = { typeId: 6 };
  readonly #validity = new PresentRows();
  readonly #values = new PresentRows();

  read(cursor: AvroCursor): void {
    const byte = cursor.byte();
    if (byte > 1) throw new RangeError(`a boolean of ${byte}`);
    this.#values.add(byte === 1);
    this.#validity.add(true);
  }

  addNull(): void {
    this.#values.add(false);
    this.#validity.add(false);
  }

  finish(): ArrowDataLike {
    return {
      type: this.type,
      ...this.#validity.finish(),
      values: this.#values.finish().nullBitmap,
      children: [],
    };
  }
}

class BytesColumn implements AvroColumn {
  readonly type: ArrowTypeLike;
  readonly #read: (cursor: AvroCursor) => Uint8Array;
  readonly #validity = new PresentRows();
  readonly #rows = new ByteRows();

  constructor(type: ArrowTypeLike, read: (cursor: AvroCursor) => Uint8Array) {
    this.type = type;
    this.#read = read;
  }

  read(cursor: AvroCursor): void {
    this.#rows.add(this.#read(cursor));
    this.#validity.add(true);
  }

  addNull(): void {
    this.#rows.add(noBytes);
    this.#validity.add(false);
  }

  finish(): ArrowDataLike {
    return { type: this.type, ...this.#validity.finish(), ...this.#rows.finish(), children: [] };
  }
}

/** Decimals: two's complement, most significant byte first, of any length. */
function decimalColumn(
  { precision, scale }: { readonly precision: number; readonly scale: number },
  read: (cursor: AvroCursor) => Uint8Array,
): AvroColumn {
  const words = precision > 38 ? 4 : 2;
  const type = { typeId: 7, precision, scale, bitWidth: words * 64 };
  const validity = new PresentRows();
  const rows = new NumberRows(BigInt64Array);
  return {
    type,
    read(cursor) {
      const bytes = read(cursor);
      let value = 0n;
      for (const byte of bytes) value = (value << 8n) | BigInt(byte);
      value = BigInt.asIntN(Math.max(1, bytes.length * 8), value);
      if (BigInt.asIntN(words * 64, value) !== value) throw new RangeError("a decimal of too many digits");
      for (let word = 0; word < words; word += 1) rows.add(BigInt.asIntN(64, value >> BigInt(word * 64)));
      validity.add(true);
    },
    addNull() {
      for (let word = 0; word < words; word += 1) rows.skip();
      validity.add(false);
    },
    finish: () => ({ type, ...validity.finish(), values: asWords(rows.finish()), children: [] }),
  };
}

/** Months, days and milliseconds, as months, days and nanoseconds. */
class DurationColumn implements AvroColumn {
  readonly type: ArrowTypeLike = { typeId: 11, unit: 2 };
  readonly #validity = new PresentRows();
  readonly #rows = new NumberRows(BigInt64Array);

  read(cursor: AvroCursor): void {
    const bytes = cursor.take(12);
    const view = new DataView(bytes.buffer, bytes.byteOffset, 12);
    const [months, days, ms] = [0, 4, 8].map((at) => BigInt(view.getUint32(at, true)));
    this.#rows.add(BigInt.asIntN(64, (days! << 32n) | months!));
    this.#rows.add(ms! * 1_000_000n);
    this.#validity.add(true);
  }

  addNull(): void {
    this.#rows.skip();
    this.#rows.skip();
    this.#validity.add(false);
  }

  finish(): ArrowDataLike {
    const { buffer, length } = this.#rows.finish();
    const values = new Int32Array(buffer as ArrayBuffer, 0, length * 2);
    return { type: this.type, ...this.#validity.finish(), values, children: [] };
  }
}

function enumColumn(symbols: readonly string[]): AvroColumn {
  const texts = new ByteRows();
  for (const symbol of symbols) texts.add(new TextEncoder().encode(symbol));
  const text = { typeId: 5 };
  const base = { offset: 0, nullCount: 0, children: [] };
  const dictionary = { data: [{ type: text, length: symbols.length, ...base, ...texts.finish() }] };
  const indices = { typeId: 2, bitWidth: 32, isSigned: true };
  const type = { typeId: -1, indices, dictionary: text };
  const column = numbers(type, Int32Array, (cursor) => {
    const index = cursor.count();
    if (index < 0 || index >= symbols.length) throw new RangeError("a symbol that the enum does not have");
    return index;
  });
  return { ...column, finish: () => ({ ...column.finish(), dictionary }) };
}

/** Arrays, and maps, whose entries have a key before their value. */
class ListColumn implements AvroColumn {
  readonly type: ArrowTypeLike;
  readonly #keys: AvroColumn | undefined;
  readonly #items: AvroColumn;
  readonly #validity = new PresentRows();
  readonly #ends = new NumberRows(Int32Array);
  #elements = 0;

  constructor(kind: "array" | "map", items: AvroColumn) {
    this.#items = items;
    this.#keys = kind === "map" ? avroColumn({ ...textType, kind: "string" }) : undefined;
    const pair = [
      { name: "key", type: { typeId: 5 } },
      { name: "value", type: items.type },
    ];
    const entries = { name: "entries", type: { typeId: 13, children: pair } };
    this.type =
      this.#keys === undefined
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

function asWords(values: Elements): Uint32Array {
  return new Uint32Array(values.buffer as ArrayBuffer, values.byteOffset, values.length * 2);
}

function named(typeId: number, name: string): ArrowTypeLike {
  return { typeId, toString: () => name } as ArrowTypeLike;
}

const timeOfDay: ArrowTypeLike = named(9, "time of day");
const textType = { logical: undefined, precision: 0, scale: 0 };
const noBytes: Uint8Array = new Uint8Array(0);

/** Elements of a block: more than this is damage. */
const mostItems = 64 * 1024 * 1024;
