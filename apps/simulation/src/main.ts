import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { findPlanted } from "./commands/find-planted.ts";
import { replay } from "./commands/replay.ts";
import { simulate } from "./commands/simulate.ts";
import { plantedDefects } from "./defects/planted-defects.ts";

const usage = `simulation [--schedules N] [--seed S] [--threads N]   run N schedules from seed S on (10000 from 1)
simulation --replay SEED [--defect NAME]              run one again, tell what happens, make it smaller if it fails
simulation --planted [--schedules N]                  find each planted defect (within 2000 schedules)
`;

const { values } = parseArgs({
  options: {
    schedules: { type: "string" },
    seed: { type: "string", default: "1" },
    threads: { type: "string", default: String(Math.min(4, availableParallelism())) },
    replay: { type: "string" },
    defect: { type: "string" },
    planted: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const numbers = {
  schedules: Number(values.schedules ?? (values.planted ? 2000 : 10_000)),
  seed: Number(values.seed),
  threads: Number(values.threads),
  replay: Number(values.replay ?? 0),
};
const isKnown = values.defect === undefined || plantedDefects.some(({ name }) => name === values.defect);
if (values.help) {
  process.stdout.write(usage);
} else if (!Object.values(numbers).every((value) => Number.isSafeInteger(value) && value >= 0) || !isKnown) {
  process.stderr.write(`${usage}\ndefects: ${plantedDefects.map(({ name }) => name).join(", ")}\n`);
  process.exitCode = 2;
} else {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const { schedules, seed, threads } = numbers;
  const isGood =
    values.replay !== undefined
      ? await replay({ seed: numbers.replay, defect: values.defect, say })
      : values.planted
        ? await findPlanted({ schedules, seed, threads, say })
        : await simulate({ schedules, seed, threads, defect: values.defect, say });
  process.exitCode = isGood ? 0 : 1;
}
