import { settleUpload, type UploadReceipt } from "@maxcompute-tunnel/writer";
import { someDoubtIsReal } from "../check/doubt.ts";
import { type Facts, violationsOf } from "../check/violations.ts";
import type { ClientParts } from "../client/connect.ts";
import { openJournal } from "../client/open-journal.ts";
import { Outputs } from "../client/outputs.ts";
import type { Ports } from "../client/ports.ts";
import { largestRowBytes } from "../client/rows.ts";
import { uploadByJob } from "../client/upload-by-job.ts";
import { uploadByWriter } from "../client/upload-by-writer.ts";
import { Watcher } from "../client/watcher.ts";
import type { Fault, FaultKind } from "../schedule/fault.ts";
import type { Schedule } from "../schedule/schedule.ts";
import { Life } from "../time/life.ts";
import { Random } from "../time/random.ts";
import { Scheduler } from "../time/scheduler.ts";
import { Trace } from "../time/trace.ts";
import { Disk } from "../world/disk.ts";
import { Moments } from "../world/moments.ts";
import { Network } from "../world/network.ts";
import { Server } from "../world/server.ts";
import type { Outcome } from "./outcome.ts";

/** How a schedule is run. */
export interface RunOptions {
  /** Something between the parts. @default nothing */
  readonly ports?: Ports;
  /** Keep the trace in words. @default false */
  readonly keepLines?: boolean;
}

/** What came of a schedule. */
export interface RunResult {
  /** What was not as it must be, in words. */
  readonly violations: readonly string[];
  readonly outcome: Outcome["kind"];
  /** Equal for equal runs. */
  readonly digest: string;
  readonly lines: readonly string[] | undefined;
  /** Faults that happened, by kind. */
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  readonly commitStates: readonly string[];
  /** A commit came late or twice to a server that loads it again: what no client can prevent. */
  readonly excused: boolean;
  readonly events: number;
}

const startAt = Date.UTC(2027, 0, 15, 8);

/** Runs one schedule from its start to the last message, and checks everything. */
export async function runSchedule(schedule: Schedule, options: RunOptions = {}): Promise<RunResult> {
  return new Run(schedule, options).run();
}

class Run {
  readonly #schedule: Schedule;
  readonly #ports: Ports;
  readonly #trace: Trace;
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #server: Server;
  readonly #network: Network;
  readonly #serverDisk: Disk;
  readonly #clientDisk: Disk;
  readonly #outputs = new Outputs();
  readonly #watcher = new Watcher();
  readonly #clientMoments = new Moments();
  readonly #serverMoments = new Moments();
  readonly #happened: Partial<Record<FaultKind, number>> = {};
  readonly #falseClaims: string[] = [];
  #life: Life;
  #lives = 0;
  #abort = new AbortController();
  #outcome: Outcome | undefined;
  #excess = 0;

