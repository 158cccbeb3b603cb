import { describe, expect, it } from "vitest";
import { shellCommand } from "../report/shell-words.ts";
import { blockIdList, byteSize, formatBlockIds, wholeNumber } from "./value-parsers.ts";

describe("sizes", () => {
  it.each([
    ["65536", 65_536],
    ["64KiB", 65_536],
    ["64K", 65_536],
    ["64kB", 64_000],
    ["1.5MiB", 1_572_864],
    ["64 MB", 64_000_000],
    ["1g", 1_073_741_824],
    ["2000B", 2000],
  ])("reads %s", (text, bytes) => {
    expect(byteSize(1024)(text)).toBe(bytes);
  });

  it.each(["", "64", "0", "-1", "1e6", "MB", "64 parsecs", "64TB"])("refuses %j", (text) => {
    expect(() => byteSize(1024)(text)).toThrow("expected a size");
  });
});

it("reads whole numbers within bounds", () => {
  expect(wholeNumber(1, 64)("64")).toBe(64);
  for (const text of ["0", "65", "1.5", "-1", "", " 1", "abc"])
    expect(() => wholeNumber(1, 64)(text)).toThrow("1 to 64");
});

describe("block ids", () => {
  it("reads numbers and ranges, sorted and once each", () => {
    expect(blockIdList("7,0-3, 2-4")).toEqual([0, 1, 2, 3, 4, 7]);
    expect(blockIdList("20000")).toEqual([20_000]);
  });

  it.each(["", "a", "3-1", "-1", "1,,2", "20001"])("refuses %j", (text) => {
    expect(() => blockIdList(text)).toThrow("expected block ids such as 0-3,7");
  });

  it("writes them as they can be read", () => {
    expect(formatBlockIds([0, 1, 2, 3, 7, 9, 10])).toBe("0-3,7,9-10");
    expect(formatBlockIds([])).toBe("");
  });
});

it("quotes what a shell would change", () => {
  expect(shellCommand("mctunnel", "status", "20240506", "p.t/pt=1,region=cn")).toBe(
    "mctunnel status 20240506 p.t/pt=1,region=cn",
  );
  expect(shellCommand("mctunnel", "status", "id", "p.t/pt=it's $1")).toBe(
    "mctunnel status id 'p.t/pt=it'\\''s $1'",
  );
});
