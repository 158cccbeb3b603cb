import type { Kernel } from "./kernel.ts";
import type { ValueTape } from "./value-tape.ts";

/**
 * Whether the text of a column whose rows were put down together is right in each of them, as it would have been found
 * to be one by one: whole characters, and decimals that fit.
 *
 * @param slot where the kernel has the column's value of the first row.
 * @param text where it has the column's text, of `length` bytes.
 */
export function isRightInEachRow(
  kernel: Kernel,
  tape: ValueTape,
  index: number,
  slot: number,
  text: number,
  length: number,
): boolean {
  const { rowCount } = tape;
  const units = tape.texts[index]!;
  const rowBytes = tape.slotsPerRow * 8;
  const isAscii = length === units.length;
  const room = tape.decimals[index];
  if (room !== undefined) {
    return (
      isAscii && kernel.areDecimals(slot, rowBytes, rowCount, text, room.integerDigits, room.scale) !== 0
    );
  }
  // Well-formed as a whole it may have halves of a character in two rows.
  return (
    isAscii || (units.isWellFormed() && kernel.areWholeTexts(slot, rowBytes, rowCount, text, length) !== 0)
  );
}
