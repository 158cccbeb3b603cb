import { describe, expect, it } from "vitest";
import { parseType } from "../../schema/parse-type.ts";
import { resolveConversion } from "./conversion.ts";
import { JsonCursor, JsonFault } from "./json-cursor.ts";
import { jsonReader, readJsonText } from "./json-value.ts";
import { ValueRefused } from "./value-refused.ts";

function read(type: string, json: string): unknown {
  return readJsonText(json, jsonReader(parseType(type), resolveConversion()));
}

describe("numbers keep their source text", () => {
  it.each([
    ["bigint", "9007199254740993", 9_007_199_254_740_993n],
    ["bigint", '"9007199254740993"', 9_007_199_254_740_993n],
    ["decimal(38,18)", "0.100000000000000005", "0.100000000000000005"],
    ["decimal(20,0)", "12345678901234567890", "12345678901234567890"],
    ["double", "0.1", 0.1],
    ["double", '"NaN"', Number.NaN],
    ["int", "-5", -5],
  ])("%s from %s", (type, json, value) => {
    expect(read(type, json)).toBe(value);
  });

  it("refuses a fraction or an exponent for a whole number", () => {
    expect(() => read("bigint", "1.0")).toThrow(ValueRefused);
    expect(() => read("bigint", "1e3")).toThrow(ValueRefused);
  });
});

describe("scalars", () => {
  it("takes text from strings only", () => {
    expect(read("string", '"a\\u00e9\\n\\"b"')).toBe('aé\n"b');
    for (const json of ["1", "true", "{}", "[]"]) expect(() => read("string", json)).toThrow("a JSON string");
  });

  it("takes booleans, their texts, 1 and 0", () => {
    expect(["true", "false", "1", "0", '"TRUE"'].map((json) => read("boolean", json))).toEqual([
      true,
      false,
      true,
      false,
      true,
    ]);
    expect(() => read("boolean", "2")).toThrow("true, false, 1 or 0");
  });

  it("takes dates and times from strings, never from numbers", () => {
    expect(read("datetime", '"2024-05-06T07:08:09Z"')).toBe(Date.UTC(2024, 4, 6, 7, 8, 9));
    expect(read("date", '"2024-05-06"')).toBe("2024-05-06");
    expect(() => read("datetime", "1714979289000")).toThrow("a JSON string holding a datetime");
    expect(() => read("date", '"2024-02-30"')).toThrow("2024-02 has 29 days");
  });

  it("does not take an empty string for NULL", () => {
    expect(() => read("bigint", '""')).toThrow("a whole number");
    expect(read("bigint", "null")).toBeNull();
  });
});

describe("nested values", () => {
  it("reads arrays, maps and structs to any depth", () => {
    expect(
      read("array<struct<id:bigint,tags:array<string>>>", '[{"id":1,"tags":["a",null]},null,{"TAGS":[]}]'),
    ).toEqual([[1, ["a", null]], null, [null, []]]);
    expect(read("map<bigint,decimal(5,2)>", '{"9007199254740993": 1.50, "2": null}')).toEqual([
      [9_007_199_254_740_993n, "1.50"],
      [2, null],
    ]);
    expect(read("map<string,int>", '[["a",1],["a",2]]')).toEqual([
      ["a", 1],
      ["a", 2],
    ]);
    expect(read("vector(float,3)", "[1, 2.5, -3]")).toEqual([1, 2.5, -3]);
  });

  it("hands JSON over as it is written", () => {
    expect(read("json", '{"a": 1.10, "b":[9007199254740993]}')).toBe('{"a": 1.10, "b":[9007199254740993]}');
    expect(read("array<json>", '[{"a":1}, 2.0]')).toEqual(['{"a":1}', "2.0"]);
    expect(read("json", "null")).toBeNull();
  });

  it.each([
    ["struct<a:int>", '{"b":1}', 'a field of the struct ("b" is none)'],
    ["struct<a:int>", '{"a":1,"A":2}', 'each field once ("A" is there twice)'],
    ["map<string,int>", '{"a":1,"a":2}', 'each key once ("a" is there twice)'],
    ["map<string,int>", '[["a",1,2]]', "a [key, value] pair of two"],
    ["map<string,int>", '[["a"]]', "a [key, value] pair of two"],
    ["array<int>", '{"a":1}', "a JSON array"],
    ["struct<a:int>", "[1]", "a JSON object"],
    ["array<int>", '[1,"x"]', "a whole number"],
  ])("%s refuses %s", (type, json, message) => {
    expect(() => read(type, json)).toThrow(message);
  });
});

describe("strict JSON", () => {
  it.each([
    ["", 0],
    ["{", 1],
    ['{"a":1,}', 7],
    ["[1,]", 3],
    ["[1 2]", 3],
    ["{a:1}", 1],
    ["{'a':1}", 1],
    ['{"a" 1}', 5],
    ['"a', 2],
    ['"a\nb"', 2],
    ['"\\x"', 0],
    ["01", 1],
    ["-", 0],
    ["+1", 0],
    [".5", 0],
    ["1.", 1],
    ["tru", 0],
    ["nul", 0],
    ["1 2", 2],
    ["NaN", 0],
  ])("%j is refused at %i", (text, at) => {
    const cursor = new JsonCursor(text);
    try {
      cursor.readSource();
      cursor.readEnd();
    } catch (error) {
      expect(error).toBeInstanceOf(JsonFault);
      expect((error as JsonFault).at).toBe(at);
      return;
    }
    throw new Error("the text was accepted");
  });

  it("gives up on brackets nested without end", () => {
    expect(() => new JsonCursor("[".repeat(100_000)).readSource()).toThrow("at most 500 brackets");
  });

  it("reads siblings at any number, not only depth", () => {
    const text = `[${Array.from({ length: 2000 }, () => "[[]]").join(",")}]`;
    expect(new JsonCursor(text).readSource()).toBe(text);
  });
});
