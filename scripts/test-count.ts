import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** How many claims held and how many did not. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
}

export function addCounts(counts: Iterable<Count>): Count {
  let passed = 0;
  let failed = 0;
  for (const count of counts) {
    passed += count.passed;
    failed += count.failed;
  }
  return { passed, failed };
}

/**
 * Counts the suite of one package from its `reports/tests.json`. A file that could not be loaded counts as
 * one failure, and so does a suite that left no report or that failed without naming a test.
 */
export async function countSuite(folder: string, exitCode: number | undefined): Promise<Count> {
  const report = await readReport(join(folder, "reports", "tests.json"));
  if (report === undefined || exitCode === undefined) return { passed: 0, failed: 1 };
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  ).length;
  const failed = report.numFailedTests + unloaded;
  return { passed: report.numPassedTests, failed: exitCode === 0 ? failed : Math.max(failed, 1) };
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

async function readReport(file: string): Promise<VitestReport | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as VitestReport;
  } catch {
    return undefined;
  }
}
