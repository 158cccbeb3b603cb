import { describe, expect, it } from "vitest";
import { parseCivilTime, parseDate } from "./civil-time.ts";

describe("parseCivilTime", () => {
  it.each([
    ["1970-01-01", 0, 0, undefined],
    ["1970-01-01 00:01", 60, 0, undefined],
    ["2024-02-29 12:34:56", 1709210096, 0, undefined],
    ["2024-02-29T12:34:56.5", 1709210096, 500_000_000, undefined],
    ["2024-02-29 12:34:56.000000001Z", 1709210096, 1, 0],
    ["2024-02-29T12:34:56+08:00", 1709210096, 0, 28800],
    ["2024-02-29T12:34:56 -0330", 1709210096, 0, -12600],
    ["1969-12-31 23:59:59.9", -1, 900_000_000, undefined],
    ["0001-01-01 00:00:00", -62135596800, 0, undefined],
    ["9999-12-31 23:59:59", 253402300799, 0, undefined],
  ])("reads %s", (text, wallSeconds, nanos, offsetSeconds) => {
    expect(parseCivilTime(text)).toEqual({ wallSeconds, nanos, offsetSeconds });
  });

  it.each([
    ["2024-02-30 00:00:00", "2024-02 has 29 days, not a day 30"],
    ["2023-02-29", "2023-02 has 28 days"],
    ["1900-02-29", "1900-02 has 28 days"],
    ["2024-04-31", "2024-04 has 30 days"],
    ["2024-00-10", "a month from 01 to 12"],
    ["2024-13-10", "a month from 01 to 12"],
    ["2024-01-00", "not a day 0"],
    ["2024-01-01 24:00:00", "an hour from 00 to 23"],
    ["2024-01-01 23:60:00", "a minute from 00 to 59"],
    ["2024-01-01 23:59:60", "a second from 00 to 59"],
    ["2024-01-01 00:00:00.1234567890", "at most nine fraction digits"],
    ["2024-01-01 00:00:00+19:00", "at most 18 hours"],
    ["01/02/2024", "a date and time such as"],
    ["2024-1-2", "a date and time such as"],
    ["2024-01-01 00:00:00 Asia/Shanghai", "a date and time such as"],
    ["", "a date and time such as"],
  ])("refuses %s", (text, message) => {
    expect(() => parseCivilTime(text)).toThrow(message);
  });
});

describe("parseDate", () => {
  it("gives the date back as it was", () => {
    expect(parseDate("2000-02-29")).toBe("2000-02-29");
  });

  it.each(["2020-02-30", "2020-2-3", "2020-02-03 00:00:00", "20200203"])("refuses %s", (text) => {
    expect(() => parseDate(text)).toThrow();
  });
});
