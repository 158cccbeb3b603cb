import { setTimeout as wait } from "node:timers/promises";
import { type Client, type ClientEnd, startClient, type UploadOrder } from "../world/client.ts";
import { type GateKeeper, openGate } from "../world/gate.ts";
import type { Lane } from "../world/lane.ts";
import type { SourceFile } from "../world/source-file.ts";
import { compareTable } from "../world/table.ts";
import type { Death, RoundPlan } from "./draw-round.ts";
import { isReached, type KillPhase, placeIn, type UsualUpload } from "./kill-points.ts";

/** How a round went. */
export interface RoundResult {
  /** The deaths that were hit, in order. */
  readonly hits: readonly { readonly phase: KillPhase; readonly victim: Death["victim"] }[];
  /** Share of all bytes of blocks that had passed at the first death, from 0 to 1. */
  readonly bytesShare: number;
  /** Requests for blocks beyond one for each, over all runs of the upload. */
  readonly sentAgain: number;
  /** Runs of the client until the upload was done. */
  readonly runs: number;
  /** What was wrong; nothing when all was as promised. */
  readonly problem?: string;
}

/** What rounds of a lane have in common. */
export interface RoundGround {
  readonly lane: Lane;
  readonly source: SourceFile;
  readonly blockBytes: number;
  readonly usual: UsualUpload;
}

/** Longer than any patience that a client has here. */
const clientLimitMs = 150_000;
const mostRuns = 8;

/**
 * Uploads, lets die what is to die, goes on until the upload says that it is done, and once more after that. After every
 * run the table is compared with the source, and with what the run said.
 */
export async function runRound(ground: RoundGround, plan: RoundPlan): Promise<RoundResult> {
  const { lane, source, blockBytes, usual } = ground;
  const table = `t${plan.round}_${plan.client}`;
  const base = { ...(await lane.order(table, source)), blockBytes, parallel: plan.parallel };
  const order: UploadOrder =
    plan.goesOn === "resume the last" ? base : { ...base, job: `round-${plan.round}` };
  const hits: { phase: KillPhase; victim: Death["victim"] }[] = [];
  let bytesShare = 0;
  let puts = 0;
  let runs = 0;
  let what: "upload" | "resume" = "upload";
  const result = (problem?: string): RoundResult => ({
    hits,
    bytesShare,
    sentAgain: Math.max(0, puts - usual.blocks),
    runs,
    ...(problem === undefined ? {} : { problem }),
  });
  const wrong = (end: ClientEnd, problem: string): RoundResult =>
    result(`run ${runs} (${told(end)}): ${problem}; ${JSON.stringify(plan)}`);
  let deaths = plan.deaths;
  for (;;) {
    if (runs >= mostRuns) return result(`not done after ${runs} runs; ${JSON.stringify(plan)}`);
    const [death] = deaths;
    lane.gate.reset();
    const client = startClient(plan.client, order, what);
    const reaper = new Reaper(ground, client, death, plan.awayMs);
    lane.gate.keeper = reaper;
    const end = await Promise.race([client.ended, wait(clientLimitMs, undefined, { ref: false })]);
    if (end === undefined) {
      client.child.kill("SIGKILL");
      return wrong(await client.ended, `hung for ${clientLimitMs} ms`);
    }
    await reaper.over();
    lane.gate.keeper = openGate;
    runs += 1;
    puts += lane.gate.counts.get("put block") ?? 0;
    if (reaper.struck && death !== undefined) {
      if (hits.length === 0) bytesShare = reaper.passedBytes / Math.max(1, source.bytes);
      hits.push({ phase: death.point.phase, victim: death.victim });
    }
    deaths = deaths.slice(1);
    const state = await compareTable(lane.emulator, table, source);
    if (state.kind === "wrong") return wrong(end, `the table holds ${state.what}`);
    if (end.exitCode === 0) {
      if (state.kind !== "exact") return wrong(end, "success was told, and the table is empty");
      break;
    }
    // Who is ended by a signal says nothing.
    const mayBeEither = end.signal !== null || end.exitCode === 6;
    if (state.kind === "exact" && !mayBeEither) return wrong(end, "failure was told, and the rows are there");
    if (!reaper.struck) {
      const nothingToResume = what === "resume" && end.exitCode === 8;
      if (!nothingToResume) return wrong(end, `failed without a reason: ${end.stderr}`);
      what = "upload";
      continue;
    }
    what = plan.goesOn === "same job" ? "upload" : "resume";
  }
  lane.gate.reset();
  const end = await startClient(plan.client, order, order.job === undefined ? "resume" : "upload").ended;
  const state = await compareTable(lane.emulator, table, source);
  if (state.kind !== "exact") return wrong(end, `run again, the table is ${JSON.stringify(state)}`);
  if (end.exitCode !== 0) return wrong(end, `run again, it failed: ${end.stderr}`);
  const sent = (lane.gate.counts.get("put block") ?? 0) + (lane.gate.counts.get("commit") ?? 0);
  if (sent > 0) return wrong(end, `run again, it sent ${sent} requests`);
  return checkSentAgain(result(), plan);
}

