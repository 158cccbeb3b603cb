import { describe, expect, it } from "vitest";
import { parseStatements } from "../sql/parse-statements.ts";
import { readQuery } from "../sql/query/read-query.ts";
import { neededColumns } from "./needed-columns.ts";

function needed(sql: string): unknown {
  const [statement] = parseStatements(sql);
  if (statement?.kind !== "query") throw new Error(`Expected a query, got ${sql}`);
  const columns = neededColumns(readQuery(statement.query));
  return columns === "all" ? "all" : [...columns].sort();
}

describe("neededColumns", () => {
  it.each<[string, unknown]>([
    ["select count(*), 1 * 2 from t", []],
    ["select A, max(t.b) over (partition by c order by d) from t", ["a", "b", "c", "d", "t"]],
    ["select s.x.y from t where `W` > (select max(q) from u)", ["q", "s", "w", "x", "y"]],
    ["with c as (select a from t) select 1 from c order by z limit 3", ["a", "z"]],
    ["select 1 from t join u using (K) lateral view explode(arr) e as item", ["arr", "k"]],
    ["select 1 from t group by cube (a, b) having c > 1 qualify d = 1", ["a", "b", "c", "d"]],
    [
      "select case when a then cast(b as struct<n:int>) end, i[j], f.g from t",
      ["a", "b", "f", "g", "i", "j"],
    ],
    ["values (1), (a)", ["a"]],
    ["select * from t", "all"],
    ["select count(1) from (select u.* from u) v", "all"],
    ["select 1 from t natural join u", "all"],
  ])("of %s are %j", (sql, columns) => {
    expect(needed(sql)).toEqual(columns);
  });
});
