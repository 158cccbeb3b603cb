import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EmulatorProcess, startEmulatorProcess } from "./emulator-process.ts";
import { type Ledger, settle } from "./ledger.ts";
import { type Awaited, commitOpen, crashIn, createTable, type Phase, phases } from "./phases.ts";
import { seededRandom } from "./random.ts";

export interface CrashLoopResult {
  /** Rounds after which everything acknowledged was there, and nothing else. */
  readonly good: number;
  /** How often each phase was hit, and how often what was under way had happened all the same. */
  readonly counts: ReadonlyMap<Phase, { hit: number; tookEffect: number }>;
  /** What was lost or wrong, with the data directory it can be seen in. */
  readonly losses: readonly string[];
}

/** Kills the emulator once a round, brings it back on the same directory, and holds it against its word. */
export async function crashLoop(options: {
  readonly rounds: number;
  readonly seed: number;
  readonly onRound?: (done: number) => void;
}): Promise<CrashLoopResult> {
  const { rounds, onRound } = options;
  const random = seededRandom(options.seed);
  const counts = new Map(phases.map((phase) => [phase, { hit: 0, tookEffect: 0 }]));
  const lasted = new Map<Awaited, number>();
  const losses: string[] = [];
  let number = 0;
  let directory = "";
  let server: EmulatorProcess | undefined;
  let ledger = emptyLedger();

  const startAfresh = async (): Promise<EmulatorProcess> => {
    directory = await mkdtemp(join(tmpdir(), "mctunnel-crash-loop-"));
    ledger = emptyLedger();
    server = await startEmulatorProcess(directory);
    for (const name of ["a", "b", "c", "d"]) {
      await createTable({ server, ledger, lasted }, name);
    }
    return server;
  };

  /** Starts the emulator again after a crash; after a loss it starts with nothing. */
  const comeBack = async (hit: Phase): Promise<EmulatorProcess> => {
    try {
      server = await startEmulatorProcess(directory);
      const unfinished = (await readdir(join(directory, "blocks"))).filter(
        (name) => !name.endsWith(".block"),
      );
      if (unfinished.length > 0) {
        throw new Error(`unfinished files are left: ${unfinished.join(", ")}`);
      }
      const count = counts.get(hit);
      if ((await settle(server, ledger)) && count !== undefined) {
        count.tookEffect += 1;
      }
      return server;
    } catch (error) {
      losses.push(`${hit}: ${(error as Error).message} (kept: ${directory})`);
      await server?.kill();
      return startAfresh();
    }
  };

  try {
    server = await startAfresh();
    for (let index = 0; index < rounds; index += 1) {
      const wanted = phases[index % phases.length] as Phase;
      const moment = (Math.floor(index / phases.length) + random()) / Math.ceil(rounds / phases.length);
      if (random() < 0.5) {
        // What a crash left open must still be of use.
        await commitOpen({ server, ledger, lasted });
      }
      const hit = await crashIn(wanted, {
        server,
        ledger,
        random,
        moment,
        next: () => ++number,
        lasted,
      });
      const count = counts.get(hit);
      if (count !== undefined) {
        count.hit += 1;
      }
      server = await comeBack(hit);
      onRound?.(index + 1);
    }
  } finally {
    await server?.kill();
    if (losses.length === 0) {
      await rm(directory, { recursive: true, force: true });
    }
  }
  return { good: rounds - losses.length, counts, losses };
}

function emptyLedger(): Ledger {
  return { tables: new Map(), session: undefined, uncertain: { kind: "nothing" } };
}
