import * as plan from "../record/type-plan.ts";

/** What the slots of a column hold: the numbers that assembly/row-encode.as knows. */
export const slotWhole = 0;
export const slotInt64 = 1;
export const slotDouble = 2;
/** Text that is ASCII throughout. */
export const slotAscii = 3;
export const slotText = 4;
export const slotBoolean = 5;
export const slotFloat = 6;
/** Takes two slots. */
export const slotInstant = 7;
/** Values that are encoded already; see nested-encoder.ts. */
export const slotEncoded = 8;

/**
 * Whole numbers lie on the tape as the sum of them and this, lengths of text and of raw bytes as the sums with the other
 * two: 2 ** 52 + 2 ** 51, 2 ** 52, and 2 ** 52 + 2 ** 31. The lower bits of such a double are the number: the kernel has
 * nothing to convert.
 */
export const wholeMark = 6_755_399_441_055_744;
export const textMark = 4_503_599_627_370_496;
export const rawMark: number = 2 ** 52 + 2 ** 31;
/** Whole numbers further from 0 are left to the long way. */
export const largestWhole: number = 2 ** 51;

/** How values of a type lie on the tape. */
export function slotKind(op: number): number {
  switch (op) {
    case plan.opInteger:
    case plan.opDate:
    case plan.opDateTime:
      return slotWhole;
    case plan.opBigint:
      return slotInt64;
    case plan.opDouble:
      return slotDouble;
    case plan.opBoolean:
      return slotBoolean;
    case plan.opFloat:
      return slotFloat;
    case plan.opTimestamp:
    case plan.opTimestampNtz:
    case plan.opDayTimeInterval:
      return slotInstant;
    case plan.opString:
    case plan.opCharacters:
    case plan.opDecimal:
    case plan.opJson:
    case plan.opBinary:
      return slotText;
    default:
      return slotEncoded;
  }
}
