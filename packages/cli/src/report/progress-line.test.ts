import { describe, expect, it } from "vitest";
import type { LoadPace, LoadProgress } from "./load-progress.ts";
import { PaceMeter } from "./load-progress.ts";
import { formatProgressLine } from "./progress-line.ts";

const half: LoadProgress = {
  phase: "loading",
  rows: 1_234_567,
  readBytes: 50_000_000,
  totalBytes: 100_000_000,
  sentBytes: 20_000_000,
  blocks: 3,
  blocksInFlight: 1,
  retries: 0,
  rejected: 0,
};
const pace: LoadPace = {
  bytesPerSecond: 35_200_000,
  sentBytesPerSecond: 12_340_000,
  rowsPerSecond: 869_000,
  remainingMs: 72_000,
};

describe("formatProgressLine", () => {
  it("shows percent, a bar, rows, speed, time to go and blocks where there is room", () => {
    expect(formatProgressLine(half, pace, 120)).toBe(
      " 50%  [===============               ]  1,234,567 rows  35.2 MB/s  ETA 1:12  3 blocks  869,000 rows/s  12.3 MB/s sent",
    );
    expect(formatProgressLine({ ...half, rejected: 1234 }, pace, 72)).toBe(
      " 50%  1,234,567 rows  35.2 MB/s  ETA 1:12  3 blocks  1,234 rejected",
    );
  });

  it("drops the bar first and then what matters least", () => {
    expect(formatProgressLine(half, pace, 55)).toBe(" 50%  1,234,567 rows  35.2 MB/s  ETA 1:12  3 blocks");
    expect(formatProgressLine(half, pace, 40)).toBe(" 50%  1,234,567 rows  35.2 MB/s");
    expect(formatProgressLine(half, pace, 20)).toBe(" 50%  1,234,567 rows");
  });

  it("does without percent and bar for a pipe", () => {
    expect(
      formatProgressLine({ ...half, totalBytes: undefined }, { ...pace, remainingMs: undefined }, 40),
    ).toBe("1,234,567 rows  35.2 MB/s  3 blocks");
  });

  it("says what it waits for at the end, and counts retries", () => {
    const finishing: LoadProgress = {
      ...half,
      phase: "finishing",
      readBytes: 100_000_000,
      blocksInFlight: 2,
      retries: 2,
    };
    expect(formatProgressLine(finishing, pace, 72)).toBe(
      "100%  1,234,567 rows  sending the last 2 blocks  3 blocks  2 retries",
    );
    const settling = { ...finishing, phase: "committing", settlesInMs: 27_400, retries: 0 } as const;
    expect(formatProgressLine(settling, pace, 100)).toBe(
      "100%  1,234,567 rows  a commit got no answer: sent again in 28 s unless it arrives  3 blocks",
    );
    expect(formatProgressLine({ ...finishing, phase: "committing", retries: 1 }, pace, 52)).toBe(
      "100%  1,234,567 rows  committing  3 blocks  1 retry",
    );
  });

  it("is never longer than it may be", () => {
    for (let columns = 1; columns <= 120; columns += 1) {
      expect(formatProgressLine(half, pace, columns).length).toBeLessThanOrEqual(columns);
    }
  });
});

describe("PaceMeter", () => {
  it("looks at the last seconds only", () => {
    const meter = new PaceMeter(5000);
    const at = (now: number, readBytes: number): LoadPace =>
      meter.measure(now, { ...half, readBytes, sentBytes: readBytes / 2, rows: readBytes / 100 });
    const pace = (bytesPerSecond: number, remainingMs: number | undefined): LoadPace => ({
      bytesPerSecond,
      sentBytesPerSecond: bytesPerSecond / 2,
      rowsPerSecond: bytesPerSecond / 100,
      remainingMs,
    });
    expect(at(0, 0)).toEqual(pace(0, undefined));
    expect(at(1000, 10_000_000)).toEqual(pace(10_000_000, 9000));
    at(6000, 60_000_000);
    expect(at(11_000, 65_000_000)).toEqual(pace(1_000_000, 35_000));
  });
});
