import type { Contender } from "./contender.ts";
import { type Check, type LoopProcess, startLoop } from "./loop-process.ts";
import { runOnce } from "./once-process.ts";
import type { Usage } from "./process-usage.ts";
import { waitForQuiet, watchMachine } from "./quietness.ts";
import type { Line, Run, Sample } from "./sample.ts";

/** How often contenders run. */
export interface Rounds {
  readonly rounds: number;
  /** Runs of each that do not count, for compilers and caches. */
  readonly warmUps: number;
  /** How long to wait for other processes to be idle before a round. @default 0 */
  readonly patienceMs?: number;
  /** The server that takes part in every run: what it uses is its own line, and not noise. @default none */
  readonly server?: { usage(): Usage | undefined };
  readonly progress?: (text: string) => void;
}

/**
 * Runs contenders by turns, each in a process of its own, in the opposite order every second round, so that whatever
 * slows the machine down slows all of them and nobody always comes second. One that cannot start is a line that says so.
 */
export async function measureRounds(
  contenders: readonly Contender[],
  { rounds, warmUps, patienceMs = 0, server, progress = () => {} }: Rounds,
): Promise<readonly Line[]> {
  const entrants: Entrant[] = [];
  try {
    for (const contender of contenders) {
      progress(`preparing ${contender.label}`);
      entrants.push(await enter(contender));
    }
    for (let round = -warmUps; round < rounds; round++) {
      if (round >= 0 && patienceMs > 0) await waitForQuiet(patienceMs);
      for (const entrant of round % 2 === 0 ? entrants : entrants.toReversed()) {
        const { every = 1 } = entrant.contender;
        if (entrant.skipped !== undefined || (round < 0 ? round < -1 && every > 1 : round % every !== 0))
          continue;
        progress(
          `${round < 0 ? "warming up" : `round ${round + 1} of ${rounds}`}: ${entrant.contender.label}`,
        );
        await runEntrant(entrant, round, server);
      }
    }
    return entrants.map(lineOf);
  } finally {
    for (const { loop } of entrants) await loop?.[Symbol.asyncDispose]();
  }
}

interface Entrant {
  readonly contender: Contender;
  readonly loop: LoopProcess | undefined;
  readonly runs: Run[];
  readonly checked: Check | undefined;
  peakBytes: number;
  skipped: string | undefined;
}

async function enter(contender: Contender): Promise<Entrant> {
  const { program } = contender;
  const entrant = {
    contender,
    runs: [],
    checked: undefined,
    peakBytes: 0,
    loop: undefined,
    skipped: undefined,
  };
  if (program.kind === "absent") return { ...entrant, skipped: program.why };
  if (program.kind === "once") return entrant;
  try {
    const loop = await startLoop(program);
    return { ...entrant, loop, checked: await loop.check() };
  } catch (error) {
    return { ...entrant, skipped: reasonOf(error) };
  }
}

async function runEntrant(entrant: Entrant, round: number, server: Rounds["server"]): Promise<void> {
  const { program } = entrant.contender;
  const serverBefore = server?.usage();
  const finish = watchMachine();
  let sample: Sample;
  try {
    if (program.kind === "once") {
      const { peakBytes, ...taken } = await runOnce(program);
      sample = taken;
      entrant.peakBytes = Math.max(entrant.peakBytes, peakBytes);
    } else if (entrant.loop !== undefined) {
      sample = await entrant.loop.run();
      entrant.peakBytes = entrant.loop.peakBytes();
    } else return;
  } catch (error) {
    entrant.skipped = reasonOf(error);
    return;
  }
  const serverAfter = server?.usage();
  const serverCpuSeconds =
    serverBefore === undefined || serverAfter === undefined
      ? undefined
      : serverAfter.cpuSeconds - serverBefore.cpuSeconds;
  const quietness = finish(sample.cpuSeconds + (serverCpuSeconds ?? 0));
  if (round < 0) return;
  entrant.runs.push({
    round,
    ...sample,
    ...(serverCpuSeconds === undefined ? {} : { serverCpuSeconds }),
    ...quietness,
  });
}

function lineOf({ contender, loop, runs, checked, peakBytes, skipped }: Entrant): Line {
  const { checksum, ...amounts } = checked ?? {};
  return {
    id: contender.id,
    label: contender.label,
    ...(loop === undefined ? {} : { version: loop.version }),
    ...(checksum === undefined ? {} : { checksum }),
    ...(checked === undefined ? {} : { checked: amounts as Check }),
    runs,
    ...(peakBytes > 0 ? { peakBytes } : {}),
    ...(skipped === undefined ? {} : { skipped }),
  };
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replaceAll(/\s+/g, " ").slice(-300);
}
