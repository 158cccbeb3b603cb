import { describe, expect, it } from "vitest";
import { decodeMarks, firstMark, markBefore, RowMarks } from "./row-marks.ts";

describe("row marks", () => {
  it("lead to the last mark at or before a row", () => {
    const marks = new RowMarks();
    marks.note({ row: 100, offset: 70_000, checksum: 1 });
    marks.note({ row: 101, offset: 70_700, checksum: 2 });
    marks.note({ row: 200, offset: 140_000, checksum: 0xffffffff });
    const kept = decodeMarks(marks.encode());
    expect(kept).toEqual([
      { row: 100, offset: 70_000, checksum: 1 },
      { row: 200, offset: 140_000, checksum: 0xffffffff },
    ]);
    expect([0, 99, 100, 199, 200, 1e9].map((row) => markBefore(kept, row).row)).toEqual([
      0, 0, 100, 100, 200, 200,
    ]);
  });

  it("stay few for a block of 100 GB, and true", () => {
    const marks = new RowMarks();
    const stepBytes = 256 * 1024;
    for (let step = 1; step <= 400_000; step += 1) {
      marks.note({ row: step * 1000, offset: step * stepBytes, checksum: step });
    }
    const kept = decodeMarks(marks.encode());
    expect(kept.length).toBeLessThanOrEqual(4096);
    const { row, offset, checksum } = markBefore(kept, 200_000_000);
    expect([offset, checksum]).toEqual([(row / 1000) * stepBytes, row / 1000]);
    expect(200_000_000 - row).toBeLessThan(200_000);
  });

  it("are none for a small block", () => {
    expect(new RowMarks().encode()).toHaveLength(0);
    expect(markBefore([], 5)).toBe(firstMark);
  });
});
