import { formatType, parseType } from "@maxcompute-tunnel/codec/schema";
import { describe, expect, it } from "vitest";
import { fromDuckDbType, toDuckDbType } from "./duckdb-type.ts";

describe("toDuckDbType", () => {
  it.each([
    ["tinyint", "TINYINT"],
    ["int", "INTEGER"],
    ["bigint", "BIGINT"],
    ["float", "FLOAT"],
    ["decimal", "DECIMAL(38,18)"],
    ["decimal(10,2)", "DECIMAL(10,2)"],
    ["varchar(3)", "VARCHAR"],
    ["binary", "BLOB"],
    ["datetime", "TIMESTAMP"],
    ["timestamp", "TIMESTAMP_NS"],
    ["timestamp_ntz", "TIMESTAMP_NS"],
    ["interval_day_time", "INTERVAL"],
    ["json", "JSON"],
    ["array<map<string,bigint>>", "MAP(VARCHAR, BIGINT)[]"],
    ['struct<a:int,`b"c`:array<string>>', 'STRUCT("a" INTEGER, "b""c" VARCHAR[])'],
  ])("holds %s in %s", (type, duckDbType) => {
    expect(toDuckDbType(parseType(type))).toBe(duckDbType);
  });

  it("refuses what has no counterpart", () => {
    expect(() => toDuckDbType(parseType("vector(float,3)"))).toThrow(
      "Expected a type that queries can read, got vector",
    );
  });
});

describe("fromDuckDbType", () => {
  it.each([
    ["INTEGER", "int"],
    ["HUGEINT", "bigint"],
    ["UBIGINT", "bigint"],
    ["DECIMAL(38,2)", "decimal(38,2)"],
    ["TIMESTAMP", "datetime"],
    ["TIMESTAMP WITH TIME ZONE", "datetime"],
    ["TIMESTAMP_NS", "timestamp"],
    ["TIME", "string"],
    ["ENUM('a', 'b')", "string"],
    ["VARCHAR[][]", "array<array<string>>"],
    ["INTEGER[3]", "array<int>"],
    ["MAP(VARCHAR, DECIMAL(5,1))", "map<string,decimal(5,1)>"],
    ['STRUCT("a" INTEGER, b STRUCT("c d" BLOB))[]', "array<struct<a:int,b:struct<`c d`:binary>>>"],
    ['"NULL"', "string"],
  ])("shows %s as %s", (duckDbType, type) => {
    expect(formatType(fromDuckDbType(duckDbType))).toBe(type);
  });

  it.each(["", "WIDGET", "MAP(VARCHAR", "STRUCT(a)", "INTEGER INTEGER"])("refuses %j", (name) => {
    expect(() => fromDuckDbType(name)).toThrow(`Expected the name of a DuckDB type, got ${name}`);
  });
});
