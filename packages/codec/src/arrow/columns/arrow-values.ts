import * as plan from "../../record/type-plan.ts";
import type { Timestamp } from "../../schema/instant.ts";
import { parseDate } from "../../values/calendar.ts";
import { plainDecimal } from "../../values/decimal.ts";
import { InvalidValue, rethrowInside } from "../../values/invalid-value.ts";
import type { ArrowInstants } from "./arrow-types.ts";

/**
 * A value as rows have it -> as a column's arrays take it: decimals as whole numbers, dates as days, instants as
 * nanoseconds or as they are, structs as arrays. NULL stays `null`.
 *
 * @throws InvalidValue for what the Arrow type cannot hold.
 */
export function toArrow(value: unknown, type: plan.TypePlan, instants: ArrowInstants): unknown {
  if (value === null) return null;
  switch (type.op) {
    case plan.opDecimal:
      return unscaled(value as string, type);
    case plan.opDate:
      return parseDate(value as string);
    case plan.opDateTime:
      return BigInt((value as Date).getTime());
    case plan.opTimestamp:
    case plan.opTimestampNtz:
      return instants === "fields" ? value : nanoseconds(value as Timestamp);
    case plan.opArray:
      return (value as unknown[]).map((element, index) =>
        inside(`[${index}]`, () => toArrow(element, type.element!, instants)),
      );
    case plan.opMap:
      return (value as [unknown, unknown][]).map(([key, each], index) => [
        inside(`[key ${index}]`, () => toArrow(present(key), type.element!, instants)),
        inside(`[value ${index}]`, () => toArrow(each, type.value!, instants)),
      ]);
    case plan.opStruct:
      return type.fields.map((field, index) => {
        const name = type.fieldNames[index]!;
        return inside(`.${name}`, () => toArrow((value as Record<string, unknown>)[name], field, instants));
      });
    default:
      return value;
  }
}

function unscaled(text: string, type: plan.TypePlan): bigint {
  const plain = decimalOf(text, type);
  const point = plain.indexOf(".");
  const fraction = point < 0 ? "" : plain.slice(point + 1);
  const whole = point < 0 ? plain : plain.slice(0, point);
  const digits = BigInt(whole.replace("-", "") + fraction.padEnd(type.decimal.scale, "0"));
  return plain.startsWith("-") ? -digits : digits;
}

/** The same refusals as where packs are checked. */
function decimalOf(text: string, type: plan.TypePlan): string {
  try {
    return plainDecimal(text, type.decimal);
  } catch (error) {
    if (!(error instanceof InvalidValue) || error.code !== "invalid-text") throw error;
    throw new InvalidValue("bad-decimal", error.expected, error.value);
  }
}

function nanoseconds({ seconds, nanos }: Timestamp): bigint {
  const value = seconds * 1_000_000_000n + BigInt(nanos);
  if (value === BigInt.asIntN(64, value)) return value;
  const expected = "an instant from 1677-09-21T00:12:43.145224192Z to 2262-04-11T23:47:16.854775807Z";
  throw new InvalidValue("out-of-range", expected, `${seconds} seconds, ${nanos} nanoseconds`);
}

function present(key: unknown): unknown {
  if (key !== null) return key;
  throw new InvalidValue("null-not-allowed", "a key, as Arrow's maps need", null);
}

function inside<T>(step: string, convert: () => T): T {
  try {
    return convert();
  } catch (error) {
    rethrowInside(error, step);
  }
}
