import { parseDate } from "@maxcompute-tunnel/codec";
import { Refusal } from "../../refusal.ts";
import type { ArrowType, DecimalLayout } from "./arrow-type.ts";
import { ByteBuilder } from "./byte-builder.ts";
import { unscaledDecimal } from "./decimal-words.ts";

/** The parts of a record batch, in the order its message lists them. */
export interface BatchParts {
  readonly nodes: (readonly [length: number, nullCount: number])[];
  readonly buffers: Uint8Array[];
}

/** Gathers one column's values, as the record decoder gives them. */
export interface ColumnBuilder {
  /** @throws Refusal when Arrow's type cannot hold the value */
  add(value: unknown): void;
  readonly byteLength: number;
  /** Adds nodes and buffers to a batch and begins anew. */
  finish(parts: BatchParts): void;
}

/** What stands behind the validity bits of a column. */
interface Values {
  add(value: unknown): void;
  /** Takes the place of a NULL. */
  skip(): void;
  readonly byteLength: number;
  finish(parts: BatchParts): void;
}

export function columnBuilder(type: ArrowType): ColumnBuilder {
  const values = valuesOf(type);
  const validity = new ByteBuilder();
  let length = 0;
  let nullCount = 0;
  return {
    add(value) {
      const isNull = value === null || value === undefined;
      if (isNull) {
        values.skip();
        nullCount++;
      } else {
        values.add(value);
      }
      validity.setBit(length, !isNull);
      length++;
    },
    get byteLength() {
      return validity.length + values.byteLength;
    },
    finish(parts) {
      parts.nodes.push([length, nullCount]);
      const bits = validity.take();
      parts.buffers.push(nullCount === 0 ? new Uint8Array(0) : bits);
      values.finish(parts);
      length = 0;
      nullCount = 0;
    },
  };
}

function valuesOf(type: ArrowType): Values {
  switch (type.kind) {
    case "int":
      return integers(type.bytes);
    case "float":
      return type.bytes === 4
        ? fixed(4, (view, at, value) => view.setFloat32(at, value as number, true))
        : fixed(8, (view, at, value) => view.setFloat64(at, value as number, true));
    case "bool":
      return booleans();
    case "utf8":
    case "binary":
      return texts();
    case "decimal":
      return decimals(type);
    case "date":
      return fixed(4, (view, at, value) => view.setInt32(at, parseDate(value as string), true));
    case "year-month":
      return integers(4);
    case "timestamp":
      return type.unit === "ms"
        ? fixed(8, (view, at, value) => view.setBigInt64(at, BigInt((value as Date).getTime()), true))
        : fixed(8, (view, at, value) => view.setBigInt64(at, nanosecondsOf(value as Instant), true));
    case "day-time":
      return fixed(8, writeDayTime);
    case "seconds-nanos":
      return structs(
        [columnBuilder({ kind: "int", bytes: 8 }), columnBuilder({ kind: "int", bytes: 4 })],
        (value) => [(value as Instant).seconds, (value as Instant).nanos],
      );
    case "list": {
      const element = columnBuilder(type.element);
      return lists(element, (value) => {
        const elements = value as ArrayLike<unknown>;
        for (let index = 0; index < elements.length; index++) {
          element.add(elements[index]);
        }
        return elements.length;
      });
    }
    case "map": {
      const key = columnBuilder(type.key);
      const entries = mapEntries(key, columnBuilder(type.value));
      return lists(entries, (value) => {
        for (const entry of value as readonly unknown[]) {
          entries.add(entry);
        }
        return (value as readonly unknown[]).length;
      });
    }
    case "struct":
      return structs(
        type.fields.map((field) => columnBuilder(field.type)),
        (value) => type.fields.map(({ name }) => (value as Readonly<Record<string, unknown>>)[name]),
      );
  }
}

function fixed(bytes: number, write: (view: DataView, at: number, value: unknown) => void): Values {
  const data = new ByteBuilder();
  return {
    add(value) {
      write(data.room(bytes), data.length, value);
      data.length += bytes;
    },
    skip: () => data.skip(bytes),
    get byteLength() {
      return data.length;
    },
    finish: (parts) => void parts.buffers.push(data.take()),
  };
}

function integers(bytes: 1 | 2 | 4 | 8): Values {
  switch (bytes) {
    case 1:
      return fixed(1, (view, at, value) => view.setInt8(at, value as number));
    case 2:
      return fixed(2, (view, at, value) => view.setInt16(at, value as number, true));
    case 4:
      return fixed(4, (view, at, value) => view.setInt32(at, value as number, true));
    case 8:
      return fixed(8, (view, at, value) => view.setBigInt64(at, value as bigint, true));
  }
}

function booleans(): Values {
  const bits = new ByteBuilder();
  let count = 0;
  return {
    add(value) {
      bits.setBit(count, value === true);
      count++;
    },
    skip() {
      bits.setBit(count, false);
      count++;
    },
    get byteLength() {
      return bits.length;
    },
    finish(parts) {
      parts.buffers.push(bits.take());
      count = 0;
    },
  };
}

