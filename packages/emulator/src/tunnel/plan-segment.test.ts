import { describe, expect, it } from "vitest";
import { planSegment } from "./plan-segment.ts";

const mark = (row: number) => ({ row, offset: row * 100, checksum: row });
const marks = [mark(10), mark(20), mark(30), mark(35)];
const zero = mark(0);

describe("rows of a block", () => {
  it.each([
    ["the whole block", 0, 35, [{ kind: "copy", from: zero, to: mark(35) }]],
    ["from mark to mark", 10, 30, [{ kind: "copy", from: mark(10), to: mark(30) }]],
    [
      "with both edges between marks",
      5,
      32,
      [
        { kind: "rewrite", from: zero, start: 5, count: 5 },
        { kind: "copy", from: mark(10), to: mark(30) },
        { kind: "rewrite", from: mark(30), start: 30, count: 2 },
      ],
    ],
    [
      "to the end of the block",
      25,
      35,
      [
        { kind: "rewrite", from: mark(20), start: 25, count: 5 },
        { kind: "copy", from: mark(30), to: mark(35) },
      ],
    ],
    ["between two marks", 21, 29, [{ kind: "rewrite", from: mark(20), start: 21, count: 8 }]],
    ["across one mark", 15, 25, [{ kind: "rewrite", from: mark(10), start: 15, count: 10 }]],
    [
      "behind the last mark before the end",
      31,
      34,
      [{ kind: "rewrite", from: mark(30), start: 31, count: 3 }],
    ],
  ])("%s", (_, start, end, parts) => {
    expect(planSegment({ start, end }, marks, true)).toEqual(parts);
  });

  it("are all written anew when their bytes cannot go out as they are", () => {
    expect(planSegment({ start: 5, end: 32 }, marks, false)).toEqual([
      { kind: "rewrite", from: zero, start: 5, count: 27 },
    ]);
  });

  it("are copied whole from a block too small for marks of its own", () => {
    expect(planSegment({ start: 0, end: 3 }, [mark(3)], true)).toEqual([
      { kind: "copy", from: zero, to: mark(3) },
    ]);
  });
});
