import { describe, expect, it } from "vitest";
import { parseTimeZone } from "./time-zone.ts";

/** UTC text for a wall clock in a zone. */
function utcOf(zone: string, wall: string): string {
  const seconds = parseTimeZone(zone).toUtcSeconds(Date.parse(`${wall}Z`) / 1000);
  return new Date(seconds * 1000).toISOString();
}

describe("parseTimeZone", () => {
  it.each([
    ["UTC", "UTC"],
    ["gmt", "UTC"],
    ["+00:00", "UTC"],
    ["+08:00", "+08:00"],
    ["GMT+8", "+08:00"],
    ["UTC-0330", "-03:30"],
    ["asia/shanghai", "Asia/Shanghai"],
  ])("understands %s", (text, name) => {
    expect(parseTimeZone(text).name).toBe(name);
  });

  it.each(["Nowhere/City", "", "+25:00", "8", "local"])("refuses %j instead of falling back", (text) => {
    expect(() => parseTimeZone(text)).toThrow("is no time zone");
  });
});

describe("wall clock to UTC", () => {
  it("follows daylight saving time", () => {
    expect(utcOf("America/New_York", "2024-01-15T12:00:00")).toBe("2024-01-15T17:00:00.000Z");
    expect(utcOf("America/New_York", "2024-07-15T12:00:00")).toBe("2024-07-15T16:00:00.000Z");
    expect(utcOf("Australia/Lord_Howe", "2024-01-15T12:00:00")).toBe("2024-01-15T01:00:00.000Z");
  });

  it("is exact up to the second on both sides of a change", () => {
    expect(utcOf("America/New_York", "2024-03-10T01:59:59")).toBe("2024-03-10T06:59:59.000Z");
    expect(utcOf("America/New_York", "2024-03-10T03:00:00")).toBe("2024-03-10T07:00:00.000Z");
    expect(utcOf("America/New_York", "2024-11-03T00:59:59")).toBe("2024-11-03T04:59:59.000Z");
    expect(utcOf("America/New_York", "2024-11-03T02:00:00")).toBe("2024-11-03T07:00:00.000Z");
  });

  it("knows that Shanghai had summer time until 1991, and local mean time before 1901", () => {
    expect(utcOf("Asia/Shanghai", "1990-07-01T12:00:00")).toBe("1990-07-01T03:00:00.000Z");
    expect(utcOf("Asia/Shanghai", "1992-07-01T12:00:00")).toBe("1992-07-01T04:00:00.000Z");
    expect(utcOf("Asia/Shanghai", "1900-01-01T12:00:00")).toBe("1900-01-01T03:54:17.000Z");
  });

  it("reads days before the Gregorian reform in the Gregorian calendar", () => {
    expect(utcOf("Etc/UTC", "1500-03-01T00:00:00")).toBe("1500-03-01T00:00:00.000Z");
    expect(utcOf("Etc/UTC", "0001-01-01T00:00:00")).toBe("0001-01-01T00:00:00.000Z");
  });

  it("handles a day that a zone left out", () => {
    expect(utcOf("Pacific/Apia", "2011-12-29T23:00:00")).toBe("2011-12-30T09:00:00.000Z");
    expect(utcOf("Pacific/Apia", "2011-12-31T00:00:00")).toBe("2011-12-30T10:00:00.000Z");
    expect(() => utcOf("Pacific/Apia", "2011-12-30T12:00:00")).toThrow("skip this one");
  });

  it("refuses a time that clocks skip", () => {
    expect(() => utcOf("America/New_York", "2024-03-10T02:30:00")).toThrow(
      "a time that exists in America/New_York, whose clocks skip this one",
    );
  });

  it("refuses a time that clocks show twice, and names both offsets", () => {
    expect(() => utcOf("America/New_York", "2024-11-03T01:30:00")).toThrow(
      "so write -04:00 or -05:00 behind it",
    );
  });
});
