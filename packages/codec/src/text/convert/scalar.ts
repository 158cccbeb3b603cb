import type { ColumnType } from "../../schema/column-type.ts";
import type { DayTimeInterval, Timestamp } from "../../schema/instant.ts";
import { binaryOfText } from "./binary-text.ts";
import type { CivilTime } from "./civil-time.ts";
import type { ConversionRules } from "./conversion.ts";
import { roundedDecimal } from "./decimal-rounding.ts";
import { floatOfText } from "./float-text.ts";
import { ValueRefused } from "./value-refused.ts";

/** Turns the text of one value into what the encoder takes for its column. */
export type ScalarConverter = (text: string) => unknown;

/**
 * The converter for a type that is not nested, or `undefined` for one that is written as JSON.
 *
 * Converters decide what text means. What a type can hold (ranges, lengths, decimal digits) is the encoder's to
 * check, so that it is checked in one place. Every converter refuses what it does not know; none guesses.
 */
export function scalarConverter(type: ColumnType, rules: ConversionRules): ScalarConverter | undefined {
  switch (type.kind) {
    case "tinyint":
    case "smallint":
    case "int":
    case "bigint":
      return trimmed(parseInteger);
    case "float":
      return trimmed(parseFloat32);
    case "double":
      return trimmed(parseDouble);
    case "boolean":
      return trimmed((text) => parseBoolean(text, rules));
    case "decimal": {
      const scale = type.scale ?? 18;
      if (rules.rounding === "refuse") return trimmed(parseDecimal);
      return trimmed((text) => roundedDecimal(parseDecimal(text), scale));
    }
    case "date":
      return trimmed(rules.readDate);
    case "datetime":
      return trimmed((text) => toMilliseconds(rules.readTime(text), rules));
    case "timestamp":
      return trimmed((text) => toTimestamp(rules.readTime(text), rules));
    case "timestamp_ntz":
      return trimmed((text) => toWallClock(rules.readTime(text)));
    case "interval_day_time":
      return trimmed(parseDayTimeInterval);
    case "interval_year_month":
      return trimmed(parseYearMonthInterval);
    case "string":
    case "char":
    case "varchar":
      return rules.trimsText ? trimmed((text) => text) : (text) => text;
    case "binary":
      return rules.binary === "text" ? (text) => textEncoder.encode(text) : binaryOfText(rules.binary);
    case "geography":
      return binaryOfText("hex");
    default:
      return undefined;
  }
}

/** Whole numbers of up to 15 digits come as `number`, longer ones as `bigint`; both are exact. */
function parseInteger(text: string): number | bigint {
  if (!wholeNumber.test(text)) throw new ValueRefused("a whole number such as 42");
  if (text.length <= 15) return Number(text) + 0;
  return BigInt(text[0] === "+" ? text.slice(1) : text);
}

