import { splitBigint, splitNumber } from "../wire/int64.ts";
import { firstDay, firstMs, firstSecond, lastDay, lastMs, lastSecond } from "./calendar.ts";
import { InvalidValue } from "./invalid-value.ts";
import { type IsoTime, readIsoDate, readIsoTime } from "./iso-text.ts";

const dayMs = 86_400_000;
/** The furthest instants that a Date can hold. */
const dateReachMs = 8_640_000_000_000_000;

/** Days since 1970-01-01 of a DATE: `YYYY-MM-DD`, or a Date at midnight UTC. */
export function dateDays(value: unknown): number {
  if (typeof value === "string") {
    const days = readIsoDate(value);
    if (days === undefined) throw new InvalidValue("invalid-text", "a date such as 2024-02-29", value);
    return inDateRange(days, value);
  }
  if (value instanceof Date) {
    const days = value.getTime() / dayMs;
    if (!Number.isInteger(days)) throw new InvalidValue("inexact", "a Date at midnight UTC", value);
    return inDateRange(days, value);
  }
  throw new InvalidValue("wrong-type", "a date as YYYY-MM-DD or a Date at midnight UTC", value);
}

/**
 * Milliseconds since 1970-01-01T00:00:00Z of a DATETIME: a Date, ISO text with a zone, or the milliseconds.
 *
 * @param anyTime whether times outside the service's range may pass.
 */
export function dateTimeMs(value: unknown, anyTime: boolean): number {
  const ms = typeof value === "number" && Number.isInteger(value) ? value : unboundedDateTimeMs(value);
  if (ms >= firstMs && ms <= lastMs) return ms;
  if (anyTime && Math.abs(ms) <= dateReachMs) return ms;
  throw new InvalidValue("out-of-range", "a datetime from 0000-12-31 to 9999-12-31 UTC", value);
}

/**
 * Puts the seconds of a TIMESTAMP or TIMESTAMP_NTZ into `int64` and gives the nanoseconds. A TIMESTAMP may be a Date
 * or ISO text with a zone, a TIMESTAMP_NTZ ISO text without one, and both `{ seconds, nanos }`.
 *
 * @param anyTime whether times outside the service's range may pass.
 */
export function splitTimestamp(value: unknown, zone: "zoned" | "local", anyTime: boolean): number {
  if (typeof value === "string") {
    const time = isoTime(value, zone);
    if (time.tooFine) throw new InvalidValue("inexact", "at most 9 digits of a second", value);
    inTimeRange(time.seconds, value, anyTime);
    splitNumber(time.seconds);
    return time.nanos;
  }
  if (value instanceof Date && zone === "zoned") {
    const ms = validMs(value);
    const seconds = Math.floor(ms / 1000);
    inTimeRange(seconds, value, anyTime);
    splitNumber(seconds);
    return (ms - seconds * 1000) * 1_000_000;
  }
  if (isSecondsAndNanos(value)) {
    inTimeRange(value.seconds, value, anyTime);
    return splitSecondsAndNanos(value);
  }
  throw new InvalidValue(
    "wrong-type",
    zone === "zoned"
      ? "{ seconds, nanos }, a Date or a time with a zone"
      : "{ seconds, nanos } or a time without a zone",
    value,
  );
}

/** Puts the seconds of an INTERVAL_DAY_TIME into `int64` and gives the nanoseconds. */
export function splitInterval(value: unknown): number {
  if (isSecondsAndNanos(value)) return splitSecondsAndNanos(value);
  throw new InvalidValue("wrong-type", "{ seconds, nanos }", value);
}

interface SecondsAndNanos {
  readonly seconds: bigint | number;
  readonly nanos: number;
}

function isSecondsAndNanos(value: unknown): value is SecondsAndNanos {
  if (typeof value !== "object" || value === null) return false;
  const { seconds, nanos } = value as Partial<SecondsAndNanos>;
  return (typeof seconds === "bigint" || typeof seconds === "number") && typeof nanos === "number";
}

function splitSecondsAndNanos(value: SecondsAndNanos): number {
  const { seconds, nanos } = value;
  if (!Number.isInteger(nanos) || nanos < 0 || nanos > 999_999_999) {
    throw new InvalidValue("out-of-range", "nanos from 0 to 999999999", nanos);
  }
  if (typeof seconds === "number") {
    if (!Number.isSafeInteger(seconds)) throw new InvalidValue("inexact", "seconds as a bigint", seconds);
    splitNumber(seconds);
  } else if (!splitBigint(seconds)) {
    throw new InvalidValue("out-of-range", "seconds of 64 bits", seconds);
  }
  return nanos;
}

function unboundedDateTimeMs(value: unknown): number {
  if (value instanceof Date) return validMs(value);
  if (typeof value === "string") {
    const time = isoTime(value, "zoned");
    const ms = time.nanos / 1_000_000;
    if (time.tooFine || !Number.isInteger(ms)) {
      throw new InvalidValue("inexact", "at most 3 digits of a second", value);
    }
    return time.seconds * 1000 + ms;
  }
  if (typeof value === "number") throw new InvalidValue("inexact", "whole milliseconds", value);
  if (typeof value === "bigint") {
    const ms = Number(value);
    return Number.isSafeInteger(ms) ? ms : Number.POSITIVE_INFINITY;
  }
  throw new InvalidValue("wrong-type", "a Date, a time with a zone, or milliseconds since 1970", value);
}

function isoTime(text: string, zone: "zoned" | "local"): IsoTime {
  const time = readIsoTime(text, zone);
  if (time !== undefined) return time;
  const other = readIsoTime(text, zone === "zoned" ? "local" : "zoned");
  throw new InvalidValue(
    "invalid-text",
    zone === "zoned"
      ? `a time with a zone such as 2024-01-02T03:04:05Z${other ? " (this one has none)" : ""}`
      : `a time without a zone such as 2024-01-02T03:04:05${other ? " (this one has one)" : ""}`,
    text,
  );
}

function validMs(value: Date): number {
  const ms = value.getTime();
  if (Number.isNaN(ms)) throw new InvalidValue("invalid-text", "a valid Date", value);
  return ms;
}

function inDateRange(days: number, value: unknown): number {
  if (days >= firstDay && days <= lastDay) return days;
  throw new InvalidValue("out-of-range", "a date from 0001-01-01 to 9999-12-31", value);
}

function inTimeRange(seconds: number | bigint, value: unknown, anyTime: boolean): void {
  if (anyTime || (seconds >= firstSecond && seconds <= lastSecond)) return;
  throw new InvalidValue("out-of-range", "a time from 0000-12-31 to 9999-12-31 UTC", value);
}
