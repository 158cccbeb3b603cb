import type * as plan from "../record/type-plan.ts";
import { firstMs, lastMs } from "../values/calendar.ts";
import { putInt64, putNan, putSafeInteger } from "./put-values.ts";
import { putRareValue } from "./rare-values.ts";
import { slotInstant, type textMark, type wholeMark } from "./slot-kinds.ts";
import { fullText, type opDeferred, type ValueTape } from "./value-tape.ts";

/**
 * Puts down rows whose text is looked at later, until the tape is full or one has to go the long way, of which nothing
 * is on the tape then.
 *
 * What a value costs here is a few steps, so that all is one loop, over rows and the values of each, which keeps its
 * own count of what is on the tape; the commonest forms of the commonest types are in it, all else is called for. A
 * function for each row takes a fifteenth more time, and each further case in the loop more than it saves. Numbers are
 * written out as in row-alone.ts.
 *
 * @param spread gives the values of a row that is no array, in schema order; undefined for what is no such row.
 * @param untilBytes how many bytes the rows may take at most, but for the last of them.
 * @returns the first row not on the tape.
 */
export function putTogether(
  tape: ValueTape,
  rows: readonly unknown[],
  from: number,
  to: number,
  untilBytes: number,
  spread: (row: unknown) => ArrayLike<unknown> | undefined,
): number {
  const { emptied, floats, ints, texts, maxUnits, rowBytesAtMost, rowRoom, columnCount } = tape;
  const ops = tape.opsTogether;
  const last = Math.min(to, from + tape.capacity - tape.rowCount);
  let { rowCount, textUnits, rawLength, longestRow } = tape;
  let unitsBefore = textUnits;
  let rawBefore = rawLength;
  let slot = rowCount * tape.slotsPerRow;
  let row = from;
  try {
    for (; row < last; row++) {
      if (textUnits >= fullText || rawLength >= fullText) break;
      if (rowCount * rowBytesAtMost + textUnits * 3 + rawLength >= untilBytes) break;
      const given = rows[row];
      const values = Array.isArray(given) && given.length <= columnCount ? given : spread(given);
      if (values === undefined) break;
      let index = 0;
      for (; index < columnCount; index++, slot++) {
        const value: unknown = values[index];
        switch (ops[index]) {
          case 19 satisfies typeof opDeferred:
            if (typeof value === "string" && value.length <= maxUnits) {
              const units = value.length;
              texts[index] += value;
              floats[slot] = units + (4_503_599_627_370_496 satisfies typeof textMark);
              textUnits += units;
              continue;
            }
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
              if (value < tape.min[index]! || value > tape.max[index]!) break;
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
            const ms =
              typeof value === "number" ? value : value instanceof Date ? value.getTime() : Number.NaN;
            if (ms >= firstMs && ms <= lastMs && Math.floor(ms) === ms) {
              floats[slot] = ms + (6_755_399_441_055_744 satisfies typeof wholeMark);
              continue;
            }
            break;
          }
        }
        if (value === null || value === undefined) {
          const high = tape.nulls[index]!;
          if (high === 0) break;
          if (tape.kinds[index] === slotInstant) slot++;
          ints[slot * 2] = 0;
          ints[slot * 2 + 1] = high;
        } else {
          tape.textUnits = textUnits;
          tape.rawLength = rawLength;
          if (!putRareValue(tape, tape.columns[index]!, index, slot, value, tape.rules)) break;
          textUnits = tape.textUnits;
          rawLength = tape.rawLength;
          if (tape.kinds[index] === slotInstant) slot++;
        }
      }
      const bytes = (textUnits - unitsBefore) * 3 + rawLength - rawBefore;
      if (index < columnCount || bytes > rowRoom || tape.emptied !== emptied) break;
      if (bytes > longestRow) longestRow = bytes;
      rowCount++;
      unitsBefore = textUnits;
      rawBefore = rawLength;
    }
  } catch {
    // The long way throws it again, and knows the row.
  }
  tape.rowCount = rowCount;
  tape.longestRow = longestRow;
  tape.textUnits = textUnits;
  tape.rawLength = rawLength;
  tape.takeBack(emptied, unitsBefore, rawBefore);
  return row;
}
