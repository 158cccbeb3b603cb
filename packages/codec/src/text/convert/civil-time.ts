import { ValueRefused } from "./value-refused.ts";

/** A date and time as written: a wall clock, and the offset from UTC if the text said one. */
export interface CivilTime {
  /** Seconds from 1970-01-01T00:00:00 on the wall clock itself, as if it stood in UTC. */
  readonly wallSeconds: number;
  /** 0 to 999999999. */
  readonly nanos: number;
  /** Seconds east of UTC, or `undefined` for text without a zone. */
  readonly offsetSeconds: number | undefined;
}

/**
 * Reads `YYYY-MM-DD[( |T)HH:MM[:SS[.f…]]][Z|±HH[[:]MM]]`, with at most nine fraction digits.
 *
 * A date alone is its midnight. Dates that no calendar has (30 February), hour 24 and second 60 are refused.
 *
 * @throws ValueRefused saying which part is wrong.
 */
export function parseCivilTime(text: string, rounding: "refuse" | "half-up" = "refuse"): CivilTime {
  const match = civilTime.exec(text);
  if (match === null) throw new ValueRefused("a date and time such as 2024-05-06 07:08:09");
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone] = match;
  const days = daysFromDate(Number(year), Number(month), Number(day));
  const wallSeconds = days * 86_400 + secondsOfDay(hour, minute, second);
  const offsetSeconds = zone === undefined ? undefined : parseOffset(zone);
  return withFraction({ wallSeconds, offsetSeconds }, fraction, rounding);
}

/** Seconds since midnight of a clock's digits, refusing what no clock shows. */
export function secondsOfDay(hour: string, minute: string, second: string): number {
  if (Number(hour) > 23) throw new ValueRefused(`an hour from 00 to 23 (${hour} is none)`);
  if (Number(minute) > 59) throw new ValueRefused(`a minute from 00 to 59 (${minute} is none)`);
  if (Number(second) > 59) throw new ValueRefused(`a second from 00 to 59 (${second} is none)`);
  return Number(hour) * 3600 + Number(minute) * 60 + Number(second);
}

/** Adds the fraction of a second, as its digits. Digits beyond the ninth are refused, zeros too, unless rounded. */
export function withFraction(
  time: Omit<CivilTime, "nanos">,
  digits: string,
  rounding: "refuse" | "half-up",
): CivilTime {
  if (digits.length <= 9) return { ...time, nanos: digits === "" ? 0 : Number(digits.padEnd(9, "0")) };
  if (rounding === "refuse") {
    throw new ValueRefused("at most nine fraction digits (nanoseconds)", undefined, "inexact");
  }
  const nanos = Number(digits.slice(0, 9)) + (digits.charCodeAt(9) >= 0x35 ? 1 : 0);
  return nanos === 1_000_000_000
    ? { ...time, wallSeconds: time.wallSeconds + 1, nanos: 0 }
    : { ...time, nanos };
}

/** Checks `YYYY-MM-DD` and gives it back; the encoder takes it from there. */
export function parseDate(text: string): string {
  const match = calendarDate.exec(text);
  if (match === null) throw new ValueRefused("a date such as 2024-05-06");
  daysFromDate(Number(match[1]), Number(match[2]), Number(match[3]));
  return text;
}

/** Seconds east of UTC for `Z`, `+08`, `+0800` or `+08:00`. */
export function parseOffset(text: string): number {
  if (text === "Z" || text === "z") return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(-2)) * (text.length > 3 ? 1 : 0);
  if (hours > 18 || minutes > 59)
    throw new ValueRefused(`an offset from UTC of at most 18 hours (${text} is more)`);
  return (text[0] === "-" ? -1 : 1) * (hours * 3600 + minutes * 60);
}

/**
 * The commonest spelling, `YYYY-MM-DD` or `YYYY-MM-DD HH:MM:SS`, straight from bytes: seconds on the wall clock.
 *
 * Gives `undefined` for everything else, wrong dates included; the general way knows what to say about them.
 */
export function plainCivilSeconds(bytes: Uint8Array, start: number, end: number): number | undefined {
  const length = end - start;
  if ((length !== 10 && length !== 19) || bytes[start + 4] !== hyphen || bytes[start + 7] !== hyphen)
    return undefined;
  const year = twoDigits(bytes, start) * 100 + twoDigits(bytes, start + 2);
  const month = twoDigits(bytes, start + 5);
  const day = twoDigits(bytes, start + 8);
  // Written so that NaN, which stands for "no digits", fails.
  if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)))
    return undefined;
  const date = daysFromDate(year, month, day) * 86_400;
  if (length === 10) return date;
  if (bytes[start + 10] !== space || bytes[start + 13] !== colon || bytes[start + 16] !== colon)
    return undefined;
  const hour = twoDigits(bytes, start + 11);
  const minute = twoDigits(bytes, start + 14);
  const second = twoDigits(bytes, start + 17);
  return hour <= 23 && minute <= 59 && second <= 59 ? date + hour * 3600 + minute * 60 + second : undefined;
}

function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - zero;
  const ones = bytes[at + 1]! - zero;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** Days since 1970-01-01 in the Gregorian calendar, refusing a month or day that does not exist. */
export function daysFromDate(year: number, month: number, day: number): number {
  if (month < 1 || month > 12) throw new ValueRefused(`a month from 01 to 12 (${month} is none)`);
  const length = daysInMonth(year, month);
  if (day < 1 || day > length) {
    const written = `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}`;
    throw new ValueRefused(`a date that exists (${written} has ${length} days, not a day ${day})`);
  }
  const shifted = month > 2 ? year : year - 1;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

const zero = 0x30;
const hyphen = 0x2d;
const colon = 0x3a;
const space = 0x20;
const calendarDate = /^(\d{4})-(\d{2})-(\d{2})$/;
const civilTime =
  /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?)?(?: ?(Z|z|[+-]\d{2}(?::?\d{2})?))?$/;
