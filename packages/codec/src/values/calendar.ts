import { CodecError } from "../errors.ts";
import type { Timestamp } from "../schema/instant.ts";
import { readIsoDate, readIsoTime } from "./iso-text.ts";

/** 0001-01-01 and 9999-12-31, in days since 1970-01-01: the range of DATE. */
export const firstDay = -719_162;
export const lastDay = 2_932_896;
/** 0000-12-31T00:00:00Z and 9999-12-31T23:59:59Z, in seconds: DATETIME and TIMESTAMP begin a day early for time zones. */
export const firstSecond: number = (firstDay - 1) * 86_400;
export const lastSecond: number = lastDay * 86_400 + 86_399;

/** The same range in milliseconds. */
export const firstMs: number = firstSecond * 1000;
export const lastMs: number = lastSecond * 1000 + 999;

/**
 * Days since 1970-01-01 of a date such as `2024-02-29`.
 *
 * @throws CodecError `invalid-text`, also for dates that do not exist; `out-of-range` before year 1.
 */
export function parseDate(text: string): number {
  const days = readIsoDate(text);
  if (days === undefined) throw unreadable("a date such as 2024-02-29", text);
  if (days < firstDay) throw outOfRange("a date from 0001-01-01 to 9999-12-31", text);
  return days;
}

/**
 * The date so many days after 1970-01-01, as `YYYY-MM-DD`.
 *
 * @throws CodecError `out-of-range` outside 0001-01-01 to 9999-12-31.
 */
export function formatDate(days: number): string {
  if (!Number.isInteger(days) || days < firstDay || days > lastDay) {
    throw outOfRange("days from 0001-01-01 to 9999-12-31", String(days));
  }
  return dateText(days);
}

/**
 * The instant that an ISO 8601 text with a zone (`Z`, `+08:00`) names, with up to 9 digits of fraction.
 *
 * @throws CodecError `invalid-text`, also for dates that do not exist; `inexact` for more digits than 9.
 */
export function parseTimestamp(text: string): Timestamp {
  return parse(text, "zoned");
}

/**
 * The wall clock that an ISO 8601 text without a zone names, counted as if it stood in UTC.
 *
 * @throws CodecError `invalid-text`, also for dates that do not exist; `inexact` for more digits than 9.
 */
export function parseTimestampNtz(text: string): Timestamp {
  return parse(text, "local");
}

/**
 * An instant as ISO 8601 text in UTC, with 0, 3, 6 or 9 digits of fraction, for example
 * `2024-01-02T03:04:05.678Z`.
 *
 * @throws CodecError `out-of-range` outside the years 0000 to 9999, or for nanoseconds outside 0 to 999,999,999.
 */
export function formatTimestamp(timestamp: Timestamp): string {
  return `${formatTimestampNtz(timestamp)}Z`;
}

/** As {@link formatTimestamp}, without the zone: the text of a TIMESTAMP_NTZ. */
export function formatTimestampNtz(timestamp: Timestamp): string {
  const { seconds, nanos } = timestamp;
  if (
    seconds < firstYearSecond ||
    seconds > lastSecond ||
    !Number.isInteger(nanos) ||
    nanos < 0 ||
    nanos > 999_999_999
  ) {
    throw outOfRange(
      "seconds of the years 0000 to 9999 and nanoseconds from 0 to 999999999",
      `${seconds}, ${nanos}`,
    );
  }
  const wholeSeconds = Number(seconds);
  const days = Math.floor(wholeSeconds / 86_400);
  const second = wholeSeconds - days * 86_400;
  const clock = `${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`;
  return `${dateText(days)}T${clock}${fractionText(nanos)}`;
}

/** A day count as `YYYY-MM-DD`, for years 0000 to 9999. */
export function dateText(days: number): string {
  // Count from 0000-03-01, so that the leap day comes last in its year, in cycles of 400 years.
  const since = days + 719_468;
  const cycle = Math.floor(since / 146_097);
  const day = since - cycle * 146_097;
  const year = Math.floor(
    (day - Math.floor(day / 1460) + Math.floor(day / 36_524) - Math.floor(day / 146_096)) / 365,
  );
  const dayOfYear = day - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const month = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * month + 2) / 5) + 1;
  const calendarMonth = month < 10 ? month + 3 : month - 9;
  const calendarYear = cycle * 400 + year + (calendarMonth <= 2 ? 1 : 0);
  return `${String(calendarYear).padStart(4, "0")}-${two(calendarMonth)}-${two(dayOfMonth)}`;
}

/** 0000-01-01T00:00:00Z. */
const firstYearSecond = -62_167_219_200;

function parse(text: string, zone: "zoned" | "local"): Timestamp {
  const time = readIsoTime(text, zone);
  if (time === undefined) {
    throw unreadable(
      zone === "zoned"
        ? "a time with a zone such as 2024-01-02T03:04:05Z"
        : "a time without a zone such as 2024-01-02T03:04:05",
      text,
    );
  }
  if (time.tooFine) {
    throw new CodecError("inexact", `Expected at most 9 digits of a second, got "${text}"`, { value: text });
  }
  return { seconds: BigInt(time.seconds), nanos: time.nanos };
}

function fractionText(nanos: number): string {
  if (nanos === 0) return "";
  const digits = String(nanos).padStart(9, "0");
  return `.${digits.endsWith("000000") ? digits.slice(0, 3) : digits.endsWith("000") ? digits.slice(0, 6) : digits}`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

function unreadable(expected: string, text: string): CodecError {
  const shown = typeof text === "string" ? JSON.stringify(text.slice(0, 60)) : typeof text;
  return new CodecError("invalid-text", `Expected ${expected}, got ${shown}`, { expected, value: shown });
}

function outOfRange(expected: string, value: string): CodecError {
  return new CodecError("out-of-range", `Expected ${expected}, got ${value}`, { expected, value });
}
