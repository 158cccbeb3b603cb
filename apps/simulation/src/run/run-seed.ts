import { defectNamed } from "../defects/planted-defects.ts";
import { drawSchedule } from "../schedule/draw-schedule.ts";
import type { Schedule } from "../schedule/schedule.ts";
import { type RunResult, runSchedule } from "./run-schedule.ts";

/** Which run is meant: a seed, with a planted defect or without. */
export interface SeedRun {
  readonly seed: number;
  readonly defect?: string | undefined;
}

/** Runs a schedule with the ports that its defect, if any, changes; a rejection that nobody handles is a violation. */
export async function runPlanted(
  schedule: Schedule,
  defect: string | undefined,
  options: { readonly keepLines?: boolean } = {},
): Promise<RunResult> {
  const rejections: unknown[] = [];
  const note = (reason: unknown): void => void rejections.push(reason);
  process.on("unhandledRejection", note);
  try {
    const ports = defect === undefined ? {} : defectNamed(defect).plant();
    const result = await runSchedule(schedule, { ...options, ports });
    const unhandled = rejections.map((reason) => `a rejection that nobody handles: ${String(reason)}`);
    return { ...result, violations: [...result.violations, ...unhandled] };
  } finally {
    process.off("unhandledRejection", note);
  }
}

/** Draws the schedule of a seed and runs it. */
export function runSeed({ seed, defect }: SeedRun): Promise<RunResult> {
  return runPlanted(drawSchedule(seed), defect);
}
