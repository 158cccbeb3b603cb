import type { Schedule } from "./schedule.ts";

/** A schedule that still fails, and how many runs it took to find. */
export interface Shrunk {
  readonly schedule: Schedule;
  readonly runs: number;
}

const mostRuns = 300;

/**
 * Makes a failing schedule as small as it gets while it fails: without faults that do not matter, with fewer rows, with
 * everything plain. What is left is what the failure needs.
 */
export async function shrink(
  schedule: Schedule,
  fails: (candidate: Schedule) => Promise<boolean>,
): Promise<Shrunk> {
  let smallest = schedule;
  let runs = 0;
  for (let progress = true; progress && runs < mostRuns; ) {
    progress = false;
    for (const candidate of smallerThan(smallest)) {
      runs += 1;
      if (runs > mostRuns) {
        break;
      }
      if (await fails(candidate)) {
        smallest = candidate;
        progress = true;
        break;
      }
    }
  }
  return { schedule: smallest, runs };
}

/** Schedules that are one step simpler, the largest steps first. */
export function* smallerThan(schedule: Schedule): Generator<Schedule> {
  const { faults, rows, blockRows, rowBytes, parallel } = schedule;
  for (const dropped of faults) {
    yield { ...schedule, faults: faults.filter((fault) => fault !== dropped) };
  }
  for (const fewer of new Set([rows >> 1, rows - blockRows, rows - 1])) {
    if (fewer > 0 && fewer < rows) {
      yield { ...schedule, rows: fewer };
    }
  }
  const plain: Partial<Schedule> = {
    crashAtEnd: false,
    compression: "none",
    signing: "v1",
    profile: "strict",
    secondCommit: "closed",
  };
  for (const [name, value] of Object.entries(plain)) {
    if (schedule[name as keyof Schedule] !== value) {
      yield { ...schedule, [name]: value };
    }
  }
  if (parallel > 1) {
    yield { ...schedule, parallel: 1 };
  }
  if (rowBytes > 8) {
    yield { ...schedule, rowBytes: 8 };
  }
}
