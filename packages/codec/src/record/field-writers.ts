import { dateDays, dateTimeMs, splitInterval, splitTimestamp } from "../values/date-time.ts";
import { splitBigintValue, wholeNumber } from "../values/integer.ts";
import { InvalidValue, rethrowInside } from "../values/invalid-value.ts";
import { jsonText } from "../values/json.ts";
import { isBytes } from "../values/text.ts";
import type { ByteSink } from "../wire/byte-sink.ts";
import { int64, splitNumber } from "../wire/int64.ts";
import {
  float32,
  type LeafWriteRules,
  refuseTooLong,
  writeBytes,
  writeDecimal,
  writeText,
} from "./leaf-writers.ts";
import type { PropertyMap } from "./property-map.ts";
import * as plan from "./type-plan.ts";

/** What writing a value depends on besides its type. */
export interface WriteRules extends LeafWriteRules {
  /** Finds the fields of a struct in an object. */
  readonly fieldsOf: (struct: plan.TypePlan) => PropertyMap;
}

/**
 * Writes a value that is not NULL, without its tag, and feeds its checksum.
 *
 * @throws InvalidValue; the sink then holds part of the value.
 */
export function writeValue(sink: ByteSink, type: plan.TypePlan, value: unknown, rules: WriteRules): void {
  switch (type.op) {
    case plan.opInteger: {
      const whole = wholeNumber(value, type.min, type.max, type.name);
      sink.integer(whole | 0, whole >> 31);
      return;
    }
    case plan.opBigint:
      splitBigintValue(value, rules.asSent);
      sink.integer(int64.low, int64.high);
      return;
    case plan.opString:
      writeText(sink, type, value, rules);
      return;
    case plan.opDouble:
      if (typeof value !== "number") throw new InvalidValue("wrong-type", "a number", value);
      sink.float64(value);
      return;
    case plan.opBoolean:
      if (typeof value !== "boolean") throw new InvalidValue("wrong-type", "true or false", value);
      sink.boolean(value);
      return;
    case plan.opDateTime:
      splitNumber(dateTimeMs(value, rules.anyValue));
      sink.integer(int64.low, int64.high);
      return;
    case plan.opDecimal:
      writeDecimal(sink, type, value, rules);
      return;
    case plan.opFloat:
      sink.float32(float32(value));
      return;
    case plan.opDate: {
      const days = dateDays(value);
      sink.integer(days, days >> 31);
      return;
    }
    case plan.opCharacters:
      refuseTooLong(type, value, rules);
      writeText(sink, type, value, rules);
      return;
    case plan.opBinary:
      if (!isBytes(value)) throw new InvalidValue("wrong-type", "a Uint8Array", value);
      writeBytes(sink, type, value, rules);
      return;
    case plan.opJson:
      writeText(sink, type, rules.anyValue && isBytes(value) ? value : jsonText(value, !rules.asSent), rules);
      return;
    case plan.opTimestamp: {
      const nanos = splitTimestamp(value, "zoned", rules.anyValue);
      sink.instant(int64.low, int64.high, nanos);
      return;
    }
    case plan.opTimestampNtz: {
      const nanos = splitTimestamp(value, "local", rules.anyValue);
      sink.instant(int64.low, int64.high, nanos);
      return;
    }
    case plan.opDayTimeInterval: {
      const nanos = splitInterval(value);
      sink.instant(int64.low, int64.high, nanos);
      return;
    }
    case plan.opArray:
      if (!Array.isArray(value)) throw new InvalidValue("wrong-type", `an array for ${type.name}`, value);
      writeElements(sink, type.element!, value, rules, elementStep);
      return;
    case plan.opMap: {
      const { keys, values } = mapEntries(type, value);
      writeElements(sink, type.element!, keys, rules, (index) => `[key ${index}]`);
      writeElements(sink, type.value!, values, rules, (index) => `[value ${index}]`);
      return;
    }
    case plan.opStruct:
      writeStruct(sink, type, value, rules);
      return;
    default:
      writeVector(sink, type, value);
      return;
  }
}