/** What was in flight when a client died may be sent again, and nothing else. */
function checkSentAgain(result: RoundResult, plan: RoundPlan): RoundResult {
  const { hits, sentAgain } = result;
  const most = hits.length * plan.parallel;
  // An emulator that is away makes clients try in vain, which is no block sent.
  if (sentAgain <= most || hits.some(({ victim }) => victim !== "client")) return result;
  return { ...result, problem: `${sentAgain} blocks sent again, ${most} in flight; ${JSON.stringify(plan)}` };
}

function told({ exitCode, signal, stderr }: ClientEnd): string {
  const words = stderr.trim().split("\n").slice(-3).join(" | ").slice(0, 400);
  return `${signal ?? `exit ${exitCode}`}${words === "" ? "" : `, "${words}"`}`;
}

/** Waits for the moment, and strikes once. */
class Reaper implements GateKeeper {
  readonly #ground: RoundGround;
  readonly #client: Client;
  readonly #death: Death | undefined;
  readonly #awayMs: number;
  readonly #timers = new AbortController();
  #passed = 0;
  #striking: Promise<void> | undefined;

  constructor(ground: RoundGround, client: Client, death: Death | undefined, awayMs: number) {
    this.#ground = ground;
    this.#client = client;
    this.#death = death;
    this.#awayMs = awayMs;
    if (death?.point.phase === "before the session") {
      const { signal } = this.#timers;
      wait(death.point.moment * ground.usual.startMs, undefined, { signal }).then(
        () => this.#strike(),
        () => {},
      );
    }
    if (death?.point.phase === "after success was told") {
      client.spoke.then(() => this.#strike()).catch(() => {});
    }
  }

  get struck(): boolean {
    return this.#striking !== undefined;
  }

  /** Bytes of blocks that had passed when it struck. */
  get passedBytes(): number {
    return this.#passed;
  }

  allowance(passage: Parameters<GateKeeper["step"]>[0], passedBytes: number): number {
    const death = this.#death;
    if (death?.point.phase !== "in the middle of a block" || this.struck || passage.asked !== "put block") {
      return Number.POSITIVE_INFINITY;
    }
    const { block, part } = placeIn(death.point, this.#ground.usual);
    const left = Math.floor(part * (passage.bodyBytes || this.#ground.blockBytes)) - passedBytes;
    return passage.index === block && left >= 0 ? left : Number.POSITIVE_INFINITY;
  }

  async step(...[passage, step]: Parameters<GateKeeper["step"]>): Promise<boolean> {
    if (step === "sent" && passage.asked === "put block" && !this.struck) this.#passed += passage.bodyBytes;
    const death = this.#death;
    if (death === undefined || this.struck || !isReached(death.point, this.#ground.usual, passage, step))
      return true;
    const { phase, moment } = death.point;
    if (phase === "commit answered" || phase === "between blocks") await wait(moment * 20);
    if (step === "cut") this.#passed += passage.bodyBytes * placeIn(death.point, this.#ground.usual).part;
    await this.#strike();
    // What asks a process to stop lets it finish; a death breaks what it held.
    return death.signal !== "SIGKILL" || step === "answered";
  }

  /** Resolves when whoever was killed is back, or gone for good. */
  async over(): Promise<void> {
    this.#timers.abort();
    await this.#striking;
    if (this.#ground.lane.gate.upstream === undefined) await this.#back;
  }

  #back: Promise<void> = Promise.resolve();

  #strike(): Promise<void> {
    this.#striking ??= this.#kill();
    return this.#striking;
  }

  async #kill(): Promise<void> {
    const { victim = "client", signal = "SIGKILL" } = this.#death ?? {};
    const { lane } = this.#ground;
    if (victim !== "emulator") this.#client.child.kill(signal);
    if (victim !== "client") {
      await lane.killEmulator();
      this.#back = wait(this.#awayMs).then(() => lane.startEmulator());
    }
  }
}
