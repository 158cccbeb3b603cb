import { describe, expect, it } from "vitest";
import { nearestMark, RowMarks } from "./row-marks.ts";

describe("row marks", () => {
  it("lead to the last mark at or before a row", () => {
    const marks = new RowMarks();
    marks.note(100, 70_000);
    marks.note(101, 70_700);
    marks.note(200, 140_000);
    const encoded = marks.encode();
    expect(encoded).toHaveLength(32);
    expect(nearestMark(encoded, 0)).toEqual({ row: 0, offset: 0 });
    expect(nearestMark(encoded, 99)).toEqual({ row: 0, offset: 0 });
    expect(nearestMark(encoded, 100)).toEqual({ row: 100, offset: 70_000 });
    expect(nearestMark(encoded, 199)).toEqual({ row: 100, offset: 70_000 });
    expect(nearestMark(encoded, 1e9)).toEqual({ row: 200, offset: 140_000 });
  });

  it("stay few for a block of 100 GB, and true", () => {
    const marks = new RowMarks();
    const stepBytes = 256 * 1024;
    for (let step = 1; step <= 400_000; step += 1) {
      marks.note(step * 1000, step * stepBytes);
    }
    const encoded = marks.encode();
    expect(encoded.length).toBeLessThanOrEqual(4096 * 16);
    const { row, offset } = nearestMark(encoded, 200_000_000);
    expect(offset).toBe((row / 1000) * stepBytes);
    expect(200_000_000 - row).toBeLessThan(200_000);
  });

  it("are none for a small block", () => {
    expect(new RowMarks().encode()).toHaveLength(0);
    expect(nearestMark(new Uint8Array(0), 5)).toEqual({ row: 0, offset: 0 });
  });
});
