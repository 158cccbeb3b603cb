import { type DecimalRoom, plainDecimal } from "./decimal.ts";

/** Longer decimals than this are not looked at: no column holds them. */
const longestDecimal = 2048;

/** Whether a text is a number in plain or exponent notation. */
export function isDecimal(text: string): boolean {
  return text.length <= longestDecimal && /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,9})?$/.test(text);
}

/**
 * Whether bytes are a decimal in the commonest form, `-?digits[.digits]`, that fits. False says nothing: the value
 * may fit in another form.
 */
export function isPlainDecimal(bytes: Uint8Array, start: number, end: number, room: DecimalRoom): boolean {
  let at = bytes[start] === 0x2d ? start + 1 : start;
  const first = at;
  while (at < end && isDigit(bytes[at]!)) at++;
  const whole = at - first;
  if (whole === 0 || whole > room.integerDigits + (bytes[first] === 0x30 ? 1 : 0)) return false;
  if (at === end) return true;
  if (bytes[at] !== 0x2e) return false;
  const fraction = ++at;
  while (at < end && isDigit(bytes[at]!)) at++;
  return at === end && at > fraction && at - fraction <= room.scale;
}

/**
 * Refuses bytes that are not the text of a decimal that fits.
 *
 * @throws InvalidValue as {@link plainDecimal} does.
 */
export function checkDecimalBytes(bytes: Uint8Array, start: number, end: number, room: DecimalRoom): void {
  if (isPlainDecimal(bytes, start, end, room)) return;
  let text = "";
  for (let index = start; index < Math.min(end, start + longestDecimal); index++) {
    text += String.fromCharCode(bytes[index]!);
  }
  plainDecimal(text, room);
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
