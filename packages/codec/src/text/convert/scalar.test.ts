import { describe, expect, it } from "vitest";
import { parseType } from "../../schema/parse-type.ts";
import { resolveConversion, type TextConversion } from "./conversion.ts";
import { scalarConverter } from "./scalar.ts";
import { parseTimeZone, utc } from "./time-zone.ts";

function convert(type: string, text: string, options: { zone?: string } & TextConversion = {}): unknown {
  const timeZone = options.zone === undefined ? utc : parseTimeZone(options.zone);
  return scalarConverter(parseType(type), resolveConversion({ timeZone, ...options }))!(text);
}

describe("integers", () => {
  it.each([
    ["0", 0],
    ["-0", 0],
    ["+7", 7],
    ["007", 7],
    [" 42\t", 42],
    ["999999999999999", 999_999_999_999_999],
    ["9007199254740993", 9_007_199_254_740_993n],
    ["+9223372036854775807", 9_223_372_036_854_775_807n],
    ["-9223372036854775808", -9_223_372_036_854_775_808n],
  ])("reads %j exactly", (text, value) => {
    expect(Object.is(convert("bigint", text), value)).toBe(true);
  });

  it.each(["", " ", "1.0", "1e3", "0x10", "1_000", "1,000", "--1", "١"])("refuses %j", (text) => {
    expect(() => convert("int", text)).toThrow("a whole number such as 42");
  });
});

describe("floating point", () => {
  it.each([
    ["1.5", 1.5],
    [".5", 0.5],
    ["5.", 5],
    ["-2e10", -2e10],
    ["1.2345678901234567890123456789", 1.2345678901234567],
    ["1e-400", 0],
    ["nan", Number.NaN],
    ["NaN", Number.NaN],
    ["inf", Number.POSITIVE_INFINITY],
    ["-Infinity", Number.NEGATIVE_INFINITY],
  ])("reads %j", (text, value) => {
    expect(convert("double", text)).toBe(value);
  });

  it.each(["", ".", "1d", "0x1p3", "0x10", "1e", "1 2", "infinite"])("refuses %j", (text) => {
    expect(() => convert("double", text)).toThrow("a number such as 1.5");
  });

  it("refuses a number that would become infinite", () => {
    expect(() => convert("double", "1e400")).toThrow("a number that a double can hold");
  });
});

describe("booleans", () => {
  it.each([
    ["true", true],
    ["TRUE", true],
    ["1", true],
    ["False", false],
    ["0", false],
  ])("reads %s", (text, value) => {
    expect(convert("boolean", text)).toBe(value);
  });

  it.each(["", "t", "yes", "on", "2", "-1"])("refuses %j", (text) => {
    expect(() => convert("boolean", text)).toThrow("true, false, 1 or 0");
  });
});

describe("decimals", () => {
  it.each([
    ["12.50", "12.50"],
    ["+12.50", "12.50"],
    ["-.5", "-0.5"],
    ["5.", "5"],
    ["99999999999999999999.999999999999999999", "99999999999999999999.999999999999999999"],
    ["1E+3", "1000"],
    ["1.25e2", "125"],
    ["1.25e1", "12.5"],
    ["125e-4", "0.0125"],
    ["-0.00125e+2", "-0.125"],
    ["0e5", "0"],
  ])("keeps %s as the text %s", (text, value) => {
    expect(convert("decimal(38,18)", text)).toBe(value);
  });

  it.each(["", ".", "1,5", "1e", "NaN", "1e101"])("refuses %j", (text) => {
    expect(() => convert("decimal(38,18)", text)).toThrow("a decimal number");
  });
});

describe("dates and times", () => {
  it("reads a DATETIME without a zone as UTC, or in the zone that was said", () => {
    expect(convert("datetime", "2024-05-06 07:08:09.123")).toBe(Date.UTC(2024, 4, 6, 7, 8, 9, 123));
    expect(convert("datetime", "2024-05-06 07:08:09", { zone: "Asia/Shanghai" })).toBe(
      Date.UTC(2024, 4, 5, 23, 8, 9),
    );
    expect(convert("datetime", "2024-05-06T07:08:09+02:00", { zone: "Asia/Shanghai" })).toBe(
      Date.UTC(2024, 4, 6, 5, 8, 9),
    );
  });

  it("refuses a DATETIME finer than milliseconds, unless the rest is zeros", () => {
    expect(convert("datetime", "1970-01-01 00:00:00.001000")).toBe(1);
    expect(() => convert("datetime", "1970-01-01 00:00:00.0001")).toThrow("at most three fraction digits");
  });

  it("keeps nanoseconds of a TIMESTAMP, also before 1970", () => {
    expect(convert("timestamp", "1969-12-31T23:59:59.999999999Z")).toEqual({
      seconds: -1n,
      nanos: 999_999_999,
    });
  });

  it("takes a TIMESTAMP_NTZ as the clock shows it, in no zone", () => {
    expect(convert("timestamp_ntz", "1970-01-01 08:00:00", { zone: "Asia/Shanghai" })).toEqual({
      seconds: 28_800n,
      nanos: 0,
    });
    expect(() => convert("timestamp_ntz", "1970-01-01 08:00:00Z")).toThrow("without a zone");
  });

  it("refuses dates that do not exist", () => {
    expect(() => convert("date", "2020-02-30")).toThrow("2020-02 has 29 days");
    expect(() => convert("datetime", "2020-02-30 00:00:00")).toThrow("2020-02 has 29 days");
  });
});

describe("intervals", () => {
  it.each([
    ["3 04:05:06.5", { seconds: 273_906n, nanos: 500_000_000 }],
    ["-0 00:00:01", { seconds: -1n, nanos: 0 }],
    ["-0 00:00:00.25", { seconds: -1n, nanos: 750_000_000 }],
  ])("reads %s", (text, value) => {
    expect(convert("interval_day_time", text)).toEqual(value);
  });

  it.each([
    ["1-06", 18],
    ["-1-6", -18],
    ["0-0", 0],
  ])("reads %s as %i months", (text, months) => {
    expect(convert("interval_year_month", text)).toBe(months);
  });

  it("refuses other spellings", () => {
    expect(() => convert("interval_day_time", "1 25:00:00")).toThrow("hours below 24");
    expect(() => convert("interval_day_time", "90")).toThrow("3 04:05:06.5");
    expect(() => convert("interval_year_month", "18")).toThrow("1-06");
    expect(() => convert("interval_year_month", "1-12")).toThrow("months below 12");
  });
});

describe("text and binary", () => {
  it("leaves text alone, blanks and all", () => {
    expect(convert("varchar(10)", " a ")).toBe(" a ");
  });

  it("reads binary in the spelling that was said", () => {
    expect(convert("binary", "AP8=")).toEqual(Uint8Array.of(0, 255));
    expect(convert("binary", "00fF", { binary: "hex" })).toEqual(Uint8Array.of(0, 255));
    expect(convert("binary", "é", { binary: "text" })).toEqual(Uint8Array.of(0xc3, 0xa9));
    expect(convert("binary", "")).toEqual(new Uint8Array(0));
  });

  it("refuses text in another spelling", () => {
    expect(() => convert("binary", "AP8")).toThrow("base64 text with its padding");
    expect(() => convert("binary", "AP9=")).toThrow("unused bits are zero");
    expect(() => convert("binary", "AP-_")).toThrow("base64");
    expect(() => convert("binary", "0f1", { binary: "hex" })).toThrow("pairs of hexadecimal digits");
    expect(() => convert("binary", "0x0f", { binary: "hex" })).toThrow("pairs of hexadecimal digits");
  });
});
