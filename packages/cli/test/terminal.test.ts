import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { framesOf, hasPty, runInTerminal, type TerminalRun } from "./recordings/pty.ts";
import { startWorkplace, type Workplace } from "./workplace.ts";

const isPossible = hasPty();
const title = `the view in a real terminal${isPossible ? "" : " (skipped: there is no python3 with the module pty)"}`;

let place: Workplace;
beforeAll(async () => {
  place = await startWorkplace(["create table numbers (id bigint, text string)"]);
  const lines = Array.from({ length: 30_000 }, (_, id) => `${id},row ${id} of a file that takes its time\n`);
  place.write("numbers.csv", lines.join(""));
  place.emulator.faults.add({ match: { action: "put block" }, effect: { kind: "delay", delayMs: 300 } });
});
afterAll(() => place?.[Symbol.asyncDispose]());

const upload = [
  "upload",
  "numbers.csv",
  "proj.numbers",
  "--block-size",
  "100KiB",
  "--parallel",
  "1",
  "--overwrite",
];

async function until(run: TerminalRun, isSo: (frames: readonly string[]) => boolean): Promise<void> {
  while (!isSo(framesOf(run.shown()).frames)) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe.skipIf(!isPossible)(title, { timeout: 60_000 }, () => {
  it.each([80, 40])("stays on one line of %i columns, and is gone at the end", async (columns) => {
    const run = runInTerminal(columns, upload, { cwd: place.folder, env: place.env });
    expect(await run.ended).toBe(0);
    const { frames, rest } = framesOf(run.shown());
    expect(frames.length).toBeGreaterThan(5);
    for (const frame of frames) {
      expect(frame.length).toBeLessThan(columns);
      expect(frame).not.toContain("\n");
    }
    expect(frames.some((frame) => /^ *\d+% {2}.*30,000 rows|^ *\d+% {2}/.test(frame))).toBe(true);
    expect(rest).toMatch(/^Replaced the contents of proj\.numbers with 30,000 rows\.\r\n/);
  });

  it("follows the window when it is made narrower and wider", async () => {
    const run = runInTerminal(80, upload, { cwd: place.folder, env: place.env });
    await until(run, (frames) => frames.some((frame) => frame.length > 60));
    run.resize(40);
    // What was drawn before the window changed may still come.
    const before = framesOf(run.shown()).frames.length + 2;
    await until(run, (frames) => frames.length > before + 3);
    const narrow = framesOf(run.shown()).frames.slice(before);
    for (const frame of narrow) expect(frame.length).toBeLessThan(40);
    run.resize(100);
    await until(run, (frames) => frames.at(-1)!.length > 60);
    expect(await run.ended).toBe(0);
    for (const frame of framesOf(run.shown()).frames) expect(frame.length).toBeLessThan(100);
  });
});
