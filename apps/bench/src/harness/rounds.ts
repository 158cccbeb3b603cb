import type { Contender } from "./contender.ts";
import { type Check, type LoopProcess, startLoop } from "./loop-process.ts";
import { runOnce } from "./once-process.ts";
import type { Usage } from "./process-usage.ts";
import { waitForQuiet, watchMachine } from "./quietness.ts";
import type { Line, Run, Sample } from "./sample.ts";
import { type RunOnceMore, takeTurn, warmUp } from "./turn.ts";

/** How often contenders run. */
export interface Rounds {
  readonly rounds: number;
  /** Runs of each that do not count, for caches; what runs in few rounds goes without. @default 0 */
  readonly warmUps?: number;
  /** So long one that serves runs is let run before it counts, and longer while it still gets quicker. @default 0 */
  readonly warmUpSeconds?: number;
  /** So long at least a turn of one that serves runs lasts; its runs are added up. @default 0, which is one run */
  readonly turnSeconds?: number;
  /**
   * Whether what serves runs is started, and warmed up, for each round: what its compiler makes of a loop differs from start
   * to start. @default false
   */
  readonly startsAnew?: boolean;
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
  options: Rounds,
): Promise<readonly Line[]> {
  const { rounds, patienceMs = 0, progress = () => {} } = options;
  const entrants: Entrant[] = [];
  try {
    for (const contender of contenders) {
      progress(`preparing ${contender.label}`);
      const entrant = await enter(contender);
      entrants.push(entrant);
      await warmUpEntrant(entrant, options);
    }
    for (let round = 0; round < rounds; round++) {
      if (patienceMs > 0) await waitForQuiet(patienceMs);
      for (const entrant of round % 2 === 0 ? entrants : entrants.toReversed()) {
        const { every = 1, label } = entrant.contender;
        if (entrant.skipped !== undefined || round % every !== 0) continue;
        progress(`round ${round + 1} of ${rounds}: ${label}`);
        if (options.startsAnew === true && round > 0) await startAnew(entrant, options);
        await runEntrant(entrant, round, options);
      }
    }
    return entrants.map(lineOf);
  } finally {
    for (const { loop } of entrants) await loop?.[Symbol.asyncDispose]();
  }
}

interface Entrant {
  readonly contender: Contender;
  loop: LoopProcess | undefined;
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

async function warmUpEntrant(entrant: Entrant, { warmUps = 0, warmUpSeconds = 0 }: Rounds): Promise<void> {
  const { contender, loop } = entrant;
  const run = runOf(entrant);
  if (run === undefined) return;
  try {
    if (loop !== undefined && warmUpSeconds > 0) await warmUp(run, warmUpSeconds);
    else if (contender.every === undefined) for (let time = 0; time < warmUps; time++) await run();
  } catch (error) {
    entrant.skipped = reasonOf(error);
  }
}

/** Ends the process that serves runs, and begins another one. */
async function startAnew(entrant: Entrant, options: Rounds): Promise<void> {
  const { loop, contender } = entrant;
  if (loop === undefined || contender.program.kind !== "loop") return;
  await loop[Symbol.asyncDispose]();
  try {
    entrant.loop = await startLoop(contender.program);
    await warmUpEntrant(entrant, options);
  } catch (error) {
    entrant.skipped = reasonOf(error);
  }
}

/** Does the contender's work once; undefined when it cannot be done. */
function runOf(entrant: Entrant): RunOnceMore | undefined {
  const { loop, skipped } = entrant;
  const { program } = entrant.contender;
  if (skipped !== undefined) return undefined;
  if (program.kind !== "once") return loop?.run;
  return async () => {
    const { peakBytes, ...sample } = await runOnce(program);
    entrant.peakBytes = Math.max(entrant.peakBytes, peakBytes);
    return sample;
  };
}

async function runEntrant(
  entrant: Entrant,
  round: number,
  { server, turnSeconds = 0 }: Rounds,
): Promise<void> {
  const { loop } = entrant;
  const run = runOf(entrant);
  if (run === undefined) return;
  const serverBefore = server?.usage();
  const finish = watchMachine();
  const before = loop?.usage();
  let sample: Sample;
  try {
    sample = await takeTurn(run, loop === undefined ? 0 : turnSeconds);
  } catch (error) {
    entrant.skipped = reasonOf(error);
    return;
  }
  // All that its process did belongs to a contender, also between its runs and on threads that outlast them.
  const cpuSeconds = Math.max(sample.cpuSeconds, cpuBetween(before, loop?.usage()) ?? 0);
  if (loop !== undefined) entrant.peakBytes = Math.max(entrant.peakBytes, loop.peakBytes());
  const serverCpuSeconds = cpuBetween(serverBefore, server?.usage());
  const quietness = finish(cpuSeconds + (serverCpuSeconds ?? 0));
  entrant.runs.push({
    round,
    ...sample,
    ...(serverCpuSeconds === undefined ? {} : { serverCpuSeconds }),
    ...quietness,
  });
}

function cpuBetween(before: Usage | undefined, after: Usage | undefined): number | undefined {
  return before === undefined || after === undefined ? undefined : after.cpuSeconds - before.cpuSeconds;
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
