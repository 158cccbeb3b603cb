import { describe, expect, it } from "vitest";
import { recordingIo } from "../../test/recording-io.ts";
import type { LoadProgress } from "./load-progress.ts";
import { showProgress } from "./progress-view.ts";

const start: LoadProgress = {
  phase: "loading",
  rows: 0,
  readBytes: 0,
  totalBytes: 1_000_000,
  sentBytes: 0,
  blocks: 0,
  blocksInFlight: 0,
  retries: 0,
  rejected: 0,
};

describe("showProgress", () => {
  it("redraws one line on a terminal and wipes it at the end", () => {
    const io = recordingIo({ terminalColumns: 60 });
    let progress = start;
    const view = showProgress(io, () => progress);
    progress = { ...start, rows: 1000, readBytes: 250_000 };
    io.tick(1000);
    progress = { ...start, rows: 4000, readBytes: 1_000_000, phase: "committing", blocks: 1 };
    io.tick(1000);
    view.close();
    io.tick(1000);
    expect(io.err()).toBe(
      "\r 25%  [==       ]  1,000 rows  0.3 MB/s  ETA 0:03  0 blocks\u001b[K" +
        "\r100%  [==================]  4,000 rows  committing  1 block\u001b[K" +
        "\r\u001b[K",
    );
  });

  it("writes a plain line now and then elsewhere", () => {
    const io = recordingIo();
    let progress = start;
    const view = showProgress(io, () => progress);
    progress = { ...start, rows: 1000, readBytes: 250_000 };
    io.tick(10_000);
    view.close();
    io.tick(10_000);
    expect(io.err()).toMatch(
      /^25% .*1,000 rows {2}0\.0 MB\/s {2}ETA 0:30 {2}0 blocks {2}100 rows\/s {2}0\.0 MB\/s sent\n$/,
    );
  });
});
