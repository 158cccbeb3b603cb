import { Random } from "../time/random.ts";
import { drawFault } from "./draw-fault.ts";
import type { Fault } from "./fault.ts";
import type { Schedule } from "./schedule.ts";

/**
 * Draws everything about a run from one seed. Most schedules stay within what the client promises to bear, so that they
 * must end in success; the others may end as they like, as long as they end honestly.
 */
export function drawSchedule(seed: number): Schedule {
  const random = new Random(seed).fork("schedule");
  const client = random.chance(0.6) ? "job" : "writer";
  const rows = random.chance(0.04) ? 0 : random.skewed(1, 60);
  const blockRows = Math.max(
    Math.ceil(rows / mostBlocks),
    random.skewed(1, Math.max(2, Math.ceil(rows / 2))),
  );
  const blocks = Math.ceil(rows / blockRows);
  const gentle = random.chance(0.65);
  const count = random.chance(0.04) ? 0 : random.between(1, gentle ? 5 : 8);
  const faults: Fault[] = [];
  for (let tries = 0; faults.length < count && tries < 3 * count; tries += 1) {
    const fault = drawFault(random, { client, rows, blocks, gentle });
    if (!faults.some((other) => areAtOnePlace(other, fault))) {
      faults.push(fault);
    }
  }
  const quick = random.between(0, 40);
  return {
    seed,
    client,
    rows,
    rowBytes: random.skewed(8, 1500),
    blockRows,
    blockBytes: random.pick([512, 1024, 4096, 8192, 16_384]),
    parallel: random.between(1, 4),
    compression: random.chance(0.25) ? "snappy" : "none",
    signing: random.chance(0.3) ? "v4" : "v1",
    profile: random.chance(0.4) ? "lenient" : "strict",
    secondCommit: random.pick(["closed", "conflict", "not-found"]),
    latencyMs: [quick, quick + random.skewed(1, 500)],
    crashAtEnd: random.chance(0.3),
    faults,
  };
}

/** More blocks meet nothing that these do not meet, and take their time. */
const mostBlocks = 8;

/** One exchange, or one row, meets one fault at most. */
function areAtOnePlace(one: Fault, other: Fault): boolean {
  if ("on" in one && "on" in other) {
    return one.on.operation === other.on.operation && one.on.nth === other.on.nth;
  }
  return "row" in one && "row" in other && one.row === other.row;
}
