import { InvalidValue } from "./invalid-value.ts";

/** How many digits a decimal column has on either side of the point. */
export interface DecimalRoom {
  readonly integerDigits: number;
  readonly scale: number;
  /** The type's name, for messages. */
  readonly name: string;
}

/** Exponents beyond this would only write out zeros that no column holds. */
const largestExponent = 1000;

/**
 * The text that carries a decimal: plain notation is kept as given ("1.50" stays), a leading plus and exponents are
 * written out. A value that would have to be rounded or does not fit is refused; zeros beyond the scale are dropped.
 */
export function decimalText(value: unknown, room: DecimalRoom): string {
  if (typeof value === "string") return plainDecimal(value, room);
  if (typeof value === "bigint") return plainDecimal(String(value), room);
  if (typeof value === "number") {
    if (Number.isSafeInteger(value)) return plainDecimal(String(value), room);
    throw new InvalidValue("inexact", `${room.name} as text, a bigint or a safe integer`, value);
  }
  throw new InvalidValue("wrong-type", `${room.name} as text, a bigint or a safe integer`, value);
}

/** As {@link decimalText}, from text. */
export function plainDecimal(text: string, room: DecimalRoom): string {
  return fitsAsItIs(text, room) ? text : writtenOut(text, room);
}

/** The common case, without taking the text apart: `-?digits[.digits]` that fits. */
function fitsAsItIs(text: string, room: DecimalRoom): boolean {
  const length = text.length;
  let at = text.charCodeAt(0) === minus ? 1 : 0;
  const start = at;
  while (text.charCodeAt(at) === zero) at++;
  const significant = at;
  while (isDigit(text.charCodeAt(at))) at++;
  if (at === start || at - significant > room.integerDigits) return false;
  if (at === length) return true;
  if (text.charCodeAt(at) !== point) return false;
  const fraction = at + 1;
  at = fraction;
  while (isDigit(text.charCodeAt(at))) at++;
  return at === length && at > fraction && at - fraction <= room.scale;
}

function writtenOut(text: string, room: DecimalRoom): string {
  const found = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/.exec(text);
  const whole = found?.[2] ?? "";
  const fraction = found?.[3] ?? "";
  if (found === null || whole + fraction === "") {
    throw new InvalidValue("invalid-text", `${room.name} such as "-12.50"`, text);
  }
  const exponent = Number(found[4] ?? 0);
  const digits = whole + fraction;
  const point = whole.length + exponent;
  const isZero = /^0*$/.test(digits);
  if (Math.abs(exponent) > largestExponent && !isZero) throw doesNotFit(text, room, exponent > 0);

  const integerPart = isZero ? "0" : padded(digits, point).replace(/^0+(?=\d)/, "");
  let fractionPart = isZero ? fraction : point >= 0 ? digits.slice(point) : "0".repeat(-point) + digits;
  if (integerPart !== "0" && integerPart.length > room.integerDigits) throw doesNotFit(text, room, true);
  if (fractionPart.length > room.scale) {
    if (/[1-9]/.test(fractionPart.slice(room.scale))) throw doesNotFit(text, room, false);
    fractionPart = fractionPart.slice(0, room.scale);
  }
  const sign = found[1] === "-" ? "-" : "";
  return fractionPart === "" ? sign + integerPart : `${sign}${integerPart}.${fractionPart}`;
}

/** The digits before the point, of which there may be fewer or more than are written. */
function padded(digits: string, point: number): string {
  return point <= 0 ? "0" : digits.slice(0, point).padEnd(point, "0");
}

function doesNotFit(text: string, room: DecimalRoom, integer: boolean): InvalidValue {
  return integer
    ? new InvalidValue(
        "out-of-range",
        `${room.name} of at most ${room.integerDigits} digits before the point`,
        text,
      )
    : new InvalidValue("inexact", `${room.name} of at most ${room.scale} digits after the point`, text);
}

const minus = 0x2d;
const point = 0x2e;
const zero = 0x30;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
