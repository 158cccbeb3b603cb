import { type DecimalRoom, plainDecimal } from "./decimal.ts";

/** Longer decimals than this are not looked at: no column holds them. */
const longestDecimal = 2048;

/** Whether a text is a number in plain or exponent notation. */
export function isDecimal(text: string): boolean {
  return text.length <= longestDecimal && /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,9})?$/.test(text);
}

/**
 * Whether bytes are the text of a decimal that fits, without making a string of the common ones.
 *
 * @throws InvalidValue as {@link plainDecimal} does.
 */
export function checkDecimalBytes(bytes: Uint8Array, start: number, end: number, room: DecimalRoom): void {
  let at = bytes[start] === 0x2d ? start + 1 : start;
  const first = at;
  while (at < end && isDigit(bytes[at]!)) at++;
  const whole = at - first;
  if (whole > 0 && whole <= room.integerDigits) {
    if (at === end) return;
    if (bytes[at] === 0x2e) {
      const fraction = ++at;
      while (at < end && isDigit(bytes[at]!)) at++;
      if (at === end && at > fraction && at - fraction <= room.scale) return;
    }
  }
  let text = "";
  for (let index = start; index < Math.min(end, start + longestDecimal); index++) {
    text += String.fromCharCode(bytes[index]!);
  }
  plainDecimal(text, room);
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
