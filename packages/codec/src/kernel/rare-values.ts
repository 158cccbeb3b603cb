import * as plan from "../record/type-plan.ts";
import { dateDays, dateTimeMs, splitInterval, splitTimestamp } from "../values/date-time.ts";
import { decimalText } from "../values/decimal.ts";
import { wholeNumber } from "../values/integer.ts";
import { jsonText } from "../values/json.ts";
import { hasAtMostCharacters, isBytes, utf8HasAtMostCharacters } from "../values/text.ts";
import {
  putBytes,
  putFloat,
  putInstant,
  putNested,
  putPlainDecimal,
  putShortText,
  putText,
  putWhole,
} from "./put-values.ts";
import type { TapeRules, ValueTape } from "./value-tape.ts";

/**
 * Puts down a value of a type that is rarer or takes longer, or in a form that is. False when it has to go the long
 * way; it may throw then, too.
 */
export function putRareValue(
  tape: ValueTape,
  { type }: plan.ColumnPlan,
  index: number,
  slot: number,
  value: unknown,
  { anyValue, asSent }: TapeRules,
): boolean {
  switch (type.op) {
    case plan.opInteger:
      return putWhole(tape, slot, wholeNumber(value, type.min, type.max, ""));
    case plan.opString:
      if (typeof value === "string")
        return putShortText(tape, slot, value) || putText(tape, index, slot, value);
      return isBytes(value) && putBytes(tape, slot, value);
    case plan.opFloat:
      return typeof value === "number" && putFloat(tape, slot, value);
    case plan.opDateTime:
      return putWhole(tape, slot, dateTimeMs(value, anyValue));
    case plan.opDecimal:
      if (typeof value === "string" && putPlainDecimal(tape, index, slot, value)) return true;
      return putText(tape, index, slot, decimalText(value, type.decimal));
    case plan.opDate:
      return putWhole(tape, slot, dateDays(value));
    case plan.opCharacters:
      if (typeof value === "string") {
        return (anyValue || hasAtMostCharacters(value, type.characters)) && putText(tape, index, slot, value);
      }
      return (
        isBytes(value) &&
        (anyValue || utf8HasAtMostCharacters(value, 0, value.length, type.characters)) &&
        putBytes(tape, slot, value)
      );
    case plan.opBinary:
      return isBytes(value) && putBytes(tape, slot, value);
    case plan.opJson:
      if (anyValue && isBytes(value)) return putBytes(tape, slot, value);
      return putText(tape, index, slot, jsonText(value, !asSent));
    case plan.opTimestamp:
      return putInstant(tape, slot, splitTimestamp(value, "zoned", anyValue));
    case plan.opTimestampNtz:
      return putInstant(tape, slot, splitTimestamp(value, "local", anyValue));
    case plan.opDayTimeInterval:
      return putInstant(tape, slot, splitInterval(value));
    case plan.opArray:
    case plan.opMap:
    case plan.opStruct:
    case plan.opVector:
      return putNested(tape, slot, type, value);
    default:
      return false;
  }
}
