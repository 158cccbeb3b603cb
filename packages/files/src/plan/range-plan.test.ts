import { expect, it } from "vitest";
import { planRanges } from "./range-plan.ts";

const sizes = (unitsPerBlock: number, first = unitsPerBlock) => ({ unitsPerBlock, first });
const ends = (ranges: ReturnType<typeof planRanges>) => ranges.map(({ start, end }) => [start, end]);

it("cuts evenly, and knows only that the first range begins with a record", () => {
  const ranges = planRanges({ start: 8, end: 108, cuts: "anywhere" }, [], sizes(30));
  expect(ends(ranges)).toEqual([
    [8, 41],
    [41, 74],
    [74, 108],
  ]);
  expect(ranges.map(({ isExact }) => isExact)).toEqual([true, false, false]);
});

it("makes one range of little and none of nothing", () => {
  expect(ends(planRanges({ start: 8, end: 20, cuts: "anywhere" }, [], sizes(30)))).toEqual([[8, 20]]);
  expect(planRanges({ start: 8, end: 8, cuts: "anywhere" }, [], sizes(30))).toEqual([]);
});

it("leaves settled parts as they are and cuts what lies between", () => {
  const part = (start: number, end: number) => ({ start, end, use: "compare", sourceChecksum: 1 }) as const;
  const fixed = [part(40, 50), part(50, 60), part(90, 100)];
  const ranges = planRanges({ start: 0, end: 100, cuts: "anywhere" }, fixed, sizes(20));
  expect(ends(ranges)).toEqual([
    [0, 20],
    [20, 40],
    [40, 50],
    [50, 60],
    [60, 75],
    [75, 90],
    [90, 100],
  ]);
  expect(ranges.map(({ isExact }) => isExact)).toEqual([true, false, true, true, true, false, true]);
  expect(ranges.map((range) => range.part)).toEqual([
    ...[undefined, undefined, fixed[0], fixed[1]],
    ...[undefined, undefined, fixed[2]],
  ]);
});

it("begins with a small range when asked to", () => {
  const ranges = planRanges({ start: 0, end: 100, cuts: "anywhere" }, [], sizes(45, 10));
  expect(ends(ranges)).toEqual([
    [0, 10],
    [10, 55],
    [55, 100],
  ]);
  expect(ranges.map(({ isExact }) => isExact)).toEqual([true, false, false]);
});

it("cuts only where the input may be cut", () => {
  const cuts = [10, 20, 30, 40, 50, 60, 70, 80, 90];
  const ranges = planRanges({ start: 0, end: 100, cuts }, [], sizes(25));
  expect(ends(ranges)).toEqual([
    [0, 30],
    [30, 60],
    [60, 90],
    [90, 100],
  ]);
  expect(ranges.every(({ isExact }) => isExact)).toBe(true);
  expect(ends(planRanges({ start: 0, end: 100, cuts: "nowhere" }, [], sizes(25)))).toEqual([[0, 100]]);
});
