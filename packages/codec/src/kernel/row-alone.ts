import type * as plan from "../record/type-plan.ts";
import { firstMs, lastMs } from "../values/calendar.ts";
import { putInt64, putNan, putPlainDecimal, putSafeInteger, putShortText, putText } from "./put-values.ts";
import { putRareValue } from "./rare-values.ts";
import { slotInstant, type wholeMark } from "./slot-kinds.ts";
import type { ValueTape } from "./value-tape.ts";

/** Puts down a row's values, in schema order. False when it has to go the long way; the tape is then as before. */
export function putAlone(tape: ValueTape, values: ArrayLike<unknown>): boolean {
  const { emptied, textUnits, rawLength } = tape;
  try {
    if (putValues(tape, values) && tape.emptied === emptied) {
      const bytes = (tape.textUnits - textUnits) * 3 + tape.rawLength - rawLength;
      if (bytes <= tape.rowRoom) {
        if (bytes > tape.longestRow) tape.longestRow = bytes;
        tape.rowCount++;
        return true;
      }
    }
  } catch {
    // The long way throws it again, and knows the row.
  }
  tape.takeBack(emptied, textUnits, rawLength);
  return false;
}

/**
 * The commonest forms of the commonest types are here, in one loop; all else is called for. The cases are numbers in
 * their own right, and so are the marks: engines look up names from another module each time.
 */
function putValues(tape: ValueTape, values: ArrayLike<unknown>): boolean {
  const floats = tape.floats;
  const ints = tape.ints;
  const ops = tape.ops;
  const count = tape.columnCount;
  let slot = tape.rowCount * tape.slotsPerRow;
  for (let index = 0; index < count; index++, slot++) {
    const value = values[index];
    switch (ops[index]) {
      case 2 satisfies typeof plan.opString:
        if (
          typeof value === "string" &&
          (putShortText(tape, slot, value) || putText(tape, index, slot, value))
        )
          continue;
        break;
      case 1 satisfies typeof plan.opBigint:
        if (typeof value === "number" && putSafeInteger(tape, slot, value)) continue;
        if (typeof value === "bigint" && putInt64(tape, slot, value)) continue;
        break;
      case 3 satisfies typeof plan.opDouble:
        if (typeof value === "number") {
          floats[slot] = value;
          if (Number.isNaN(value)) putNan(tape, slot);
          continue;
        }
        break;
      case 0 satisfies typeof plan.opInteger:
        if (typeof value === "number" && (value | 0) === value) {
          if (value < tape.min[index]! || value > tape.max[index]!) return false;
          floats[slot] = value + (6_755_399_441_055_744 satisfies typeof wholeMark);
          continue;
        }
        break;
      case 4 satisfies typeof plan.opBoolean:
        if (typeof value === "boolean") {
          floats[slot] = value ? 1 : 0;
          continue;
        }
        break;
      case 5 satisfies typeof plan.opDateTime: {
        const ms = typeof value === "number" ? value : value instanceof Date ? value.getTime() : Number.NaN;
        if (ms >= firstMs && ms <= lastMs && Math.floor(ms) === ms) {
          floats[slot] = ms + (6_755_399_441_055_744 satisfies typeof wholeMark);
          continue;
        }
        break;
      }
      case 6 satisfies typeof plan.opDecimal:
        if (typeof value === "string" && putPlainDecimal(tape, index, slot, value)) continue;
        break;
    }
    if (value === null || value === undefined) {
      const high = tape.nulls[index]!;
      if (high === 0) return false;
      if (tape.kinds[index] === slotInstant) slot++;
      ints[slot * 2] = 0;
      ints[slot * 2 + 1] = high;
    } else {
      if (!putRareValue(tape, tape.columns[index]!, index, slot, value, tape.rules)) return false;
      if (tape.kinds[index] === slotInstant) slot++;
    }
  }
  return true;
}
