// Text on a value tape that nobody has looked at row by row, column by column. See row-encode.as for the tape.

import { isPlainDecimal } from "./plain-decimal";
import { bytesOfUnits, hasLongCharacter, unitsBeyond } from "./text";

/** The upper word of a number of UTF-16 units; of raw bytes when the lower one is negative. All else is NULL. */
// @ts-ignore
@inline const textMark: u32 = 0x43300000;

/**
 * Whether every text of a column begins and ends with whole characters, if all of them together are well-formed.
 *
 * @param slot the column's slot in the first row.
 * @param rowBytes from there to the one in the next row.
 * @param text of all rows, one behind the other.
 */
export function areWholeTexts(slot: usize, rowBytes: u32, rowCount: u32, text: usize, length: u32): bool {
  if (!hasLongCharacter(text, length)) return true;
  for (; rowCount; rowCount--, slot += rowBytes) {
    if (!isText(slot)) continue;
    text += bytesOfUnits(text, load<u32>(slot));
    if (unitsBeyond) return false;
  }
  return true;
}

/** Whether the texts of a column, which are all ASCII, are plain decimals that fit. */
export function areDecimals(
  slot: usize,
  rowBytes: u32,
  rowCount: u32,
  text: usize,
  integerDigits: u32,
  scale: u32,
): bool {
  for (; rowCount; rowCount--, slot += rowBytes) {
    if (!isText(slot)) continue;
    const length = load<u32>(slot);
    if (!isPlainDecimal(text, length, integerDigits, scale)) return false;
    text += length;
  }
  return true;
}

// @ts-ignore
@inline
function isText(slot: usize): bool {
  return load<u32>(slot, 4) == textMark && load<i32>(slot) >= 0;
}
