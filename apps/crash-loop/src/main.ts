import { parseArgs } from "node:util";
import { crashLoop } from "./crash-loop.ts";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "200" }, seed: { type: "string", default: "1" } },
});
const [rounds, seed] = [Number(values.rounds), Number(values.seed)];
if (!(Number.isInteger(rounds) && rounds > 0 && Number.isInteger(seed))) {
  process.stderr.write("crash-loop --rounds N --seed N: expected whole numbers\n");
  process.exit(2);
}

const began = performance.now();
const { good, counts, losses } = await crashLoop({
  rounds,
  seed,
  onRound: (done) => {
    if (done % 25 === 0 && done < rounds) {
      process.stderr.write(`${done} of ${rounds} …\n`);
    }
  },
});
const line = (phase: string, kills: string, effect: string): string =>
  `${phase.padEnd(32)}${kills.padStart(6)}${effect.padStart(18)}\n`;
process.stdout.write(line("killed when the client had its", "times", "yet it was done"));
for (const [phase, { hit, tookEffect }] of counts) {
  const wasOpen = /asked for|no answer|on its way|sent$/.test(phase);
  process.stdout.write(line(phase, String(hit), wasOpen ? String(tookEffect) : "–"));
}
for (const loss of losses) {
  process.stdout.write(`LOST  ${loss}\n`);
}
const seconds = ((performance.now() - began) / 1000).toFixed(0);
process.stdout.write(
  `${good} of ${rounds} kills: what was acknowledged was there, whole and once (seed ${seed}, ${seconds} s)\n`,
);
process.exit(good === rounds ? 0 : 1);
