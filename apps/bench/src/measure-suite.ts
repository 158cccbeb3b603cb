import { stampNow } from "./harness/machine.ts";
import type { BenchContext, Suite, SuiteResult } from "./suites/suite.ts";

/** Runs a suite and says when, on what, and for how long. */
export async function measureSuite(suite: Suite, context: BenchContext): Promise<SuiteResult> {
  const stamp = stampNow();
  const started = performance.now();
  const { id, title, text, ...measured } = await suite(context);
  return { id, title, text, stamp, seconds: (performance.now() - started) / 1000, ...measured };
}