/** Texts, or bytes of texts that are not UTF-8, as they are stored. */
function texts(): Values {
  const data = new ByteBuilder();
  const borders = offsets();
  return {
    add(value) {
      if (typeof value === "string") {
        data.appendText(value);
      } else {
        data.append(value as Uint8Array);
      }
      borders.add(data.length);
    },
    skip: () => borders.add(data.length),
    get byteLength() {
      return borders.byteLength + data.length;
    },
    finish: (parts) => void parts.buffers.push(borders.take(), data.take()),
  };
}

function lists(elements: ColumnBuilder, addElements: (value: unknown) => number): Values {
  const borders = offsets();
  let count = 0;
  return {
    add(value) {
      count += addElements(value);
      borders.add(count);
    },
    skip: () => borders.add(count),
    get byteLength() {
      return borders.byteLength + elements.byteLength;
    },
    finish(parts) {
      parts.buffers.push(borders.take());
      elements.finish(parts);
      count = 0;
    },
  };
}

/** A NULL struct has NULL in every field: some readers look at the fields only. */
function structs(
  fields: readonly ColumnBuilder[],
  fieldValues: (value: unknown) => readonly unknown[],
): Values {
  return {
    add(value) {
      const values = fieldValues(value);
      for (const [index, field] of fields.entries()) {
        field.add(values[index]);
      }
    },
    skip() {
      for (const field of fields) {
        field.add(null);
      }
    },
    get byteLength() {
      return fields.reduce((sum, field) => sum + field.byteLength, 0);
    },
    finish(parts) {
      for (const field of fields) {
        field.finish(parts);
      }
    },
  };
}

/** A map's elements: structs of a key and a value, none of them NULL. */
function mapEntries(key: ColumnBuilder, value: ColumnBuilder): ColumnBuilder {
  let length = 0;
  return {
    add(entry) {
      const [entryKey, entryValue] = entry as readonly [unknown, unknown];
      if (entryKey === null) {
        throw cannotHold("a map with a NULL key");
      }
      key.add(entryKey);
      value.add(entryValue);
      length++;
    },
    get byteLength() {
      return key.byteLength + value.byteLength;
    },
    finish(parts) {
      parts.nodes.push([length, 0]);
      parts.buffers.push(new Uint8Array(0));
      key.finish(parts);
      value.finish(parts);
      length = 0;
    },
  };
}

/** Borders of the values of a column, the first of which is 0. */
function offsets(): { add(border: number): void; readonly byteLength: number; take(): Uint8Array } {
  const data = new ByteBuilder();
  const add = (border: number): void => {
    data.room(4).setInt32(data.length, border, true);
    data.length += 4;
  };
  add(0);
  return {
    add,
    get byteLength() {
      return data.length;
    },
    take() {
      const bytes = data.take();
      add(0);
      return bytes;
    },
  };
}

function decimals({ bytes, precision, scale }: DecimalLayout): Values {
  // 128 bits hold 38 digits, whatever a column of fewer claims after its scale was changed.
  const limit = 10n ** BigInt(bytes === 16 ? Math.max(precision, 38) : 76);
  return fixed(bytes, (view, at, value) => {
    const unscaled = unscaledDecimal(String(value), scale);
    if (unscaled === undefined || unscaled >= limit || unscaled <= -limit) {
      throw cannotHold(`the decimal ${String(value).slice(0, 60)} with ${scale} digits after the point`);
    }
    let rest = unscaled;
    for (let long = 0; long < bytes; long += 8) {
      view.setBigInt64(at + long, BigInt.asIntN(64, rest), true);
      rest >>= 64n;
    }
  });
}

interface Instant {
  readonly seconds: bigint;
  readonly nanos: number;
}

function nanosecondsOf({ seconds, nanos }: Instant): bigint {
  const total = seconds * 1_000_000_000n + BigInt(nanos);
  if (BigInt.asIntN(64, total) !== total) {
    throw cannotHold(
      `the time ${seconds} seconds from 1970, outside of the years 1677 to 2262 that 64 bits of nanoseconds reach`,
    );
  }
  return total;
}

/** Days and milliseconds, both of the value's sign. */
function writeDayTime(view: DataView, at: number, value: unknown): void {
  const { seconds, nanos } = value as Instant;
  const ms = seconds * 1000n + BigInt(nanos) / 1_000_000n;
  const days = ms / 86_400_000n;
  if (nanos % 1_000_000 !== 0 || BigInt.asIntN(32, days) !== days) {
    throw cannotHold(`the interval of ${seconds} seconds and ${nanos} nanoseconds in days and milliseconds`);
  }
  view.setInt32(at, Number(days), true);
  view.setInt32(at + 4, Number(ms % 86_400_000n), true);
}

function cannotHold(what: string): Refusal {
  return new Refusal("InvalidArgument", `Arrow cannot hold ${what}; read the rows as records.`);
}
