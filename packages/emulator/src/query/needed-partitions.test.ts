import { describe, expect, it } from "vitest";
import { parseStatements } from "../sql/parse-statements.ts";
import { readQuery } from "../sql/query/read-query.ts";
import { mayMeet, type PartitionTest, partitionTests } from "./needed-partitions.ts";

/** Tests by table, as `key operator constants`. */
function tests(sql: string): Record<string, string[]> {
  const [statement] = parseStatements(sql);
  if (statement?.kind !== "query") throw new Error(`Expected a query, got ${sql}`);
  const found: Record<string, string[]> = {};
  for (const [name, own] of partitionTests(readQuery(statement.query))) {
    found[name.levels.join(".")] = own.map(
      ({ key, operator, constants }) => `${key} ${operator} ${constants.map(({ text }) => text).join("|")}`,
    );
  }
  return found;
}

describe("partitionTests", () => {
  it.each<[string, Record<string, string[]>]>([
    ["select 1 from t where pt = 'a' and 2 < hh and x is null", { t: ["pt = a", "hh > 2"] }],
    ["select 1 from p.t as l where (L.Pt in ('a', 'b') and l.x + 1 = 2)", { "p.t": ["pt = a|b"] }],
    ["select 1 from t, u where t.pt >= '1' and u.pt <= '2'", { t: ["pt >= 1"], u: ["pt <= 2"] }],
    ["select 1 from (select 1 from t where pt = 'a') s where pt = 'b'", { t: ["pt = a"] }],
    ["select 1 from (t left join u on t.a = u.a) where pt = 'a'", { t: ["pt = a"], u: ["pt = a"] }],
    // What need not hold, or is not known beforehand, tests nothing.
    ["select 1 from t where pt = 'a' or hh = 1", { t: [] }],
    ["select 1 from t where not pt = 'a' and pt <> 'a' and pt not in ('a')", { t: [] }],
    ["select 1 from t where pt = concat('a') and pt in ('a', b) and pt <=> 'a'", { t: [] }],
    ["select pt = 'a' from t", {}],
    // The right side of these is not what WHERE speaks of.
    ["select 1 from t left anti join u on t.x = u.x where pt = 'a'", { t: ["pt = a"] }],
    ["select 1 from t left semi join u on t.x = u.x where pt = 'a'", { t: ["pt = a"] }],
  ])("of %s are %j", (sql, expected) => {
    expect(tests(sql)).toEqual(expected);
  });
});

describe("mayMeet", () => {
  const test = (operator: PartitionTest["operator"], ...texts: (string | number)[]): PartitionTest => ({
    key: "pt",
    operator,
    constants: texts.map((text) => ({
      kind: typeof text === "string" ? "string" : "number",
      text: String(text),
    })),
  });

  it.each<[string, string, PartitionTest, boolean]>([
    ["a", "string", test("=", "a"), true],
    ["a", "string", test("=", "b", "a"), true],
    ["a", "string", test("=", "A"), false],
    ["10", "string", test("<", "9"), true],
    ["10", "bigint", test("<", 9), false],
    ["10", "bigint", test(">=", "10"), true],
    ["10", "string", test("=", 10), true],
    ["11", "string", test("=", 10), false],
    ["2024", "string", test(">", "2023-12-31"), true],
    ["2024", "string", test("<=", "2023-12-31"), false],
    // Only the database knows how it compares these.
    ["010", "string", test("=", 10), true],
    ["x", "string", test("=", 10), true],
    ["5", "int", test("=", "05"), true],
    ["a", "char(3)", test("=", "b"), true],
  ])("a partition %s of type %s, %j: %s", (value, type, one, expected) => {
    expect(mayMeet(value, type, one)).toBe(expected);
  });
});
