import type { DecimalRoom } from "../values/decimal.ts";

/** Longer decimals than this are looked at as text. */
export const plainDecimalUnits = 40;

/**
 * Writes a decimal in its commonest form, `-?digits[.digits]`, as bytes, and looks at it on the way.
 *
 * @param bytes has room for {@link plainDecimalUnits} from `start` on.
 * @returns whether it is one that fits; false says nothing, it may fit in another form.
 */
export function putPlainDecimal(bytes: Uint8Array, start: number, value: string, room: DecimalRoom): boolean {
  const units = value.length;
  if (units === 0 || units > plainDecimalUnits) return false;
  let at = 0;
  let code = value.charCodeAt(0);
  if (code === minus) {
    bytes[start] = minus;
    at = 1;
    code = value.charCodeAt(1);
  }
  const first = at;
  const leadingZero = code === zero ? 1 : 0;
  for (; at < units; at++) {
    code = value.charCodeAt(at);
    if (!isDigit(code)) break;
    bytes[start + at] = code;
  }
  const whole = at - first;
  if (whole === 0 || whole > room.integerDigits + leadingZero) return false;
  if (at === units) return true;
  if (code !== point) return false;
  bytes[start + at++] = point;
  const fraction = units - at;
  if (fraction === 0 || fraction > room.scale) return false;
  for (; at < units; at++) {
    code = value.charCodeAt(at);
    if (!isDigit(code)) return false;
    bytes[start + at] = code;
  }
  return true;
}

const minus = 0x2d;
const point = 0x2e;
const zero = 0x30;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
