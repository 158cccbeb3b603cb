import { describe, expect, it } from "vitest";
import { bookRule, decideFaults, type FaultBook, type RequestFacts } from "./fault-book.ts";
import type { FaultRule } from "./fault-rule.ts";

const effect = { kind: "reset", when: "before-body" } as const;
const put: RequestFacts = {
  action: "put block",
  project: "p",
  schema: "s",
  table: "Orders",
  session: "u1",
  block: 3,
};

/** Numbers of the requests, from 1, that a rule acts on. */
function actedOn(rule: Omit<FaultRule, "effect">, requests: readonly RequestFacts[]): readonly number[] {
  let book: FaultBook = bookRule([], "rule", { ...rule, effect });
  return requests.flatMap((facts, index) => {
    const decided = decideFaults(book, facts);
    book = decided.book;
    return decided.fired.length > 0 ? [index + 1] : [];
  });
}

const many = Array.from({ length: 10 }, () => put);

describe("what a rule matches", () => {
  it.each<[string, FaultRule["match"], boolean]>([
    ["nothing in particular", undefined, true],
    ["the action", { action: "put block" }, true],
    ["one of several actions", { action: ["commit upload", "put block"] }, true],
    ["another action", { action: "commit upload" }, false],
    ["the table in any case", { table: "orDERS" }, true],
    ["another table", { table: "orders2" }, false],
    ["project and schema", { project: "P", schema: "S" }, true],
    ["another schema", { project: "P", schema: "x" }, false],
    ["the session", { session: "u1" }, true],
    ["another session", { session: "U1" }, false],
    ["the block", { block: 3 }, true],
    ["one of several blocks", { block: [1, 3] }, true],
    ["another block", { block: 0 }, false],
  ])("%s", (_, match, fits) => {
    expect(actedOn(match === undefined ? {} : { match }, [put])).toEqual(fits ? [1] : []);
  });

  it("needs a fact to be there", () => {
    expect(actedOn({ match: { block: 3 } }, [{ action: "get upload" }])).toEqual([]);
  });
});

describe("when a rule acts", () => {
  it.each<[Omit<FaultRule, "effect">, readonly number[]]>([
    [{}, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    [{ nth: 2 }, [2]],
    [{ nth: [1, 4] }, [1, 4]],
    [{ every: 3 }, [3, 6, 9]],
    [{ times: 2 }, [1, 2]],
    [{ every: 2, times: 3 }, [2, 4, 6]],
    [{ probability: 0 }, []],
    [{ probability: 1 }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    [{ probability: 0.5, seed: 1 }, [2, 6, 9]],
    [{ probability: 0.5, seed: 1, times: 1 }, [2]],
  ])("%j", (rule, numbers) => {
    expect(actedOn(rule, many)).toEqual(numbers);
  });

  it("counts matching requests only", () => {
    const other = { action: "get upload" };
    expect(actedOn({ match: { action: "put block" }, nth: 2 }, [put, other, put])).toEqual([3]);
  });
});

it("leaves the book it decided by as it was", () => {
  const book = bookRule([], "rule", { effect });
  expect(decideFaults(book, put).book[0]).toMatchObject({ matched: 1, fired: 1 });
  expect(book[0]).toMatchObject({ matched: 0, fired: 0 });
});
