import { firstMs, firstSecond, lastMs, lastSecond } from "../values/calendar.ts";
import { checkDecimalBytes } from "../values/decimal-bytes.ts";
import { InvalidValue, showValue } from "../values/invalid-value.ts";
import { utf8HasAtMostCharacters } from "../values/text.ts";
import { BadBytes } from "../wire/bad-bytes.ts";
import type { ByteSource } from "../wire/byte-source.ts";
import { joinBigint, joinNumber } from "../wire/int64.ts";
import * as plan from "./type-plan.ts";

/** What a value is held against. */
export interface LeafRules {
  readonly maxFieldBytes: number;
  /** Whether values pass that the service would refuse but the bytes can carry. */
  readonly anyValue: boolean;
}

/**
 * Takes a value without elements of its own off the source, feeds its checksum and checks that the type can hold
 * it, without building it. False when the bytes run out.
 */
export function takeLeaf(source: ByteSource, type: plan.TypePlan, rules: LeafRules): boolean {
  const at = source.offset;
  switch (type.op) {
    case plan.opInteger:
    case plan.opDate: {
      if (!source.takeInteger()) return false;
      const { low, high } = source;
      if (high !== low >> 31 || low < type.min || low > type.max) throw outOfRange(source, type, at);
      return true;
    }
    case plan.opBigint:
      // -2^63 too: PyODPS and Go send it, whatever the service makes of it.
      return source.takeInteger();
    case plan.opString:
    case plan.opBinary:
    case plan.opJson:
      return source.takeBytes(rules.maxFieldBytes);
    case plan.opCharacters:
      if (!source.takeBytes(rules.maxFieldBytes)) return false;
      if (
        !rules.anyValue &&
        !utf8HasAtMostCharacters(source.buf, source.start, source.end, type.characters)
      ) {
        throw source.bad("too-long", `at most ${type.characters} characters`, "more");
      }
      return true;
    case plan.opDouble:
      return source.takeDouble();
    case plan.opFloat:
      return source.takeFloat();
    case plan.opBoolean:
      return source.takeBoolean();
    case plan.opDateTime:
      if (!source.takeInteger()) return false;
      if (!rules.anyValue) {
        const ms = joinNumber(source.low, source.high);
        if (ms < firstMs || ms > lastMs) throw outOfRange(source, type, at);
      }
      return true;
    case plan.opDecimal:
      if (!source.takeBytes(rules.maxFieldBytes)) return false;
      if (!rules.anyValue) refuseBadDecimal(source, type, at);
      return true;
    case plan.opTimestamp:
    case plan.opTimestampNtz:
      if (!source.takeInstant()) return false;
      if (!rules.anyValue) {
        const seconds = joinNumber(source.low, source.high);
        if (seconds < firstSecond || seconds > lastSecond) throw outOfRange(source, type, at);
      }
      return true;
    case plan.opDayTimeInterval:
      return source.takeInstant();
    default:
      return source.takeVector(type.dimension, type.isDoubleVector ? 8 : 4);
  }
}

/** Whether a type has elements, each behind a null flag. */
export function isNested(type: plan.TypePlan): boolean {
  return type.op === plan.opArray || type.op === plan.opMap || type.op === plan.opStruct;
}

function refuseBadDecimal(source: ByteSource, type: plan.TypePlan, at: number): void {
  try {
    checkDecimalBytes(source.buf, source.start, source.end, type.decimal);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    const code = error.code === "invalid-text" ? "bad-decimal" : error.code;
    throw new BadBytes(code, error.expected, showValue(error.value), at);
  }
}

function outOfRange(source: ByteSource, type: plan.TypePlan, at: number): BadBytes {
  const found = String(joinBigint(source.low, source.high));
  return new BadBytes("out-of-range", `a value in the range of ${type.name}`, found, at);
}
