/** A time read from text. Seconds count from 1970-01-01T00:00:00, in UTC when the text had a zone. */
export interface IsoTime {
  readonly seconds: number;
  readonly nanos: number;
  /** Whether digits other than zero stood beyond the ninth of the fraction. */
  readonly tooFine: boolean;
}

/** Days since 1970-01-01 of `YYYY-MM-DD`; undefined for any other text and for dates that do not exist. */
export function readIsoDate(text: string): number | undefined {
  return text.length === 10 ? dateAt(text) : undefined;
}

/**
 * Reads `YYYY-MM-DD[T| ]hh:mm[:ss[.fraction]]` and, for `zoned`, the zone behind it: `Z`, `±hh`, `±hhmm` or
 * `±hh:mm`, with or without a blank before it. Undefined for any other text, for dates and times that do not exist
 * (also leap seconds and 24:00), and when the zone is there or missing against `zone`.
 */
export function readIsoTime(text: string, zone: "zoned" | "local"): IsoTime | undefined {
  const days = dateAt(text);
  if (days === undefined) return undefined;
  const separator = text.charCodeAt(10);
  if (separator !== 0x54 && separator !== 0x74 && separator !== 0x20) return undefined;
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  if (hour < 0 || hour > 23 || text.charCodeAt(13) !== colon || minute < 0 || minute > 59) return undefined;

  let at = 16;
  let second = 0;
  let nanos = 0;
  let tooFine = false;
  if (text.charCodeAt(at) === colon) {
    second = digits(text, 17, 2);
    if (second < 0 || second > 59) return undefined;
    at = 19;
    const mark = text.charCodeAt(at);
    if (mark === 0x2e || mark === 0x2c) {
      const start = ++at;
      for (let unit = 100_000_000; isDigit(text.charCodeAt(at)); at++) {
        const digit = text.charCodeAt(at) - 0x30;
        if (unit >= 1) nanos += digit * unit;
        else if (digit !== 0) tooFine = true;
        unit = unit >= 1 ? Math.floor(unit / 10) : 0;
      }
      if (at === start) return undefined;
    }
  }
  const offset = zone === "zoned" ? zoneSeconds(text, at) : at === text.length ? 0 : undefined;
  if (offset === undefined) return undefined;
  return { seconds: days * 86_400 + hour * 3600 + minute * 60 + second - offset, nanos, tooFine };
}

/** Seconds east of UTC that the text says from `start` to its end. */
function zoneSeconds(text: string, start: number): number | undefined {
  const at = text.charCodeAt(start) === 0x20 ? start + 1 : start;
  const mark = text.charCodeAt(at);
  const rest = text.length - at;
  if ((mark === 0x5a || mark === 0x7a) && rest === 1) return 0;
  if (mark !== 0x2b && mark !== minus) return undefined;
  const hours = digits(text, at + 1, 2);
  let minutes = 0;
  if (rest === 6 && text.charCodeAt(at + 3) === colon) minutes = digits(text, at + 4, 2);
  else if (rest === 5) minutes = digits(text, at + 3, 2);
  else if (rest !== 3) return undefined;
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return undefined;
  return (mark === minus ? -1 : 1) * (hours * 3600 + minutes * 60);
}

function dateAt(text: string): number | undefined {
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  if (year < 0 || text.charCodeAt(4) !== minus || text.charCodeAt(7) !== minus) return undefined;
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  // Count from 0000-03-01, so that the leap day comes last in its year.
  const marchYear = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + dayOfYear - 719_468;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** So many digits as a number, or -1. */
function digits(text: string, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index++) {
    const code = text.charCodeAt(index);
    if (!isDigit(code)) return -1;
    value = value * 10 + code - 0x30;
  }
  return value;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

const minus = 0x2d;
const colon = 0x3a;
