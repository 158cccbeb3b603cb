import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Of a run, what else the machine did meanwhile. */
export interface Quietness {
  readonly otherCores: number;
  readonly slowdown: number;
  readonly noisy: boolean;
}

const bearableOthers = 0.35;
const bearableSlowdown = 1.15;
/** /proc counts processor time in hundredths of a second. */
const ticksPerSecond = 100;

let bestLoop = Number.POSITIVE_INFINITY;

/**
 * Begins to watch the machine: a fixed loop before and after a run says how fast the processor was, and /proc/stat how
 * much of it went to others. `finish` takes the processor seconds that belong to the run.
 */
export function watchMachine(): (ownCpuSeconds: number) => Quietness {
  const loopBefore = timeLoop();
  const busyBefore = busySeconds();
  const started = performance.now();
  return (ownCpuSeconds) => {
    const elapsed = (performance.now() - started) / 1000;
    const others = busySeconds() - busyBefore - ownCpuSeconds;
    const slowdown = Math.max(loopBefore, timeLoop()) / bestLoop;
    // Short runs are finer than the clock of /proc: a tick or two are no noise.
    const otherCores = Math.max(0, others - 0.02) / elapsed;
    return {
      otherCores,
      slowdown,
      noisy: otherCores > bearableOthers || slowdown > bearableSlowdown,
    };
  };
}

/** Waits until the machine does little, but not for ever. */
export async function waitForQuiet(atMostMs: number): Promise<void> {
  for (const deadline = performance.now() + atMostMs; performance.now() < deadline; ) {
    const before = busySeconds();
    await sleep(100);
    if (busySeconds() - before < 0.035) return;
  }
}

/** Learns how fast the loop can be. */
export function calibrate(): void {
  for (let time = 0; time < 12; time++) timeLoop();
}

const table = Uint32Array.from({ length: 1 << 15 }, (_, index) => Math.imul(index, 2654435761));
/** Where the loop's result goes, so that the loop is not left out. */
const kept = new Uint32Array(1);

function timeLoop(): number {
  const started = performance.now();
  let state = 1;
  for (let time = 0; time < 100; time++) {
    for (let index = 0; index < table.length; index++) {
      state = (table[(state ^ index) & 32767] ?? 0) ^ (state >>> 8);
    }
  }
  kept[0] = state;
  const elapsed = performance.now() - started;
  bestLoop = Math.min(bestLoop, elapsed);
  return elapsed;
}

/** Seconds that all cores have been busy since the machine started; 0 where the system does not tell. */
function busySeconds(): number {
  try {
    const [line = ""] = readFileSync("/proc/stat", "latin1").split("\n", 1);
    const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, stolen = 0] = line
      .trim()
      .split(/\s+/)
      .slice(1)
      .map(Number);
    return (user + nice + system + irq + softIrq + stolen) / ticksPerSecond;
  } catch {
    return 0;
  }
}
