import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSqlError } from "./sql-error.ts";
import { quoteName, quoteString } from "./string-escape.ts";
import { maxSqlLength, tokenize } from "./tokenizer.ts";

const kindsAndTexts = (sql: string): string[] => tokenize(sql).map(({ kind, text }) => `${kind} ${text}`);

describe("tokenize", () => {
  it("places every token by line, column and offset, past comments and line ends", () => {
    expect(tokenize("select -- one\r\n  /* two\n */ `a``b`;")).toEqual([
      { kind: "word", text: "select", line: 1, column: 1, start: 0, end: 6 },
      { kind: "quoted-word", text: "a`b", line: 3, column: 5, start: 28, end: 34 },
      { kind: "symbol", text: ";", line: 3, column: 11, start: 34, end: 35 },
      { kind: "end", text: "", line: 3, column: 12, start: 35, end: 35 },
    ]);
  });

  it("counts the lines inside a string", () => {
    expect(tokenize("'a\nb' c")[1]).toEqual({
      kind: "word",
      text: "c",
      line: 2,
      column: 4,
      start: 6,
      end: 7,
    });
  });

  it("tells numbers from names that begin with a digit", () => {
    expect(kindsAndTexts("1 1.5 .5 1e-3 1L 2y 0.1BD 1. 12abc")).toEqual([
      "number 1",
      "number 1.5",
      "number .5",
      "number 1e-3",
      "number 1L",
      "number 2y",
      "number 0.1BD",
      "number 1.",
      "unknown 12abc",
      "end ",
    ]);
  });

  it("reads the longest operator, but never two closing angles at once", () => {
    expect(kindsAndTexts("a<=>b<=c<>d!=e||f array<array<x>>")).toEqual([
      "word a",
      "symbol <=>",
      "word b",
      "symbol <=",
      "word c",
      "symbol <>",
      "word d",
      "symbol !=",
      "word e",
      "symbol ||",
      "word f",
      "word array",
      "symbol <",
      "word array",
      "symbol <",
      "word x",
      "symbol >",
      "symbol >",
      "end ",
    ]);
  });

  it.each([
    ["'it\\'s'", "it's"],
    ['"say \\"hi\\""', 'say "hi"'],
    ["'a\\nb\\tc\\rd\\be'", "a\nb\tc\rd\be"],
    ["'\\\\d+'", "\\d+"],
    ["'\\001\\0\\00'", "\u0001\0\0"],
    ["'\\u6c49\\Z'", "汉\u001a"],
    ["'100\\%'", "100\\%"],
    ["'\\q\\😀'", "q😀"],
    ["'two\nlines'", "two\nlines"],
  ])("resolves the escapes of %s", (sql, text) => {
    expect(tokenize(sql)[0]).toMatchObject({ kind: "string", text, end: sql.length });
  });

  it.each([
    ["select 'abc", "ODPS-0130161:[1,8] Parse exception - the string that begins here is not closed"],
    ["select 'abc\\", "ODPS-0130161:[1,8] Parse exception - the string that begins here is not closed"],
    ["\n `ab``", "ODPS-0130161:[2,2] Parse exception - the quoted name that begins here is not closed"],
    ["a /* b", "ODPS-0130161:[1,3] Parse exception - the comment that begins here is not closed"],
  ])("refuses %j", (sql, message) => {
    expect(() => tokenize(sql)).toThrow(message);
  });

  it("hands over characters that begin no token, whole", () => {
    expect(kindsAndTexts("a # 😀 汉")).toEqual(["word a", "unknown #", "unknown 😀", "unknown 汉", "end "]);
  });

  it("refuses a script over the limit", () => {
    expect(() => tokenize(" ".repeat(maxSqlLength + 1))).toThrow(
      "ODPS-0130161:[1,1] Parse exception - expected at most 2097152 characters of SQL, got 2097153",
    );
  });

  it("reads back every string and name it can quote", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(tokenize(quoteString(text))).toMatchObject([{ kind: "string", text }, { kind: "end" }]);
        expect(tokenize(quoteName(text))).toMatchObject([{ kind: "quoted-word", text }, { kind: "end" }]);
      }),
    );
  });

  it("covers any text with tokens in order, or refuses it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (sql) => {
        try {
          const tokens = tokenize(sql);
          for (const [index, token] of tokens.entries()) {
            expect(token.end).toBeGreaterThanOrEqual(token.start);
            expect(token.start).toBeGreaterThanOrEqual(tokens[index - 1]?.end ?? 0);
            const before = sql.slice(0, token.start).split("\n");
            expect([token.line, token.column]).toEqual([before.length, (before.at(-1)?.length ?? 0) + 1]);
          }
          expect(tokens.at(-1)).toMatchObject({ kind: "end", end: sql.length });
        } catch (error) {
          if (!isSqlError(error)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});