/** A count, then each element behind its null flag. */
function writeElements(
  sink: ByteSink,
  element: plan.TypePlan,
  values: readonly unknown[],
  rules: WriteRules,
  step: (index: number) => string,
): void {
  sink.count(values.length);
  let index = 0;
  try {
    for (; index < values.length; index++) writeNullable(sink, element, values[index], rules);
  } catch (error) {
    rethrowInside(error, step(index));
  }
}

function writeNullable(sink: ByteSink, type: plan.TypePlan, value: unknown, rules: WriteRules): void {
  const isNull = value === null || value === undefined;
  sink.nullFlag(isNull);
  if (!isNull) writeValue(sink, type, value, rules);
}

function elementStep(index: number): string {
  return `[${index}]`;
}

/** On the wire all keys come before all values. */
function mapEntries(type: plan.TypePlan, value: unknown): { keys: unknown[]; values: unknown[] } {
  const keys: unknown[] = [];
  const values: unknown[] = [];
  if (Array.isArray(value) || value instanceof Map) {
    for (const entry of value) {
      if (!Array.isArray(entry) || entry.length !== 2) {
        throw new InvalidValue("wrong-type", "entries that are [key, value]", entry);
      }
      keys.push(entry[0]);
      values.push(entry[1]);
    }
    return { keys, values };
  }
  const keysAreText = type.element!.op === plan.opString || type.element!.op === plan.opCharacters;
  if (!isPlainObject(value) || !keysAreText) {
    throw new InvalidValue(
      "wrong-type",
      `[key, value] entries${keysAreText ? ", a Map or an object" : " or a Map"} for ${type.name}`,
      value,
    );
  }
  for (const [key, member] of Object.entries(value)) {
    keys.push(key);
    values.push(member);
  }
  return { keys, values };
}

/** Each declared field behind its null flag. */
function writeStruct(sink: ByteSink, type: plan.TypePlan, value: unknown, rules: WriteRules): void {
  const { fields, fieldNames } = type;
  const values = structValues(type, value, rules);
  let index = 0;
  try {
    for (; index < fields.length; index++) writeNullable(sink, fields[index]!, values[index], rules);
  } catch (error) {
    rethrowInside(error, `.${fieldNames[index]}`);
  }
}

function structValues(type: plan.TypePlan, value: unknown, rules: WriteRules): readonly unknown[] {
  if (Array.isArray(value)) {
    if (value.length <= type.fields.length) return value;
    throw new InvalidValue("too-many-values", `at most ${type.fields.length} values for ${type.name}`, value);
  }
  if (
    typeof value !== "object" ||
    value === null ||
    isBytes(value) ||
    value instanceof Date ||
    value instanceof Map
  ) {
    throw new InvalidValue("wrong-type", `an object or an array for ${type.name}`, value);
  }
  const object = value as Record<string, unknown>;
  return rules
    .fieldsOf(type)
    .find(object)
    .map((property) => (property === undefined ? undefined : object[property]));
}

/** The dimension, then bare elements. */
function writeVector(sink: ByteSink, type: plan.TypePlan, value: unknown): void {
  if (!Array.isArray(value) && !(value instanceof Float32Array) && !(value instanceof Float64Array)) {
    throw new InvalidValue("wrong-type", "an array of numbers", value);
  }
  const elements: ArrayLike<unknown> = value;
  if (elements.length !== type.dimension) {
    throw new InvalidValue("wrong-length", `${type.dimension} elements for ${type.name}`, value);
  }
  sink.count(type.dimension);
  let index = 0;
  try {
    for (; index < elements.length; index++) {
      const element = elements[index];
      if (type.isDoubleVector) {
        if (typeof element !== "number") throw new InvalidValue("wrong-type", "a number", element);
        sink.float64(element);
      } else {
        sink.float32(float32(element));
      }
    }
  } catch (error) {
    rethrowInside(error, elementStep(index));
  }
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}
