import { describe, expect, it } from "vitest";
import { checkBlockId } from "../block-id.ts";
import { SessionError } from "../errors.ts";
import { compareBlockLists, describeBlockIds, describeDifference } from "./block-list.ts";

describe("checkBlockId", () => {
  it.each([0, 1, 19_999, 20_000])("lets %d through", (id) => {
    expect(() => checkBlockId(id)).not.toThrow();
  });

  it.each([
    -1,
    20_001,
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    "3" as unknown as number,
    3n as unknown as number,
  ])("refuses %s before anything is sent", (id) => {
    expect(() => checkBlockId(id)).toThrow(SessionError);
    expect(() => checkBlockId(id)).toThrow(`Expected a block id from 0 to 19999, got ${id}`);
  });
});

describe("compareBlockLists", () => {
  const stored = [{ blockId: 0, recordCount: 3 }, { blockId: 2, recordCount: 5 }, { blockId: 7 }];

  it("finds no difference in equal lists", () => {
    expect(compareBlockLists(new Set([7, 2, 0]), new Map([[0, 3]]), stored)).toEqual({
      missing: [],
      unexpected: [],
      recordCounts: [],
    });
  });

  it("names what is missing, what is unexpected and which counts differ", () => {
    const difference = compareBlockLists(
      new Set([11, 0, 1]),
      new Map([
        [0, 4],
        [7, 1],
      ]),
      stored,
    );
    expect(difference).toEqual({
      missing: [1, 11],
      unexpected: [2, 7],
      recordCounts: [{ blockId: 0, expected: 4, stored: 3 }],
    });
    expect(describeDifference(difference)).toBe(
      "the server lacks blocks 1, 11; it holds blocks 2, 7 that the list does not name; " +
        "block 0 holds 3 rows where 4 were written",
    );
  });
});

describe("describeBlockIds", () => {
  it.each([
    [[4], "block 4"],
    [[0, 1, 2, 3], "blocks 0-3"],
    [[0, 1, 5, 7, 8], "blocks 0-1, 5, 7-8"],
  ])("writes %j as %s", (ids, text) => {
    expect(describeBlockIds(ids)).toBe(text);
  });

  it("stays short however many there are", () => {
    const even = Array.from({ length: 10_000 }, (_, i) => 2 * i);
    expect(describeBlockIds(even)).toBe("blocks 0, 2, 4, 6, 8, 10, 12, 14, 16, 18 and 9990 more");
  });
});
