import { CodecError } from "../../errors.ts";
import { type CivilTime, parseCivilTime, parseDate } from "./civil-time.ts";
import { compileDatePattern } from "./date-pattern.ts";
import { parseTimeZone, type TimeZone, utc } from "./time-zone.ts";

/** How binary values are spelt in text. */
export type BinaryText = "base64" | "hex" | "text";

/** What the texts of one column have to look like, besides what their type asks for. */
export interface TextPattern {
  /** Name of a column of text. */
  readonly column: string;
  /** A regular expression that each of its values matches; it is compiled with the flag `u`. */
  readonly pattern: string;
  /** What is expected, for the message about a value that does not match. */
  readonly expected: string;
}

/** What may be decided about the meaning of text; everything else follows from the column's type. */
export interface TextConversion {
  /** The zone of a DATETIME or TIMESTAMP that names none: `UTC`, `+08:00`, `Asia/Shanghai`. @default "UTC" */
  readonly timeZone?: string | TimeZone;
  /** How a DATE is written, such as `dd/MM/yyyy`. @default yyyy-MM-dd */
  readonly datePattern?: string;
  /**
   * How a DATETIME, TIMESTAMP or TIMESTAMP_NTZ is written, such as `dd.MM.yyyy HH:mm:ss`.
   * @default ISO 8601: a date, or a date and time with up to nine digits of fraction and with or without a zone
   */
  readonly datetimePattern?: string;
  /** What is true and what is false, in any case. @default true and 1, false and 0 */
  readonly booleans?: { readonly true: readonly string[]; readonly false: readonly string[] };
  /** How BINARY is spelt. @default "base64" */
  readonly binary?: BinaryText;
  /**
   * What to do with more digits than a DECIMAL's scale, a DATETIME's milliseconds or a TIMESTAMP's nanoseconds hold;
   * `half-up-decimals` rounds decimals and refuses times. @default "refuse"
   */
  readonly rounding?: "refuse" | "half-up" | "half-up-decimals";
  /** Whether blanks and tabs are taken off around text too, or only around other values. @default "values" */
  readonly trim?: "values" | "all";
  /** Columns of text whose values have to look like something; what does not is refused. @default none */
  readonly patterns?: readonly TextPattern[];
}

/** A {@link TextConversion} worked out. */
export interface ConversionRules {
  readonly timeZone: TimeZone;
  readonly binary: BinaryText;
  readonly rounding: "refuse" | "half-up" | "half-up-decimals";
  readonly trimsText: boolean;
  /** By the text in lower case; undefined for the usual four. */
  readonly booleans: ReadonlyMap<string, boolean> | undefined;
  /** What a boolean looks like, for messages. */
  readonly booleanTexts: string;
  readonly hasDatePattern: boolean;
  readonly hasDatetimePattern: boolean;
  /** What the encoder takes for a DATE. */
  readonly readDate: (text: string) => string | Date;
  readonly readTime: (text: string) => CivilTime;
  /** By the name of the column. */
  readonly patterns: ReadonlyMap<string, { readonly regExp: RegExp; readonly expected: string }>;
}

/** @throws CodecError `invalid-option` */
export function resolveConversion(conversion: TextConversion = {}): ConversionRules {
  const { timeZone = utc, rounding = "refuse", datePattern, datetimePattern } = conversion;
  const ofTimes = rounding === "half-up" ? "half-up" : "refuse";
  const readDay = datePattern === undefined ? undefined : compileDatePattern(datePattern, "date", ofTimes);
  const readTime =
    datetimePattern === undefined ? undefined : compileDatePattern(datetimePattern, "time", ofTimes);
  return {
    timeZone: typeof timeZone === "string" ? parseTimeZone(timeZone) : timeZone,
    binary: conversion.binary ?? "base64",
    rounding,
    trimsText: conversion.trim === "all",
    ...resolveBooleans(conversion.booleans),
    hasDatePattern: readDay !== undefined,
    hasDatetimePattern: readTime !== undefined,
    readDate: readDay === undefined ? parseDate : (text) => new Date(readDay(text).wallSeconds * 1000),
    readTime: readTime ?? ((text) => parseCivilTime(text, ofTimes)),
    patterns: new Map(
      (conversion.patterns ?? []).map(({ column, pattern, expected }) => [
        column,
        { regExp: new RegExp(pattern, "u"), expected },
      ]),
    ),
  };
}

function resolveBooleans(
  lists: TextConversion["booleans"],
): Pick<ConversionRules, "booleans" | "booleanTexts"> {
  if (lists === undefined) return { booleans: undefined, booleanTexts: "true, false, 1 or 0" };
  const booleans = new Map<string, boolean>();
  const texts = [...lists.true, ...lists.false];
  for (const value of [true, false]) {
    for (const text of value ? lists.true : lists.false) {
      const known = text.toLowerCase();
      if (known === "" || known !== known.trim() || booleans.get(known) === !value) {
        throw new CodecError(
          "invalid-option",
          `Expected booleans to be different texts without blanks around them, got ${JSON.stringify(text)}`,
        );
      }
      booleans.set(known, value);
    }
  }
  return { booleans, booleanTexts: `${texts.slice(0, -1).join(", ")} or ${texts.at(-1)}` };
}
