import { runPlanted } from "../run/run-seed.ts";
import { drawSchedule } from "../schedule/draw-schedule.ts";
import { shrink } from "../schedule/shrink.ts";

/** Runs the schedule of one seed again and tells what happens; one that fails is made smaller first. True when it passes. */
export async function replay({
  seed,
  defect,
  say,
}: {
  readonly seed: number;
  readonly defect: string | undefined;
  readonly say: (line: string) => void;
}): Promise<boolean> {
  const drawn = drawSchedule(seed);
  const { violations, digest } = await runPlanted(drawn, defect);
  say(
    `seed ${seed}: ${violations.length === 0 ? "nothing is wrong" : violations.join("; ")} (trace ${digest})`,
  );
  const isFailing = violations.length > 0;
  const { schedule, runs } = isFailing
    ? await shrink(drawn, async (candidate) => (await runPlanted(candidate, defect)).violations.length > 0)
    : { schedule: drawn, runs: 0 };
  if (isFailing) {
    say(`made smaller in ${runs} runs, from ${drawn.faults.length} faults and ${drawn.rows} rows`);
  }
  const { faults, ...settings } = schedule;
  say(JSON.stringify(settings));
  for (const fault of faults) {
    say(`  ${JSON.stringify(fault)}`);
  }
  const told = await runPlanted(schedule, defect, { keepLines: true });
  for (const line of told.lines ?? []) {
    say(line);
  }
  for (const violation of told.violations) {
    say(`VIOLATION  ${violation}`);
  }
  say(`trace ${told.digest}`);
  return !isFailing;
}