function parseDouble(text: string): number {
  if (decimalNumber.test(text)) {
    const value = Number(text);
    if (!Number.isFinite(value)) throw new ValueRefused("a number that a double can hold, at most 1.8e308");
    return value;
  }
  const special = specialNumber.exec(text);
  if (special === null) throw new ValueRefused("a number such as 1.5, 2e10, NaN or -Infinity");
  if (special[2] !== undefined) return Number.NaN;
  return special[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** Never rounded twice. */
function parseFloat32(text: string): number {
  const double = parseDouble(text);
  if (!Number.isFinite(double)) return double;
  const float = floatOfText(text, double);
  if (!Number.isFinite(float)) throw new ValueRefused("a number that a float can hold, at most 3.4e38");
  return float;
}

function parseBoolean(text: string, rules: ConversionRules): boolean {
  const word = text.toLowerCase();
  if (rules.booleans !== undefined) {
    const value = rules.booleans.get(word);
    if (value !== undefined) return value;
  } else if (word === "true" || word === "1") {
    return true;
  } else if (word === "false" || word === "0") {
    return false;
  }
  throw new ValueRefused(rules.booleanTexts);
}

/** Decimals stay text; an exponent is written out, digit by digit. */
function parseDecimal(text: string): string {
  const match = decimalNumber.exec(text);
  if (match === null) throw new ValueRefused("a decimal number such as 12.50");
  const [, sign = "", whole = "", fraction = "", exponentText] = match;
  if (exponentText === undefined)
    return `${sign === "-" ? "-" : ""}${whole === "" ? "0" : whole}${fraction === "" ? "" : `.${fraction}`}`;
  const exponent = Number(exponentText);
  if (Math.abs(exponent) > 100) throw new ValueRefused("a decimal number with an exponent of at most 100");
  const digits = `${"0".repeat(Math.max(0, -exponent))}${whole}${fraction}${"0".repeat(Math.max(0, exponent))}`;
  const point = Math.max(0, -exponent) + whole.length + exponent;
  const before = digits.slice(0, point).replace(/^0+(?=\d)/, "");
  const after = digits.slice(point).replace(/0+$/, "");
  return `${sign === "-" ? "-" : ""}${before === "" ? "0" : before}${after === "" ? "" : `.${after}`}`;
}

function toMilliseconds(time: CivilTime, rules: ConversionRules): number {
  const seconds = utcSeconds(time, rules) * 1000;
  if (rules.rounding === "half-up") return seconds + Math.floor(time.nanos / 1_000_000 + 0.5);
  if (time.nanos % 1_000_000 !== 0) {
    throw new ValueRefused(
      "at most three fraction digits, because a datetime holds milliseconds",
      undefined,
      "inexact",
    );
  }
  return seconds + time.nanos / 1_000_000;
}

function toTimestamp(time: CivilTime, rules: ConversionRules): Timestamp {
  return { seconds: BigInt(utcSeconds(time, rules)), nanos: time.nanos };
}

function toWallClock(time: CivilTime): Timestamp {
  if (time.offsetSeconds !== undefined) {
    throw new ValueRefused("a date and time without a zone, because a timestamp_ntz holds a wall clock");
  }
  return { seconds: BigInt(time.wallSeconds), nanos: time.nanos };
}

function utcSeconds(time: CivilTime, rules: ConversionRules): number {
  if (time.offsetSeconds !== undefined) return time.wallSeconds - time.offsetSeconds;
  return rules.timeZone.toUtcSeconds(time.wallSeconds);
}

/** `D HH:MM:SS[.f…]`, as SQL writes INTERVAL DAY TO SECOND; a sign in front counts for all of it. */
function parseDayTimeInterval(text: string): DayTimeInterval {
  const match = dayTimeInterval.exec(text);
  if (match === null) throw new ValueRefused("an interval of days and time such as 3 04:05:06.5");
  const [, sign, days, hours, minutes, seconds, fraction = ""] = match;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) {
    throw new ValueRefused("an interval with hours below 24, minutes and seconds below 60");
  }
  const nanos = Number(fraction.padEnd(9, "0"));
  const total =
    BigInt(days!) * 86_400n + BigInt(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
  if (sign !== "-") return { seconds: total, nanos };
  return nanos === 0 ? { seconds: -total, nanos } : { seconds: -total - 1n, nanos: 1_000_000_000 - nanos };
}

/** `Y-M`, as SQL writes INTERVAL YEAR TO MONTH, in months. */
function parseYearMonthInterval(text: string): number {
  const match = yearMonthInterval.exec(text);
  if (match === null || Number(match[3]) > 11) {
    throw new ValueRefused("an interval of years and months such as 1-06, with months below 12");
  }
  return (match[1] === "-" ? -1 : 1) * (Number(match[2]) * 12 + Number(match[3])) + 0;
}

/** Blanks around a number, date or the like never matter; text keeps its own. */
function trimmed(parse: ScalarConverter): ScalarConverter {
  return (text) => {
    const first = text.charCodeAt(0);
    const last = text.charCodeAt(text.length - 1);
    return parse(first <= blank || last <= blank ? text.replace(/^[ \t]+|[ \t]+$/g, "") : text);
  };
}

const blank = 0x20;
const wholeNumber = /^[+-]?\d+$/;
const decimalNumber = /^([+-]?)(?=\.?\d)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/;
const specialNumber = /^([+-]?)(?:inf(?:inity)?|(nan))$/i;
const dayTimeInterval = /^([+-]?)(\d{1,9}) (\d{1,2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?$/;
const yearMonthInterval = /^([+-]?)(\d{1,6})-(\d{1,2})$/;
const textEncoder: TextEncoder = /*@__PURE__*/ new TextEncoder();
