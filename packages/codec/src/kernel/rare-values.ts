import * as plan from "../record/type-plan.ts";
import { dateDays, dateTimeMs, splitInterval, splitTimestamp } from "../values/date-time.ts";
import { decimalText } from "../values/decimal.ts";
import { wholeNumber } from "../values/integer.ts";
import { jsonText } from "../values/json.ts";
import { hasAtMostCharacters, isBytes, utf8HasAtMostCharacters } from "../values/text.ts";
import type { TapeRules, TapeStore } from "./tape-store.ts";

/**
 * Puts down a value of a type that is rarer or takes longer, or in a form that is. False when it has to go the long
 * way; it may throw then, too.
 */
export function putRareValue(
  tape: TapeStore,
  { type }: plan.ColumnPlan,
  index: number,
  slot: number,
  value: unknown,
  { anyValue, asSent }: TapeRules,
): boolean {
  switch (type.op) {
    case plan.opInteger:
      return tape.putWhole(slot, wholeNumber(value, type.min, type.max, ""));
    case plan.opString:
      return isBytes(value) && tape.putBytes(slot, value);
    case plan.opDateTime:
      return tape.putWhole(slot, dateTimeMs(value, anyValue));
    case plan.opDecimal:
      return tape.putText(index, slot, decimalText(value, type.decimal));
    case plan.opDate:
      return tape.putWhole(slot, dateDays(value));
    case plan.opCharacters:
      if (typeof value === "string") {
        return (anyValue || hasAtMostCharacters(value, type.characters)) && tape.putText(index, slot, value);
      }
      return (
        isBytes(value) &&
        (anyValue || utf8HasAtMostCharacters(value, 0, value.length, type.characters)) &&
        tape.putBytes(slot, value)
      );
    case plan.opBinary:
      return isBytes(value) && tape.putBytes(slot, value);
    case plan.opJson:
      if (anyValue && isBytes(value)) return tape.putBytes(slot, value);
      return tape.putText(index, slot, jsonText(value, !asSent));
    case plan.opTimestamp:
      return tape.putInstant(slot, splitTimestamp(value, "zoned", anyValue));
    case plan.opTimestampNtz:
      return tape.putInstant(slot, splitTimestamp(value, "local", anyValue));
    case plan.opDayTimeInterval:
      return tape.putInstant(slot, splitInterval(value));
    case plan.opArray:
    case plan.opMap:
    case plan.opStruct:
    case plan.opVector:
      return tape.putNested(slot, type, value);
    default:
      return false;
  }
}
