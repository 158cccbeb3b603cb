import { describe, expect, it } from "vitest";
import { blockBytesFor, reachedLimit } from "./seal-policy.ts";

const MiB = 1024 * 1024;

describe("reachedLimit", () => {
  const limits = { maxBytes: 100, maxRows: 10, maxAgeMs: 1000 };

  it("names the limit that a block has reached, bytes before rows before age", () => {
    expect(reachedLimit({ bytes: 100, rows: 1, ageMs: 0 }, limits)).toBe("bytes");
    expect(reachedLimit({ bytes: 99, rows: 10, ageMs: 0 }, limits)).toBe("rows");
    expect(reachedLimit({ bytes: 99, rows: 9, ageMs: 1000 }, limits)).toBe("age");
    expect(reachedLimit({ bytes: 200, rows: 20, ageMs: 2000 }, limits)).toBe("bytes");
  });

  it("leaves a block below every limit alone", () => {
    expect(reachedLimit({ bytes: 99, rows: 9, ageMs: 999 }, limits)).toBeUndefined();
  });

  it("never seals a block without rows, however old it is", () => {
    expect(reachedLimit({ bytes: 0, rows: 0, ageMs: 1e9 }, limits)).toBeUndefined();
  });
});

describe("blockBytesFor", () => {
  it("shares the budget between the block being built and those in flight", () => {
    expect(blockBytesFor(30 * MiB, 2)).toBe(10 * MiB);
    expect(blockBytesFor(30 * MiB, 5)).toBe(5 * MiB);
  });

  it("stops at 64 MiB, which the default budget gives exactly", () => {
    expect(blockBytesFor(192 * MiB, 2)).toBe(64 * MiB);
    expect(blockBytesFor(4096 * MiB, 2)).toBe(64 * MiB);
  });

  it("gives a block at least one byte", () => {
    expect(blockBytesFor(1, 4)).toBe(1);
  });
});
