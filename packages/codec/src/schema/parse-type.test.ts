import { describe, expect, it } from "vitest";
import { CodecError } from "../errors.ts";
import { formatType } from "./format-type.ts";
import { parseType } from "./parse-type.ts";

describe("parseType", () => {
  it.each([
    ["bigint", { kind: "bigint" }],
    ["TIMESTAMP_NTZ", { kind: "timestamp_ntz" }],
    ["  Interval_Day_Time ", { kind: "interval_day_time" }],
    ["decimal", { kind: "decimal" }],
    ["DECIMAL ( 10 , 2 )", { kind: "decimal", precision: 10, scale: 2 }],
    ["decimal(10)", { kind: "decimal", precision: 10, scale: 0 }],
    ["decimal(38,38)", { kind: "decimal", precision: 38, scale: 38 }],
    ["decimal(54,18)", { kind: "decimal", precision: 54, scale: 18 }],
    ["char(255)", { kind: "char", length: 255 }],
    ["varchar(65535)", { kind: "varchar", length: 65535 }],
    ["array<array<int>>", { kind: "array", element: { kind: "array", element: { kind: "int" } } }],
    [
      "map< string , array<decimal> >",
      { kind: "map", key: { kind: "string" }, value: { kind: "array", element: { kind: "decimal" } } },
    ],
    ["vector(FLOAT, 3)", { kind: "vector", element: "float", dimension: 3 }],
  ])("reads %s", (text, type) => {
    expect(parseType(text)).toEqual(type);
  });

  it("reads struct names plain, in backticks, with dots and in any script, and keeps their case", () => {
    expect(parseType("struct<A:BIGINT, `b c`:string,`x``y`:int,a.b:date,名:json>")).toEqual({
      kind: "struct",
      fields: [
        { name: "A", type: { kind: "bigint" } },
        { name: "b c", type: { kind: "string" } },
        { name: "x`y", type: { kind: "int" } },
        { name: "a.b", type: { kind: "date" } },
        { name: "名", type: { kind: "json" } },
      ],
    });
  });

  it.each([
    ["", 0],
    ["integer", 0],
    ["void", 0],
    ["blob", 0],
    ["string(10)", 6],
    ["big int", 0],
    ["varchar", 7],
    ["varchar(0)", 8],
    ["varchar(65536)", 8],
    ["char(256)", 5],
    ["decimal(5,10)", 8],
    ["decimal(0,0)", 8],
    ["decimal(39,2)", 8],
    ["decimal(54,17)", 8],
    ["decimal()", 8],
    ["decimal(1,2,3)", 11],
    ["array<int", 9],
    ["array<>", 6],
    ["array int>", 6],
    ["map<int>", 7],
    ["struct<>", 7],
    ["struct<a>", 8],
    ["struct<a:int,A:int>", 13],
    ["struct<`a:int>", 7],
    ["vector(int,3)", 7],
    ["vector(float,0)", 13],
    ["bigint>", 6],
    ["bigint bigint", 7],
  ])("refuses %s at position %d", (text, offset) => {
    const error = errorOf(() => parseType(text));
    expect(error.code).toBe("invalid-type");
    expect(error.offset).toBe(offset);
  });

  it("refuses types nested beyond a hundred, and texts beyond a megabyte, at once", () => {
    expect(parseType(`${"array<".repeat(99)}int${">".repeat(99)}`).kind).toBe("array");
    expect(errorOf(() => parseType("array<".repeat(100_000))).message).toContain(
      "at most 100 types inside each other",
    );
    expect(errorOf(() => parseType("x".repeat(2_000_000))).code).toBe("invalid-type");
  });
});

describe("formatType", () => {
  it.each([
    ["BIGINT", "bigint"],
    ["decimal(10)", "decimal(10,0)"],
    ["Decimal", "decimal"],
    ["MAP<STRING, ARRAY<DECIMAL(5, 1)>>", "map<string,array<decimal(5,1)>>"],
    [
      "struct<`a`:int,`b c`:char(3),`d``e`:vector(double, 2)>",
      "struct<a:int,`b c`:char(3),`d``e`:vector(double,2)>",
    ],
  ])("writes %s as %s", (text, normal) => {
    expect(formatType(parseType(text))).toBe(normal);
  });
});

function errorOf(run: () => unknown): CodecError {
  try {
    run();
  } catch (error) {
    if (error instanceof CodecError) return error;
    throw error;
  }
  throw new Error("Expected a CodecError");
}
