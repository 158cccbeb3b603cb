import { describe, expect, it } from "vitest";
import { CodecError } from "../errors.ts";
import {
  formatDate,
  formatTimestamp,
  formatTimestampNtz,
  parseDate,
  parseTimestamp,
  parseTimestampNtz,
} from "./calendar.ts";

describe("dates", () => {
  it.each([
    ["1970-01-01", 0],
    ["1969-12-31", -1],
    ["2000-02-29", 11_016],
    ["2024-02-29", 19_782],
    ["1900-03-01", -25_508],
    ["0001-01-01", -719_162],
    ["9999-12-31", 2_932_896],
  ])("%s is day %d, both ways", (text, days) => {
    expect(parseDate(text)).toBe(days);
    expect(formatDate(days)).toBe(text);
  });

  it("agree with the platform's calendar on every day of four centuries and at the ends", () => {
    for (const [first, last] of [
      [-719_162, -718_000],
      [-40_000, 110_000],
      [2_932_000, 2_932_896],
    ] as const) {
      for (let days = first; days <= last; days++) {
        const text = new Date(days * 86_400_000).toISOString().slice(0, 10);
        if (formatDate(days) !== text || parseDate(text) !== days) expect(formatDate(days)).toBe(text);
      }
    }
  });

  it.each([
    "2020-02-30",
    "2021-02-29",
    "1900-02-29",
    "2020-04-31",
    "2020-13-01",
    "2020-00-10",
    "2020-01-00",
    "2020-1-1",
    "20200101",
    "2020/01/01",
    "2020-01-01 ",
    "+2020-01-1",
    "",
    "0000-12-31",
  ])("refuses %s", (text) => {
    expect(() => parseDate(text)).toThrow(CodecError);
  });

  it("refuses days that no date of four digits has", () => {
    for (const days of [-719_163, 2_932_897, 0.5, Number.NaN])
      expect(() => formatDate(days)).toThrow("Expected days");
  });
});

describe("times", () => {
  it.each([
    ["2024-01-02T03:04:05Z", 1_704_164_645n, 0],
    ["2024-01-02T03:04:05.678901234Z", 1_704_164_645n, 678_901_234],
    ["2024-01-02T11:04:05.5+08:00", 1_704_164_645n, 500_000_000],
    ["2024-01-01T22:34:05-0430", 1_704_164_645n, 0],
    ["2024-01-02 03:04 Z", 1_704_164_640n, 0],
    ["2024-01-02t03:04:05,000000001+00", 1_704_164_645n, 1],
    ["1969-12-31T23:59:59.999999999Z", -1n, 999_999_999],
    ["0000-12-31T15:54:17Z", -62_135_625_943n, 0],
    ["9999-12-31T23:59:59.999999999Z", 253_402_300_799n, 999_999_999],
    ["2024-01-02T03:04:05.1234567890000Z", 1_704_164_645n, 123_456_789],
  ])("%s is read exactly", (text, seconds, nanos) => {
    expect(parseTimestamp(text)).toEqual({ seconds, nanos });
  });

  it("has no zone where there is none to have", () => {
    expect(parseTimestampNtz("2024-01-02T03:04:05.000000001")).toEqual({ seconds: 1_704_164_645n, nanos: 1 });
    expect(() => parseTimestampNtz("2024-01-02T03:04:05Z")).toThrow("Expected a time without a zone");
    expect(() => parseTimestamp("2024-01-02T03:04:05")).toThrow("Expected a time with a zone");
  });

  it.each([
    "2024-02-30T00:00:00Z",
    "2024-01-01T24:00:00Z",
    "2024-01-01T00:60:00Z",
    "2024-01-01T23:59:60Z",
    "2024-01-01T00:00:00.Z",
    "2024-01-01T00:00:00+8",
    "2024-01-01T00:00:00+08:",
    "2024-01-01T00:00:00+24:00",
    "2024-01-01T00:00:00 UTC",
    "2024-01-01T00:00:00.0000000001Z",
    "2024-01-01",
    "Tue, 02 Jan 2024 03:04:05 GMT",
  ])("refuses %s", (text) => {
    expect(() => parseTimestamp(text)).toThrow(CodecError);
  });

  it.each([
    [1_704_164_645n, 0, "2024-01-02T03:04:05"],
    [1_704_164_645n, 678_000_000, "2024-01-02T03:04:05.678"],
    [1_704_164_645n, 678_901_000, "2024-01-02T03:04:05.678901"],
    [-1n, 1, "1969-12-31T23:59:59.000000001"],
    [-62_167_219_200n, 0, "0000-01-01T00:00:00"],
  ])("%d seconds and %d nanoseconds are written as %s", (seconds, nanos, text) => {
    expect(formatTimestampNtz({ seconds, nanos })).toBe(text);
    expect(formatTimestamp({ seconds, nanos })).toBe(`${text}Z`);
    expect(parseTimestamp(`${text}Z`)).toEqual({ seconds, nanos });
  });

  it("refuses to write what it could not read", () => {
    expect(() => formatTimestamp({ seconds: 253_402_300_800n, nanos: 0 })).toThrow(
      "Expected seconds of the years",
    );
    expect(() => formatTimestamp({ seconds: 0n, nanos: 1_000_000_000 })).toThrow(
      "nanoseconds from 0 to 999999999",
    );
  });
});
