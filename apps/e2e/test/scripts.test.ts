import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
// @boundaries-ignore the scripts of the workspace belong to no package, and are tested here
import { addCounts, countSuite } from "../../../scripts/test-count.ts";

const report = {
  numPassedTests: 7,
  numFailedTests: 2,
  testResults: [
    { status: "passed", assertionResults: [{}] },
    { status: "failed", assertionResults: [{}, {}] },
  ],
};

describe("what the test command counts", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "count-"));
    await mkdir(join(folder, "reports"));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const leave = (text: string): Promise<void> => writeFile(join(folder, "reports", "tests.json"), text);

  it("is every test of a suite", async () => {
    await leave(JSON.stringify(report));
    expect(await countSuite(folder, 1)).toEqual({ passed: 7, failed: 2 });
  });

  it("is one failure for a file that could not be loaded", async () => {
    const unloaded = { status: "failed", assertionResults: [] };
    await leave(JSON.stringify({ ...report, testResults: [...report.testResults, unloaded] }));
    expect(await countSuite(folder, 1)).toEqual({ passed: 7, failed: 3 });
  });

  it("is one failure for a suite that failed without saying where", async () => {
    await leave(JSON.stringify({ numPassedTests: 3, numFailedTests: 0, testResults: [] }));
    expect(await countSuite(folder, 1)).toEqual({ passed: 3, failed: 1 });
  });

  it("is one failure for a suite that left no report, half a report, or did not run at all", async () => {
    expect(await countSuite(folder, 0)).toEqual({ passed: 0, failed: 1 });
    await leave('{"numPassedTests": 3');
    expect(await countSuite(folder, 0)).toEqual({ passed: 0, failed: 1 });
    await leave(JSON.stringify(report));
    expect(await countSuite(folder, undefined)).toEqual({ passed: 0, failed: 1 });
  });

  it("is the sum over everything", () => {
    expect(
      addCounts([
        { passed: 1, failed: 0 },
        { passed: 5, failed: 2 },
      ]),
    ).toEqual({ passed: 6, failed: 2 });
  });
});