  constructor(schedule: Schedule, { ports = {}, keepLines = false }: RunOptions) {
    this.#schedule = schedule;
    this.#ports = ports;
    this.#trace = new Trace({ keepLines });
    this.#scheduler = new Scheduler(this.#trace, startAt);
    this.#random = new Random(schedule.seed).fork("run");
    const ofKind = <Kind extends FaultKind>(kind: Kind) =>
      schedule.faults.filter((fault): fault is Extract<Fault, { kind: Kind }> => fault.kind === kind);
    this.#serverDisk = new Disk(this.#random.fork("server disk"), ofKind("server-disk"));
    const journalFailures = ofKind("journal-disk").map(({ nth }) => ({ nth, code: "EIO" }));
    this.#clientDisk = new Disk(this.#random.fork("client disk"), journalFailures);
    this.#server = new Server(schedule, {
      scheduler: this.#scheduler,
      random: this.#random.fork("server"),
      disk: this.#serverDisk,
      wrapDisk: ports.disk,
      onStep: () => this.#serverMoments.step(),
    });
    this.#network = new Network(schedule, {
      scheduler: this.#scheduler,
      random: this.#random.fork("network"),
      server: this.#server,
      onPhase: (exchange, phase) => {
        this.#clientMoments.phase(exchange, phase);
        this.#serverMoments.phase(exchange, phase);
      },
    });
    this.#life = new Life(this.#scheduler, "client 0");
    for (const fault of ofKind("crash-server")) {
      this.#serverMoments.add(fault, () => {
        this.#count("crash-server");
        this.#server.crash(fault);
      });
    }
    for (const fault of ofKind("crash-client")) {
      this.#clientMoments.add(fault, () => this.#crashClient(fault));
    }
    for (const fault of ofKind("abort")) {
      this.#clientMoments.add(fault, () => {
        if (this.#outcome === undefined) {
          this.#count("abort");
          this.#scheduler.note("the caller aborts");
          this.#abort.abort(new Error("The caller has had enough"));
        }
      });
    }
    this.#watcher.onStored = (claim) => {
      const puts = this.#network.exchanges.filter(
        ({ operation, sessionId, blockId }) =>
          operation === "put" && sessionId === claim.sessionId && blockId === claim.blockId,
      );
      const isTrue = puts.some(({ served, told }) =>
        // Success that somebody made up is believed; the commit finds out.
        [...served, ...(told?.kind === "answer" ? [told] : [])].some(({ status }) => status === 200),
      );
      if (!isTrue) {
        this.#falseClaims.push(`block ${claim.blockId} was called stored and the server never said so`);
      }
    };
    this.#scheduler.onQuiet = () => this.#weigh();
  }

  async run(): Promise<RunResult> {
    this.#server.start();
    await this.#scheduler.run(() => this.#server.isUp);
    this.#startClient();
    const end = await this.#scheduler.run(() => this.#outcome !== undefined);
    const outcome: Outcome = this.#outcome ?? { kind: "hang", end };
    this.#scheduler.note(`outcome: ${outcome.kind}`);
    const isDoubtReal = someDoubtIsReal(this.#network.exchanges, {
      number: this.#lives,
      isAborted: this.#abort.signal.aborted,
    });
    this.#life.end();
    await this.#calmDown();
    const rows = await this.#rows();
    const settled = await this.#settle(outcome);
    for (const text of this.#clientDisk.texts()) {
      this.#outputs.say(text);
    }
    const facts: Facts = {
      schedule: this.#schedule,
      outcome,
      rows,
      settled,
      exchanges: this.#network.exchanges,
      isDoubtReal,
      falseClaims: this.#falseClaims,
      excessBytes: this.#excess,
      outputs: this.#outputs,
      serverStartFailure: this.#serverDisk.failed > 0 ? undefined : this.#server.startFailure,
      startAt,
    };
    const { violations, excused } = violationsOf(facts);
    for (const { fault, told, arrivals } of this.#network.exchanges) {
      if (fault !== undefined && (told !== undefined || arrivals.length > 0)) {
        this.#count(fault.kind);
      }
    }
    for (const [kind, count] of [
      ["server-disk", this.#serverDisk.failed],
      ["journal-disk", this.#clientDisk.failed],
    ] as const) {
      for (let each = 0; each < count; each += 1) {
        this.#count(kind);
      }
    }
    return {
      violations,
      outcome: outcome.kind,
      digest: this.#trace.digest,
      lines: this.#trace.lines,
      faults: this.#happened,
      commitStates: [...this.#watcher.commitStates],
      excused,
      events: this.#scheduler.events,
    };
  }

  #startClient(): void {
    this.#lives += 1;
    const number = this.#lives;
    const life = new Life(this.#scheduler, `client ${number}`, () => this.#clientMoments.step());
    this.#life = life;
    this.#abort = new AbortController();
    this.#upload(life, number).then((outcome) => {
      if (life.alive) {
        this.#outcome = outcome;
      }
    });
  }

  async #upload(life: Life, number: number): Promise<Outcome> {
    const parts = {
      schedule: this.#schedule,
      life,
      random: this.#random.fork(`client ${number}`),
      fetch: this.#network.fetchOf(life, number),
      ports: this.#ports,
      outputs: this.#outputs,
    };
    const { signal } = this.#abort;
    try {
      const receipt =
        this.#schedule.client === "job"
          ? await this.#runJob(parts, number, signal)
          : await uploadByWriter(parts, this.#watcher, signal);
      this.#outputs.say(receipt);
      this.#watcher.commitStates.add(`by ${receipt.confirmedBy}`);
      return { kind: "success", receipt };
    } catch (error) {
      this.#outputs.sayError(error);
      return failureOf(error, this.#watcher);
    }
  }

  async #runJob(parts: ClientParts, number: number, signal: AbortSignal): Promise<UploadReceipt> {
    const journal = await openJournal(this.#clientDisk, parts.life, number);
    try {
      return await uploadByJob(parts, this.#watcher, journal, signal);
    } finally {
      await journal.close();
    }
  }

  #crashClient(fault: Extract<Fault, { kind: "crash-client" }>): void {
    if (!this.#life.alive || this.#outcome !== undefined) {
      return;
    }
    this.#count("crash-client");
    this.#scheduler.note(`client ${this.#lives}: dies`);
    this.#life.end();
    this.#network.hangUp(this.#lives);
    if (fault.power) {
      this.#clientDisk.crash(fault.keep);
    }
    if (this.#schedule.client === "writer") {
      this.#outcome = { kind: "crashed" };
      return;
    }
    this.#scheduler.schedule(fault.pauseMs, () => this.#startClient(), { label: "client: starts again" });
  }

  /** Waits for the last message, and for the server to be there. */
  async #calmDown(): Promise<void> {
    this.#network.calm = true;
    this.#clientDisk.calm = true;
    this.#serverDisk.calm = true;
    await this.#scheduler.run(() => false);
    this.#clientMoments.clear();
    this.#serverMoments.clear();
    await this.#scheduler.run(() => this.#server.isUp);
  }

  async #rows(): Promise<Facts["rows"]> {
    if (this.#schedule.crashAtEnd) {
      this.#server.crash({ keep: this.#random.fork("end").pick([0, 0.5, 1]), notice: "reset", downMs: 1 });
      await this.#scheduler.run(() => this.#server.isUp);
    }
    let rows: Facts["rows"] | undefined;
    this.#server.readRows().then(
      (read) => {
        rows = read;
      },
      (error: unknown) => this.#scheduler.note(`cannot read: ${String(error)}`),
    );
    await this.#scheduler.run(() => rows !== undefined);
    return rows ?? [];
  }

  /** Where the outcome is not known, or a job failed: what another run without faults comes to. */
  async #settle(before: Outcome): Promise<Facts["settled"]> {
    const canSettle =
      this.#schedule.client === "job" && (before.kind === "failed" || before.kind === "unknown");
    if (!canSettle) {
      return undefined;
    }
    let outcome = await this.#runAgain();
    if (outcome.kind === "unknown") {
      // A session that is gone tells nothing any more: somebody looks at the table.
      await this.#tellJournal((await this.#rows()).length > 0 ? "committed" : "not-committed");
      outcome = await this.#runAgain();
    }
    return { outcome, rows: await this.#rows() };
  }

  async #runAgain(): Promise<Outcome> {
    this.#outcome = undefined;
    this.#startClient();
    await this.#scheduler.run(() => this.#outcome !== undefined);
    const outcome: Outcome = this.#outcome ?? { kind: "hang", end: "idle" };
    this.#scheduler.note(`another run: ${outcome.kind}`);
    this.#life.end();
    await this.#calmDown();
    return outcome;
  }

  async #tellJournal(what: "committed" | "not-committed"): Promise<void> {
    this.#lives += 1;
    const life = new Life(this.#scheduler, `client ${this.#lives}`);
    let isTold = false;
    void (async () => {
      const journal = await openJournal(this.#clientDisk, life, this.#lives);
      await settleUpload(journal, what, () => life.now);
      await journal.close();
      isTold = true;
    })();
    await this.#scheduler.run(() => isTold);
    life.end();
  }

  #weigh(): void {
    const { budget } = this.#watcher;
    if (budget === undefined || !this.#life.alive) {
      return;
    }
    const held = Math.max(budget.usedBytes, this.#network.bodyBytesUnderWay(this.#lives));
    this.#excess = Math.max(
      this.#excess,
      held - budget.limitBytes - largestRowBytes(this.#schedule) - framing,
    );
  }

  #count(kind: FaultKind): void {
    this.#happened[kind] = (this.#happened[kind] ?? 0) + 1;
  }
}

/** Footers and frames of the blocks in flight. */
const framing = 256;

function failureOf(error: unknown, { sessionIds }: Watcher): Outcome {
  const code = error instanceof Error && "code" in error ? String(error.code) : "defect";
  const sessions = [...sessionIds];
  if (code === "outcome-unknown") {
    return { kind: "unknown", error, sessions };
  }
  return { kind: "failed", error, code };
}
