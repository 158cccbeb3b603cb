import { someDoubtIsReal } from "../check/doubt.ts";
import type { Facts } from "../check/facts.ts";
import { violationsOf } from "../check/violations.ts";
import { Client } from "../client/client.ts";
import { Outputs } from "../client/outputs.ts";
import type { Ports } from "../client/ports.ts";
import { largestRowBytes } from "../client/rows.ts";
import { Watcher } from "../client/watcher.ts";
import type { Fault, FaultKind } from "../schedule/fault.ts";
import type { Schedule } from "../schedule/schedule.ts";
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
  readonly #client: Client;
  #excess = 0;

  constructor(schedule: Schedule, { ports = {}, keepLines = false }: RunOptions) {
    this.#schedule = schedule;
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
    this.#client = new Client(schedule, {
      scheduler: this.#scheduler,
      random: this.#random,
      network: this.#network,
      disk: this.#clientDisk,
      ports,
      outputs: this.#outputs,
      watcher: this.#watcher,
      onStep: () => this.#clientMoments.step(),
    });
    for (const fault of ofKind("crash-server")) {
      this.#serverMoments.add(fault, () => {
        this.#count("crash-server");
        this.#server.crash(fault);
      });
    }
    for (const fault of ofKind("crash-client")) {
      this.#clientMoments.add(fault, () => this.#client.crash(fault) && this.#count("crash-client"));
    }
    for (const fault of ofKind("abort")) {
      this.#clientMoments.add(fault, () => this.#client.abort() && this.#count("abort"));
    }
    for (const fault of ofKind("clock-jump")) {
      this.#clientMoments.add(fault, () => {
        this.#count("clock-jump");
        this.#client.jumpClock(fault.ms);
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
    this.#client.start();
    const end = await this.#scheduler.run(() => this.#client.outcome !== undefined);
    const outcome: Outcome = this.#client.outcome ?? { kind: "hang", end };
    const lastLife = this.#client.lives;
    this.#scheduler.note(`outcome: ${outcome.kind}`);
    const isDoubtReal = someDoubtIsReal(this.#network.exchanges, {
      number: lastLife,
      isAborted: this.#client.isAborted,
    });
    this.#client.end();
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
      lastLife,
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
      ["slow-source", this.#watcher.pauses],
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

  /** Where the outcome is not known, or a job failed: what another look without faults comes to. */
  async #settle(before: Outcome): Promise<Facts["settled"]> {
    const isJob = this.#schedule.client === "job";
    if (before.kind !== "unknown" && !(isJob && before.kind === "failed")) {
      return undefined;
    }
    this.#client.setClock();
    if (!isJob) {
      return this.#settled(await this.#again(() => this.#client.askAgain()));
    }
    const start = (): void => this.#client.start();
    let outcome = await this.#again(start);
    if (outcome.kind === "unknown") {
      // A session that is gone tells nothing any more: somebody looks at the table.
      await this.#client.tellJournal((await this.#rows()).length > 0 ? "committed" : "not-committed");
      outcome = await this.#again(start);
    }
    return this.#settled(outcome);
  }

  async #settled(outcome: Outcome): Promise<Facts["settled"]> {
    const begun = this.#network.exchanges.find(({ operation }) => operation === "create")?.sentAt ?? startAt;
    const isYoung = this.#scheduler.now - begun < sessionLifeMs;
    return { outcome, rows: await this.#rows(), isYoung };
  }

  async #again(begin: () => void): Promise<Outcome> {
    begin();
    await this.#scheduler.run(() => this.#client.outcome !== undefined);
    const outcome: Outcome = this.#client.outcome ?? { kind: "hang", end: "idle" };
    this.#scheduler.note(`another look: ${outcome.kind}`);
    this.#client.end();
    await this.#calmDown();
    return outcome;
  }

  #weigh(): void {
    const { budget } = this.#watcher;
    if (budget === undefined || !this.#client.isAlive) {
      return;
    }
    const held = Math.max(budget.usedBytes, this.#network.bodyBytesUnderWay(this.#client.lives));
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

/** Sessions end this long after they began. */
const sessionLifeMs = 24 * 3_600_000;
