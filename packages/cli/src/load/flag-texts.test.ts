import { describe, expect, it } from "vitest";
import {
  byteRate,
  compression,
  delimiterText,
  namedText,
  nameList,
  oneCharacter,
  rejectLimit,
} from "./flag-texts.ts";

describe("delimiters", () => {
  it.each([
    [",", ","],
    ["||", "||"],
    ["\\t", "\t"],
    ["\\x01", "\u0001"],
    ["\\u0001", "\u0001"],
    ["\\r\\n", "\r\n"],
    ["\\\\x01", "\\x01"],
    ["\\0", "\0"],
    [" ", " "],
  ])("%j is %j", (input, text) => {
    expect(delimiterText(input)).toBe(text);
  });

  it.each(["", "\\", "\\q", "\\x1", "\\u12"])("%j is refused", (input) => {
    expect(() => delimiterText(input)).toThrow(SyntaxError);
  });

  it("that are to be one character are", () => {
    expect(oneCharacter("\\x01")).toBe("\u0001");
    expect(oneCharacter("\\")).toBe("\\");
    expect(oneCharacter("\\\\")).toBe("\\");
    expect(() => oneCharacter("ab")).toThrow('expected one character, got "ab"');
  });
});

describe("other texts of flags", () => {
  it("names and what they are to be", () => {
    expect(namedText("hour=a=b")).toEqual(["hour", "a=b"]);
    expect(namedText("empty=")).toEqual(["empty", ""]);
    expect(() => namedText("=x")).toThrow("expected NAME=VALUE");
    expect(nameList("id, ,name")).toEqual(["id", "", "name"]);
  });

  it("limits of rejects", () => {
    expect([rejectLimit("0"), rejectLimit("100"), rejectLimit("0.5%"), rejectLimit("100%")]).toEqual([
      0,
      100,
      "0.5%",
      "100%",
    ]);
    for (const text of ["-1", "1.5", "101%", "%", "x"]) expect(() => rejectLimit(text)).toThrow(SyntaxError);
  });

  it("speeds", () => {
    expect([byteRate("20MB/s"), byteRate("20MiB"), byteRate("512kbps")]).toEqual([
      20_000_000, 20_971_520, 512_000,
    ]);
    for (const text of ["", "fast", "1B/s", "20MB/m"]) expect(() => byteRate(text)).toThrow("20MB/s");
  });

  it("compressions, with a level where there is one", () => {
    expect([
      compression("auto"),
      compression("ZSTD"),
      compression("zstd:19"),
      compression("deflate:6"),
    ]).toEqual(["auto", "zstd", { name: "zstd", level: 19 }, { name: "deflate", level: 6 }]);
    for (const text of ["gzip", "zstd:23", "deflate:0", "lz4:1", "none:1", "zstd:3:4"]) {
      expect(() => compression(text)).toThrow(SyntaxError);
    }
  });
});
