import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseStatements } from "../parse-statements.ts";
import { isSqlError } from "../sql-error.ts";
import type { Insert, Query } from "./query.ts";
import { readInsert, readQuery } from "./read-query.ts";

function read(sql: string): Query | Insert | undefined {
  const [statement] = parseStatements(sql);
  if (statement?.kind !== "query") return undefined;
  return statement.verb === "insert" ? readInsert(statement.query) : readQuery(statement.query);
}

const message = (sql: string): string => {
  try {
    read(sql);
  } catch (error) {
    if (isSqlError(error)) return error.message;
    throw error;
  }
  return "no error";
};

/** The tree without its places. */
const tree = (sql: string): unknown =>
  JSON.parse(JSON.stringify(read(sql), (key, value: unknown) => (key === "place" ? undefined : value)));

describe("readQuery", () => {
  it("binds operators by strength, and keeps those of one strength flat", () => {
    const number = (text: string): unknown => ({ kind: "number", text });
    expect(tree("select 1 + 2 * 3 - 4 or not 5 = 6 and 7")).toMatchObject({
      body: {
        items: [
          {
            expression: {
              kind: "chain",
              first: {
                kind: "chain",
                first: number("1"),
                rest: [
                  {
                    operator: "+",
                    operand: {
                      kind: "chain",
                      first: number("2"),
                      rest: [{ operator: "*", operand: number("3") }],
                    },
                  },
                  { operator: "-", operand: number("4") },
                ],
              },
              rest: [
                {
                  operator: "OR",
                  operand: {
                    kind: "chain",
                    first: {
                      kind: "unary",
                      operator: "NOT",
                      operand: {
                        kind: "chain",
                        first: number("5"),
                        rest: [{ operator: "=", operand: number("6") }],
                      },
                    },
                    rest: [{ operator: "AND", operand: number("7") }],
                  },
                },
              ],
            },
          },
        ],
      },
    });
  });

  it("tells a column's parts from the index and field behind it", () => {
    expect(tree("select p.t.a.f, a[0].f from t")).toMatchObject({
      body: {
        items: [
          { expression: { kind: "column", parts: ["p", "t", "a", "f"] } },
          {
            expression: {
              kind: "field",
              operand: {
                kind: "index",
                operand: { kind: "column", parts: ["a"] },
                index: { kind: "number", text: "0" },
              },
              name: "f",
            },
          },
        ],
      },
    });
  });

  it("takes words that mean something elsewhere as names", () => {
    expect(tree("select date, interval, `select`, year(date) as `from` from table")).toMatchObject({
      body: {
        items: [
          { expression: { kind: "column", parts: ["date"] } },
          { expression: { kind: "column", parts: ["interval"] } },
          { expression: { kind: "column", parts: ["select"] } },
          { expression: { kind: "call", name: "year" }, alias: "from" },
        ],
      },
    });
  });

  it("reads an INSERT's parts", () => {
    expect(tree("insert overwrite table p.t partition (pt='a', hh) (x, hh) select 1, 2")).toMatchObject({
      overwrite: true,
      table: { levels: ["p", "t"] },
      partition: [{ key: "pt", value: "a" }, { key: "hh" }],
      columns: ["x", "hh"],
      query: { body: { kind: "select" } },
    });
    expect(tree("insert into table values (1)")).toMatchObject({
      overwrite: false,
      table: { levels: ["table"] },
    });
  });

  it.each([
    ["select", "ODPS-0130161:[1,7] Parse exception - unexpected end of statement, expected an expression"],
    [
      "select a from",
      "ODPS-0130161:[1,14] Parse exception - unexpected end of statement, expected a table name",
    ],
    [
      "select a b c from t",
      "ODPS-0130161:[1,12] Parse exception - invalid token 'c', expected the end of the statement",
    ],
    ["select 1 +\n * 2", "ODPS-0130161:[2,2] Parse exception - invalid token '*', expected an expression"],
    ["select case end", "ODPS-0130161:[1,13] Parse exception - invalid token 'end', expected an expression"],
    [
      "select a not 1",
      "ODPS-0130161:[1,14] Parse exception - invalid token '1', expected BETWEEN, IN, LIKE or RLIKE",
    ],
    [
      "select (1, 2)",
      "ODPS-0130161:[1,10] Parse exception - a list of expressions in parentheses is not supported",
    ],
    [
      "select transform_keys(m, x -> 1)",
      "ODPS-0130161:[1,28] Parse exception - a function as an argument is not supported",
    ],
    [
      "from t insert into u select 1",
      "ODPS-0130161:[1,1] Parse exception - FROM in front of SELECT or INSERT is not supported",
    ],
    [
      "select 1 limit",
      "ODPS-0130161:[1,15] Parse exception - unexpected end of statement, expected an expression",
    ],
    [
      "insert t values (1)",
      "ODPS-0130161:[1,8] Parse exception - invalid token 't', expected INTO or OVERWRITE",
    ],
    [
      "insert into t partition (a, A) select 1",
      "ODPS-0130071:[1,29] Semantic analysis exception - the partition names the column A twice",
    ],
    [
      "select * from t tablesample (10 percent)",
      "ODPS-0130161:[1,17] Parse exception - TABLESAMPLE is not supported",
    ],
  ])("answers %j", (sql, expected) => {
    expect(message(sql)).toBe(expected);
  });

  it.each([
    ["parentheses", `select ${"(".repeat(100_000)}1${")".repeat(100_000)}`],
    ["calls", `select ${"f(".repeat(100_000)}1${")".repeat(100_000)}`],
    ["queries", `${"select * from (".repeat(50_000)}t${")".repeat(50_000)}`],
    ["joins", `select * from ${"(".repeat(100_000)}t${")".repeat(100_000)}`],
    ["cases", `select ${"case when ".repeat(50_000)}1`],
    ["signs", `select ${"- ".repeat(100_000)}1`],
    ["indexes", `select a${"[0]".repeat(100_000)}`],
    ["comparisons", `select 1${" = 1".repeat(100_000)}`],
  ])("bounds nested %s", (_, sql) => {
    expect(message(sql)).toMatch(/expected at most \d+ /);
  });

  it("has no bound on what is merely long", () => {
    expect(message(`select 1${" + 1".repeat(50_000)}`)).toBe("no error");
    expect(message(`select ${"not ".repeat(50_000)}true`)).toBe("no error");
    expect(message(`insert into t values (1)${", (1)".repeat(50_000)}`)).toBe("no error");
  });

  it("says something of its own about any soup of words", () => {
    const words =
      "select from where group by having order limit with as ( ) , . * + - = < [ ] 1 'x' t a b join left on using union " +
      "all values insert into overwrite table partition case when then else end cast int interval day between and or " +
      "not in like is null exists over rows lateral view explode count sum distinct filter within ` ;";
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words.split(" ")), { maxLength: 40 }), (soup) => {
        try {
          read(`select ${soup.join(" ")}`);
        } catch (error) {
          if (!isSqlError(error)) throw error;
        }
      }),
      { numRuns: 3000 },
    );
  });
});
