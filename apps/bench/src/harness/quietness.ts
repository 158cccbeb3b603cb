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

/** How long the loop takes on a machine that does nothing else. */
let usualLoop = Number.POSITIVE_INFINITY;

/**
 * Begins to watch the machine: a fixed loop before and after a run says how fast the processor was, and /proc/stat how
 * much of it went to others. `finish` takes the processor seconds that belong to the run; those of this process are known.
 */
export function watchMachine(): (runCpuSeconds: number) => Quietness {
  const loopBefore = timeLoop();
  const busyBefore = busySeconds();
  const ownBefore = process.cpuUsage();
  const started = performance.now();
  return (runCpuSeconds) => {
    const elapsed = (performance.now() - started) / 1000;
    const own = process.cpuUsage(ownBefore);
    const others = busySeconds() - busyBefore - runCpuSeconds - (own.user + own.system) / 1e6;
    const slowdown = Math.max(loopBefore, timeLoop()) / usualLoop;
    // Each of the clocks compared moves in steps of a tick: that much is no noise.
    const otherCores = Math.max(0, others - 3 / ticksPerSecond) / elapsed;
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

/** Learns how long the loop usually takes: the quickest of many would be a moment that never comes again. */
export function calibrate(): void {
  const times = Array.from({ length: 21 }, timeLoop).sort((a, b) => a - b);
  usualLoop = times[5] ?? usualLoop;
}

const table = Uint32Array.from({ length: 1 << 15 }, (_, index) => Math.imul(index, 2654435761));
/** Where the loop's result goes, so that the loop is not left out. */
const kept = new Uint32Array(1);

/** The quickest of a few: one is interrupted now and then, and the first finds cold caches. */
function timeLoop(): number {
  let quickest = Number.POSITIVE_INFINITY;
  for (let time = 0; time < 4; time++) {
    const started = performance.now();
    let state = 1;
    for (let pass = 0; pass < 25; pass++) {
      for (let index = 0; index < table.length; index++) {
        state = (table[(state ^ index) & 32767] ?? 0) ^ (state >>> 8);
      }
    }
    kept[0] = state;
    quickest = Math.min(quickest, performance.now() - started);
  }
  return quickest;
}

/**
 * Seconds that all cores have been busy since the machine started; 0 where the system does not tell. Without interrupts:
 * on a quiet machine they are the network's, on behalf of a run, and no process's.
 */
function busySeconds(): number {
  try {
    const [line = ""] = readFileSync("/proc/stat", "latin1").split("\n", 1);
    const [user = 0, nice = 0, system = 0, , , , , stolen = 0] = line
      .trim()
      .split(/\s+/)
      .slice(1)
      .map(Number);
    return (user + nice + system + stolen) / ticksPerSecond;
  } catch {
    return 0;
  }
}
