import { setTimeout as wait } from "node:timers/promises";
import {
  type Client,
  type ClientEnd,
  type ClientKind,
  startClient,
  type UploadOrder,
} from "../world/client.ts";
import { openGate } from "../world/gate.ts";
import type { Lane } from "../world/lane.ts";
import { Reaper, type Strike } from "./reaper.ts";

/** How an upload goes on after somebody died: by its name, or by `resume`. */
export type GoesOn = "same job" | "resume the job" | "resume the last";

/** An upload that goes on until it is done, whoever dies. */
export interface Upload {
  readonly lane: Lane;
  readonly client: ClientKind;
  readonly order: UploadOrder;
  /** One for each run, in order, until there are no more. */
  readonly strikes: readonly Strike[];
  readonly goesOn: GoesOn;
  /** How long the emulator is away when it died. */
  readonly awayMs: number;
  /** Holds what a run has told against what is there; gives what is wrong. */
  judge(end: ClientEnd): Promise<string | undefined>;
}

/** What came of it. */
export interface GoneOn {
  /** Runs of the client until the upload was done. */
  readonly runs: number;
  /** Requests for blocks, over all of them. */
  readonly puts: number;
  /** The strikes that hit, by their index, and the bytes of blocks that had passed. */
  readonly hits: readonly { readonly strike: number; readonly passedBytes: number }[];
  /** What was wrong; nothing when all was as promised. */
  readonly problem?: string;
}

/** Longer than any patience that a client has here. */
const clientLimitMs = 150_000;
const mostRuns = 8;

/**
 * Runs an upload, lets die what is to die, goes on until the upload says that it is done, and runs it once more after that:
 * then nothing may be sent. It is judged after each run.
 */
export async function goOn(upload: Upload): Promise<GoneOn> {
  const { lane, order, strikes, goesOn, awayMs } = upload;
  const hits: { strike: number; passedBytes: number }[] = [];
  let puts = 0;
  let runs = 0;
  let what: "upload" | "resume" = "upload";
  const gone = (): GoneOn => ({ hits, puts, runs });
  const wrong = (end: ClientEnd, problem: string): GoneOn => ({
    ...gone(),
    problem: `run ${runs} (${told(end)}): ${problem}`,
  });
  for (;;) {
    if (runs >= mostRuns) return { ...gone(), problem: `not done after ${runs} runs` };
    lane.gate.reset();
    const client = startClient(upload.client, order, what);
    const reaper = new Reaper(lane, client, strikes[runs], awayMs);
    lane.gate.keeper = reaper;
    const end = await endOf(client);
    if (end === undefined) {
      client.child.kill("SIGKILL");
      return wrong(await client.ended, `hung for ${clientLimitMs} ms`);
    }
    await reaper.over();
    lane.gate.keeper = openGate;
    if (reaper.struck) hits.push({ strike: runs, passedBytes: reaper.passedBytes });
    runs += 1;
    puts += lane.gate.counts.get("put block") ?? 0;
    const problem = await upload.judge(end);
    if (problem !== undefined) return wrong(end, problem);
    if (end.exitCode === 0) break;
    if (reaper.struck) {
      what = goesOn === "same job" ? "upload" : "resume";
      continue;
    }
    const nothingToResume = what === "resume" && end.exitCode === 8;
    if (!nothingToResume) return wrong(end, `failed without a reason: ${end.stderr}`);
    what = "upload";
  }
  lane.gate.reset();
  const end = await startClient(upload.client, order, order.job === undefined ? "resume" : "upload").ended;
  const problem = await upload.judge(end);
  if (problem !== undefined) return wrong(end, `run again: ${problem}`);
  if (end.exitCode !== 0) return wrong(end, `run again, it failed: ${end.stderr}`);
  const sent = (lane.gate.counts.get("put block") ?? 0) + (lane.gate.counts.get("commit") ?? 0);
  return sent > 0 ? wrong(end, `run again, it sent ${sent} requests`) : gone();
}

/** Whether a run may have ended either way: who is ended by a signal says nothing, and exit 6 says that nobody knows. */
export function mayBeEither({ signal, exitCode }: ClientEnd): boolean {
  return signal !== null || exitCode === 6;
}

async function endOf(client: Client): Promise<ClientEnd | undefined> {
  return await Promise.race([client.ended, wait(clientLimitMs, undefined, { ref: false })]);
}

function told({ exitCode, signal, stderr }: ClientEnd): string {
  const words = stderr.trim().split("\n").slice(-3).join(" | ").slice(0, 400);
  return `${signal ?? `exit ${exitCode}`}${words === "" ? "" : `, "${words}"`}`;
}
