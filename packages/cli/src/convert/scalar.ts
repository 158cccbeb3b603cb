import type { ColumnType, DayTimeInterval, Timestamp } from "@maxcompute-tunnel/codec";
import { type CivilTime, parseCivilTime, parseDate } from "./civil-time.ts";
import type { BinaryText, ConversionOptions } from "./conversion-options.ts";
import { ValueRefused } from "./value-refused.ts";

/** Turns the text of one value into what the encoder takes for its column. */
export type ScalarConverter = (text: string) => unknown;

/**
 * The converter for a type that is not nested, or `undefined` for one that is written as JSON.
 *
 * Converters decide what text means. What a type can hold (ranges, lengths, decimal digits) is the encoder's to
 * check, so that it is checked in one place. Every converter refuses what it does not know; none guesses.
 */
export function scalarConverter(type: ColumnType, options: ConversionOptions): ScalarConverter | undefined {
  switch (type.kind) {
    case "tinyint":
    case "smallint":
    case "int":
    case "bigint":
      return trimmed(parseInteger);
    case "float":
    case "double":
      return trimmed(parseDouble);
    case "boolean":
      return trimmed(parseBoolean);
    case "decimal":
      return trimmed(parseDecimal);
    case "date":
      return trimmed(parseDate);
    case "datetime":
      return trimmed((text) => toMilliseconds(parseCivilTime(text), options));
    case "timestamp":
      return trimmed((text) => toTimestamp(parseCivilTime(text), options));
    case "timestamp_ntz":
      return trimmed((text) => toWallClock(parseCivilTime(text)));
    case "interval_day_time":
      return trimmed(parseDayTimeInterval);
    case "interval_year_month":
      return trimmed(parseYearMonthInterval);
    case "string":
    case "char":
    case "varchar":
      return (text) => text;
    case "binary":
      return binaryParser(options.binary);
    case "geography":
      return binaryParser("hex");
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

function parseBoolean(text: string): boolean {
  switch (text.toLowerCase()) {
    case "true":
    case "1":
      return true;
    case "false":
    case "0":
      return false;
    default:
      throw new ValueRefused("true, false, 1 or 0");
  }
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

function toMilliseconds(time: CivilTime, options: ConversionOptions): number {
  if (time.nanos % 1_000_000 !== 0) {
    throw new ValueRefused("at most three fraction digits, because a datetime holds milliseconds");
  }
  return utcSeconds(time, options) * 1000 + time.nanos / 1_000_000;
}

function toTimestamp(time: CivilTime, options: ConversionOptions): Timestamp {
  return { seconds: BigInt(utcSeconds(time, options)), nanos: time.nanos };
}

function toWallClock(time: CivilTime): Timestamp {
  if (time.offsetSeconds !== undefined) {
    throw new ValueRefused("a date and time without a zone, because a timestamp_ntz holds a wall clock");
  }
  return { seconds: BigInt(time.wallSeconds), nanos: time.nanos };
}

function utcSeconds(time: CivilTime, options: ConversionOptions): number {
  if (time.offsetSeconds !== undefined) return time.wallSeconds - time.offsetSeconds;
  return options.timeZone.toUtcSeconds(time.wallSeconds);
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

function binaryParser(spelling: BinaryText): ScalarConverter {
  switch (spelling) {
    case "base64":
      return (text) => {
        if (text.length % 4 !== 0 || !base64.test(text)) {
          throw new ValueRefused("base64 text with its padding (or say --binary hex or --binary text)");
        }
        const bytes = Buffer.from(text, "base64");
        // Bits that the padding cuts off must be zero, or two texts would mean one value.
        if (bytes.toString("base64") !== text)
          throw new ValueRefused("base64 text whose unused bits are zero");
        return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      };
    case "hex":
      return (text) => {
        if (text.length % 2 !== 0 || !hex.test(text))
          throw new ValueRefused("pairs of hexadecimal digits such as 00ff");
        const bytes = Buffer.from(text, "hex");
        return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      };
    case "text":
      return (text) => {
        const bytes = Buffer.from(text, "utf8");
        return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      };
  }
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
const base64 = /^[A-Za-z0-9+/]*={0,2}$/;
const hex = /^[0-9a-fA-F]*$/;
