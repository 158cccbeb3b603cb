import { expect, it } from "vitest";
import { formatBytes, formatClock, formatCount, formatCounted, formatDuration } from "./figures.ts";

it("groups digits by three", () => {
  expect([0, 12, 999, 1000, 3_000_000].map(formatCount)).toEqual(["0", "12", "999", "1,000", "3,000,000"]);
});

it("puts one thing in the singular", () => {
  expect([formatCounted(1, "block"), formatCounted(0, "block")]).toEqual(["1 block", "0 blocks"]);
});

it("writes bytes in decimal units", () => {
  expect([0, 999, 1000, 999_949, 999_950, 84_200_000, 1.5e12].map(formatBytes)).toEqual([
    "0 B",
    "999 B",
    "1.0 kB",
    "999.9 kB",
    "1.0 MB",
    "84.2 MB",
    "1.5 TB",
  ]);
});

it("writes times as a clock from a minute on", () => {
  expect([840, 59_940, 60_000, 245_000, 3_723_000].map(formatDuration)).toEqual([
    "0.8 s",
    "59.9 s",
    "1:00",
    "4:05",
    "1:02:03",
  ]);
  expect([0, 7_400, 59_600].map(formatClock)).toEqual(["0:00", "0:07", "1:00"]);
});
