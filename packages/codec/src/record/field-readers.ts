import { dateText } from "../values/calendar.ts";
import { isDecimal } from "../values/decimal-bytes.ts";
import { BadBytes } from "../wire/bad-bytes.ts";
import type { ByteSource } from "../wire/byte-source.ts";
import { joinBigint, joinNumber } from "../wire/int64.ts";
import * as plan from "./type-plan.ts";

/** What building a value depends on besides its type. */
export interface ReadRules {
  readonly maxFieldBytes: number;
  readonly invalidUtf8: "error" | "bytes";
}

/** What a reader gives when the bytes run out; the source then stands where it stood. */
export const incomplete: unique symbol = Symbol("incomplete");

/** Thrown inside a nested value when the bytes run out. Made once: it is no error. */
export const outOfBytes: object = { name: "outOfBytes" };

/** The furthest instants that a Date can hold. */
const dateReachMs = 8_640_000_000_000_000;

/** Takes a value without elements of its own, feeds its checksum and builds it; {@link incomplete} when bytes run out. */
export function readLeaf(source: ByteSource, type: plan.TypePlan, rules: ReadRules): unknown {
  const at = source.offset;
  switch (type.op) {
    case plan.opInteger:
    case plan.opDate: {
      if (!source.takeInteger()) return incomplete;
      const { low, high } = source;
      if (high !== low >> 31 || low < type.min || low > type.max) throw outOfRange(source, type, at);
      return type.op === plan.opInteger ? low : dateText(low);
    }
    case plan.opBigint:
      return source.takeInteger() ? joinBigint(source.low, source.high) : incomplete;
    case plan.opString:
    case plan.opCharacters:
    case plan.opJson:
      return readText(source, rules, at);
    case plan.opDouble:
      return source.takeDouble() ? source.number : incomplete;
    case plan.opFloat:
      return source.takeFloat() ? source.number : incomplete;
    case plan.opBoolean:
      return source.takeBoolean() ? source.number === 1 : incomplete;
    case plan.opDateTime: {
      if (!source.takeInteger()) return incomplete;
      const ms = joinNumber(source.low, source.high);
      if (Math.abs(ms) > dateReachMs) throw outOfRange(source, type, at);
      return new Date(ms);
    }
    case plan.opDecimal: {
      if (!source.takeBytes(rules.maxFieldBytes)) return incomplete;
      const text = source.text() ?? "";
      if (!isDecimal(text))
        throw new BadBytes("bad-decimal", "a decimal", JSON.stringify(text.slice(0, 60)), at);
      return text;
    }
    case plan.opBinary:
      return source.takeBytes(rules.maxFieldBytes) ? source.copy() : incomplete;
    case plan.opTimestamp:
    case plan.opTimestampNtz:
    case plan.opDayTimeInterval:
      if (!source.takeInstant()) return incomplete;
      return { seconds: joinBigint(source.low, source.high), nanos: source.number };
    default:
      return readVector(source, type);
  }
}

/**
 * Takes an array, map or struct, feeds its checksum and builds it. Throws {@link outOfBytes} when the bytes run out.
 */
export function readNested(source: ByteSource, type: plan.TypePlan, rules: ReadRules): unknown {
  switch (type.op) {
    case plan.opArray:
      return readElements(source, type.element!, takeCount(source), rules, (index) => `[${index}]`);
    case plan.opMap:
      return readMap(source, type, rules);
    case plan.opStruct:
      return readStruct(source, type, rules);
    default: {
      const value = readLeaf(source, type, rules);
      if (value === incomplete) throw outOfBytes;
      return value;
    }
  }
}

/** Sets a property of an object being built, whatever its name. */
export function setProperty(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name === "__proto__") {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  } else {
    object[name] = value;
  }
}

function readText(source: ByteSource, rules: ReadRules, at: number): unknown {
  if (!source.takeBytes(rules.maxFieldBytes)) return incomplete;
  const text = source.text();
  if (text !== undefined) return text;
  if (rules.invalidUtf8 === "bytes") return source.copy();
  throw new BadBytes("bad-utf8", "text in UTF-8", "other bytes", at);
}

function readVector(source: ByteSource, type: plan.TypePlan): unknown {
  const size = type.isDoubleVector ? 8 : 4;
  if (!source.takeVector(type.dimension, size)) return incomplete;
  const { buf, start } = source;
  const view = new DataView(buf.buffer, buf.byteOffset + start, type.dimension * size);
  return Array.from({ length: type.dimension }, (_, index) =>
    type.isDoubleVector ? view.getFloat64(index * 8, true) : view.getFloat32(index * 4, true),
  );
}

/** The array grows with its elements: the count is only what the bytes claim. */
function readElements(
  source: ByteSource,
  element: plan.TypePlan,
  count: number,
  rules: ReadRules,
  step: (index: number) => string,
): unknown[] {
  const elements: unknown[] = [];
  try {
    while (elements.length < count) elements.push(readNullable(source, element, rules));
  } catch (error) {
    rethrowInside(error, step(elements.length));
  }
  return elements;
}

function readMap(source: ByteSource, type: plan.TypePlan, rules: ReadRules): unknown[] {
  const count = takeCount(source);
  const keys = readElements(source, type.element!, count, rules, (index) => `[key ${index}]`);
  const valueCount = takeCount(source);
  if (valueCount !== count)
    throw source.bad("bad-count", `as many values as keys, ${count}`, `${valueCount}`);
  const values = readElements(source, type.value!, count, rules, (index) => `[value ${index}]`);
  return keys.map((key, index) => [key, values[index]]);
}

function readStruct(source: ByteSource, type: plan.TypePlan, rules: ReadRules): Record<string, unknown> {
  const struct: Record<string, unknown> = {};
  let index = 0;
  try {
    for (; index < type.fields.length; index++) {
      setProperty(struct, type.fieldNames[index]!, readNullable(source, type.fields[index]!, rules));
    }
  } catch (error) {
    rethrowInside(error, `.${type.fieldNames[index]}`);
  }
  return struct;
}

function readNullable(source: ByteSource, type: plan.TypePlan, rules: ReadRules): unknown {
  if (!source.takeFlag()) throw outOfBytes;
  return source.number === 1 ? null : readNested(source, type, rules);
}

function takeCount(source: ByteSource): number {
  if (!source.takeCount()) throw outOfBytes;
  return source.number;
}

function rethrowInside(error: unknown, step: string): never {
  if (error instanceof BadBytes) error.path = step + error.path;
  throw error;
}

function outOfRange(source: ByteSource, type: plan.TypePlan, at: number): BadBytes {
  const found = String(joinBigint(source.low, source.high));
  return new BadBytes("out-of-range", `a value in the range of ${type.name}`, found, at);
}
