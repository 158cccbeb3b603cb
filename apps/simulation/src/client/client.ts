import { settleUpload, type UploadReceipt } from "@maxcompute-tunnel/writer";
import type { Outcome } from "../run/outcome.ts";
import type { Fault } from "../schedule/fault.ts";
import type { Schedule } from "../schedule/schedule.ts";
import { Life } from "../time/life.ts";
import type { Random } from "../time/random.ts";
import type { Scheduler } from "../time/scheduler.ts";
import type { Disk } from "../world/disk.ts";
import type { Network } from "../world/network.ts";
import type { ClientParts } from "./connect.ts";
import { lookAgain } from "./look-again.ts";
import { openJournal } from "./open-journal.ts";
import type { Outputs } from "./outputs.ts";
import type { Ports } from "./ports.ts";
import { uploadByJob } from "./upload-by-job.ts";
import { uploadByWriter } from "./upload-by-writer.ts";
import type { Watcher } from "./watcher.ts";

/** What a client is made of, besides its schedule. */
export interface ClientSurroundings {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly network: Network;
  readonly disk: Disk;
  readonly ports: Ports;
  readonly outputs: Outputs;
  readonly watcher: Watcher;
  /** Told before each event that reaches the client. */
  readonly onStep: () => void;
}

/** The client's process: it uploads, dies and starts again, until it says how its upload ended. */
export class Client {
  readonly #schedule: Schedule;
  readonly #parts: ClientSurroundings;
  #life: Life;
  #lives = 0;
  #abort = new AbortController();
  #outcome: Outcome | undefined;
  /** How far the machine's clock is ahead. */
  #clockErrorMs = 0;

  constructor(schedule: Schedule, parts: ClientSurroundings) {
    this.#schedule = schedule;
    this.#parts = parts;
    this.#life = new Life(parts.scheduler, "client 0");
  }

  /** How its upload ended, once it has said so. */
  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  get isAlive(): boolean {
    return this.#life.alive;
  }

  get isAborted(): boolean {
    return this.#abort.signal.aborted;
  }

  /** The number of its present life, from 1. */
  get lives(): number {
    return this.#lives;
  }

  start(): void {
    this.#outcome = undefined;
    this.#begin((parts) => this.#upload(parts));
  }

  /** Ends its present life, with nothing left under way. */
  end(): void {
    this.#life.end();
  }

  /** Dies, and is started again after a while when it is a job; false when it had ended before. */
  crash({ power, keep, pauseMs }: Extract<Fault, { readonly kind: "crash-client" }>): boolean {
    if (!this.#life.alive || this.#outcome !== undefined) {
      return false;
    }
    const { scheduler, network, disk } = this.#parts;
    scheduler.note(`client ${this.#lives}: dies`);
    this.#life.end();
    network.hangUp(this.#lives);
    if (power) {
      disk.crash(keep);
    }
    if (this.#schedule.client === "writer") {
      this.#outcome = { kind: "crashed" };
    } else {
      scheduler.schedule(pauseMs, () => this.start(), { label: "client: starts again" });
    }
    return true;
  }

  /** Its caller has had enough; false when it had ended before. */
  abort(): boolean {
    if (this.#outcome !== undefined) {
      return false;
    }
    this.#parts.scheduler.note("the caller aborts");
    this.#abort.abort(new Error("The caller has had enough"));
    return true;
  }

  /** The machine's clock is set forward, or back. */
  jumpClock(ms: number): void {
    this.#parts.scheduler.note(`the client's clock jumps by ${ms} ms`);
    this.#clockErrorMs += ms;
  }

  /** The machine's clock is right again. */
  setClock(): void {
    this.#clockErrorMs = 0;
  }

  /** Somebody who has looked at the table tells the job's journal. */
  async tellJournal(what: "committed" | "not-committed"): Promise<void> {
    let isTold = false;
    this.#begin(async ({ life, now }) => {
      const journal = await openJournal(this.#parts.disk, life, this.#lives);
      await settleUpload(journal, what, now);
      await journal.close();
      isTold = true;
      return undefined;
    });
    await this.#parts.scheduler.run(() => isTold);
    this.end();
  }

  /** A new process asks what became of the commit that an earlier one could not tell of. */
  askAgain(): void {
    this.#outcome = undefined;
    this.#begin(async (parts) => {
      try {
        return success(await lookAgain(parts, this.#parts.watcher));
      } catch (error) {
        return this.#failure(error);
      }
    });
  }

  #begin(work: (parts: ClientParts) => Promise<Outcome | undefined>): void {
    const { scheduler, random, network, ports, outputs, onStep } = this.#parts;
    this.#lives += 1;
    const number = this.#lives;
    const life = new Life(scheduler, `client ${number}`, onStep);
    this.#life = life;
    this.#abort = new AbortController();
    const parts: ClientParts = {
      schedule: this.#schedule,
      life,
      now: () => scheduler.now + this.#clockErrorMs,
      random: random.fork(`client ${number}`),
      fetch: network.fetchOf(life, number),
      ports,
      outputs,
    };
    work(parts).then((outcome) => {
      if (life.alive && outcome !== undefined) {
        this.#outcome = outcome;
      }
    });
  }

  async #upload(parts: ClientParts): Promise<Outcome> {
    const { outputs, watcher } = this.#parts;
    const { signal } = this.#abort;
    try {
      const receipt =
        this.#schedule.client === "job"
          ? await this.#runJob(parts, signal)
          : await uploadByWriter(parts, watcher, signal);
      outputs.say(receipt);
      watcher.commitStates.add(`by ${receipt.confirmedBy}`);
      return success(receipt);
    } catch (error) {
      return this.#failure(error);
    }
  }

  async #runJob(parts: ClientParts, signal: AbortSignal): Promise<UploadReceipt> {
    const journal = await openJournal(this.#parts.disk, parts.life, this.#lives);
    try {
      return await uploadByJob(parts, this.#parts.watcher, journal, signal);
    } finally {
      await journal.close();
    }
  }

  #failure(error: unknown): Outcome {
    this.#parts.outputs.sayError(error);
    const code = error instanceof Error && "code" in error ? String(error.code) : "defect";
    return code === "outcome-unknown" ? { kind: "unknown", error } : { kind: "failed", error, code };
  }
}

function success(receipt: { readonly confirmedBy: string; readonly blockIds: readonly number[] }): Outcome {
  return { kind: "success", receipt };
}
