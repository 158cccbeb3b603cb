import type { FileSystem } from "@maxcompute-tunnel/emulator";
import {
  type InProcessAnswer,
  type InProcessEmulator,
  type InProcessRequest,
  openInProcessEmulator,
} from "@maxcompute-tunnel/emulator/in-process";
import type { Notice } from "../schedule/fault.ts";
import type { Schedule } from "../schedule/schedule.ts";
import { Life } from "../time/life.ts";
import type { Random } from "../time/random.ts";
import type { Scheduler } from "../time/scheduler.ts";
import type { Disk } from "./disk.ts";

/** The key that clients of the simulation sign with; its parts are searched for in all that is put out. */
export const accessKey = {
  accessKeyId: "LTAI-simulated",
  accessKeySecret: "S3cr3t/of+the=simulation",
} as const;
export const project = "simulated";
export const table = "rows";

/** What a server is made of, besides its schedule. */
export interface ServerParts {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly disk: Disk;
  /** Puts something between the server and its disk. */
  readonly wrapDisk?: ((disk: FileSystem) => FileSystem) | undefined;
  /** Told before each event that reaches the server. */
  readonly onStep: (step: number) => void;
}

/** The emulator's process: it starts, serves, dies and starts again on the disk that it left. */
export class Server {
  readonly #schedule: Schedule;
  readonly #parts: ServerParts;
  readonly #onCut = new Set<(notice: Notice) => void>();
  #life: Life;
  #lives = 0;
  #steps = 0;
  #emulator: InProcessEmulator | undefined;
  /** What kept it from starting, where something did. */
  startFailure: unknown;

  constructor(schedule: Schedule, parts: ServerParts) {
    this.#schedule = schedule;
    this.#parts = parts;
    this.#life = new Life(parts.scheduler, "server 0");
    this.#life.end();
  }

  /** Accepts requests now. */
  get isUp(): boolean {
    return this.#life.alive && this.#emulator !== undefined;
  }

  start(): void {
    const { scheduler, disk, onStep, wrapDisk } = this.#parts;
    this.#lives += 1;
    const random = this.#parts.random.fork(`life ${this.#lives}`);
    const life = new Life(scheduler, `server ${this.#lives}`, () => {
      this.#steps += 1;
      onStep(this.#steps);
    });
    this.#life = life;
    const mounted = disk.mount(life);
    openInProcessEmulator({
      dataDir: "/data",
      fileSystem: wrapDisk === undefined ? mounted : wrapDisk(mounted),
      project,
      ...accessKey,
      tables: [`create table if not exists ${table} (id bigint not null, note string)`],
      profile: this.#schedule.profile,
      secondCommit: this.#schedule.secondCommit,
      clock: {
        now: () => scheduler.now,
        schedule: (delayMs, run) => life.after(delayMs, run, { label: "clock", ground: "background" }),
        advance: () => undefined,
      },
      wallClock: () => scheduler.now,
      randomBytes: (length) => random.bytes(length),
    }).then(
      (emulator) => {
        if (life.alive) {
          this.#emulator = emulator;
          scheduler.note(`server ${this.#lives}: up`);
        }
      },
      (error: unknown) => {
        if (life.alive) {
          this.startFailure = error;
          scheduler.note(`server ${this.#lives}: cannot start`);
          this.crash({ keep: 1, notice: "reset", downMs: 1000 });
        }
      },
    );
  }

  /** Dies, and starts again after a while. */
  crash({
    keep,
    notice,
    downMs,
  }: {
    readonly keep: number;
    readonly notice: Notice;
    readonly downMs: number;
  }): void {
    if (!this.#life.alive) {
      return;
    }
    const { scheduler, disk } = this.#parts;
    scheduler.note(`server ${this.#lives}: dies`);
    this.#life.end();
    this.#emulator = undefined;
    disk.crash(keep);
    for (const cut of [...this.#onCut]) {
      cut(notice);
    }
    this.#onCut.clear();
    scheduler.schedule(downMs, () => this.start(), { label: "server: starts again" });
  }

  /** Hands a request over; `onCut` is called when the server dies before the answer is read. */
  async send(request: InProcessRequest, onCut: (notice: Notice) => void): Promise<ServedAnswer> {
    const emulator = this.#emulator;
    if (emulator === undefined) {
      throw new Error("Expected a server that is up");
    }
    const life = this.#life;
    this.#onCut.add(onCut);
    try {
      const answer = await emulator.send(request);
      const pieces: Uint8Array[] = [];
      for await (const piece of answer.body) {
        pieces.push(piece);
      }
      return { ...answer, body: Buffer.concat(pieces), life };
    } finally {
      this.#onCut.delete(onCut);
    }
  }

  /** The committed rows, by id; a number for each time that one is there. */
  async readRows(): Promise<readonly { readonly id: bigint; readonly note: string }[]> {
    return (await this.#emulator?.readRows(table)) as { id: bigint; note: string }[];
  }
}

/** A whole answer. */
export interface ServedAnswer extends Omit<InProcessAnswer, "body"> {
  readonly body: Uint8Array<ArrayBuffer>;
  /** The life of the server that gave it. */
  readonly life: Life;
}
