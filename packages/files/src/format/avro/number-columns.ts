import type { ArrowDataLike, ArrowTypeLike } from "@maxcompute-tunnel/codec/arrow";
import { type AvroColumn, named } from "./avro-column.ts";
import type { AvroCursor } from "./avro-cursor.ts";
import { ByteRows, NumberRows, PresentRows } from "./growing-rows.ts";

/** Whole numbers, and the days and times that are such. */
export function wholeColumn(kind: "int" | "long", logical: string | undefined): AvroColumn {
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

/** Numbers of one size, each read by itself. */
export function numbers<Value extends number | bigint>(
  type: ArrowTypeLike,
  kind: new (length: number) => Int32Array | BigInt64Array | Float32Array | Float64Array,
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

/** Booleans of one byte. */
export class BooleanColumn implements AvroColumn {
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

/** Names out of a list, by their place in it. */
export function enumColumn(symbols: readonly string[]): AvroColumn {
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

const timeOfDay: ArrowTypeLike = named(9, "time of day");
