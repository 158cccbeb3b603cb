import { describe, expect, it } from "vitest";
import { failures, formatReport, type Loaded } from "./report.ts";

const good: Loaded = {
  target: "demo.flights",
  loadedRows: 3_000_000,
  blocks: 3,
  bytes: 110_000_000,
  seconds: 6,
  peakBytes: 180_000_000,
  rows: 3_000_000,
  values: 15_000_000,
  differences: 0,
  examples: [],
  verifySeconds: 20,
};

describe("formatReport", () => {
  it("has one line for each target", () => {
    expect(formatReport([good], 30)).toBe(`
                   rows  blocks   bytes  seconds   rows/s  peak memory
demo.flights  3,000,000       3  110 MB      6.0  500,000       180 MB

15,000,000 values read back and compared with the originals in 20.0 s: all equal. 30 s in all.
`);
  });
});

describe("failures", () => {
  it("has none when everything is as it should be", () => {
    expect(failures([good])).toEqual([]);
  });

  it("names the place of a difference and how many more there are", () => {
    const examples = [{ row: 7, column: 1, expected: 5n, actual: null }];
    expect(failures([{ ...good, differences: 3, examples }])).toEqual([
      "demo.flights, row 7, column 1: expected 5n, got null",
      "demo.flights: 2 more differences",
    ]);
  });

  it("fails when memory went over its bound, and when it was not measured", () => {
    expect(failures([{ ...good, peakBytes: 300_000_001 }])).toEqual([
      "demo.flights: uploading took 300 MB, the bound is 300 MB",
    ]);
    expect(failures([{ ...good, peakBytes: Number.NaN }]).length).toBe(1);
  });

  it("fails when the command counted other rows than the original has", () => {
    expect(failures([{ ...good, loadedRows: 2_999_999 }])).toEqual([
      "demo.flights: 2999999 rows were loaded, the original has 3000000",
    ]);
  });
});
