import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type JobSession, rowSource, runUpload, type UploadTarget } from "../src/index.ts";
import { openFileJournal } from "../src/node/index.ts";
import { fault, MemoryDisk } from "./support/memory-disk.ts";
import { counting, imaginedProcesses, rows, TestService, type TestTable } from "./support/table.ts";

const path = "/journals/a.journal";
const total = 35;

/** Counts what an upload waits for, on the network and on the disk, and stops for good at one of them. */
class Crash {
  readonly at: number;
  steps = 0;
  readonly happened: Promise<void>;
  #happen: () => void = () => {};

  constructor(at: number) {
    this.at = at;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.happened = promise;
    this.#happen = resolve;
  }

  /** Passes once; from the crash on nothing passes any more. */
  step(): Promise<void> | void {
    this.steps += 1;
    if (this.steps < this.at) return;
    this.#happen();
    return new Promise(() => {});
  }

  async around<T>(work: () => Promise<T>): Promise<T> {
    await this.step();
    const result = await work();
    await this.step();
    return result;
  }
}

function crashing({ target }: TestTable, crash: Crash): UploadTarget {
  const wrap = (session: JobSession): JobSession => ({
    id: session.id,
    schema: session.schema,
    maxFieldBytes: session.maxFieldBytes,
    ...(session.expiresAt && { expiresAt: session.expiresAt }),
    putBlock: (id, body, options) => crash.around(() => session.putBlock(id, body, options)),
    refresh: (options) => crash.around(() => session.refresh(options)),
    commit: (ids, options) =>
      crash.around(() =>
        session.commit(ids, {
          ...options,
          async onState(state) {
            await options?.onState?.(state);
            await crash.step();
          },
        }),
      ),
  });
  return {
    ...target,
    create: (options) => crash.around(async () => wrap(await target.create(options))),
    resume: (id, options) => crash.around(async () => wrap(await target.resume(id, options))),
  };
}

/** Uploads until the crash or to the end; `true` when it came to the end. */
async function attempt(table: TestTable, disk: MemoryDisk, crash: Crash, pid: number): Promise<boolean> {
  disk.before = () => crash.step();
  const work = async (): Promise<true> => {
    const journal = await openFileJournal(path, {
      fileSystem: disk,
      processes: imaginedProcesses(pid, new Set([pid])),
      sleep: async () => {},
    });
    await runUpload(
      crashing(table, crash),
      rowSource(() => rows(total), { maxRows: 10 }),
      { job: "a", journal, parallel: 2 },
    );
    await journal.close();
    return true;
  };
  return Promise.race([work(), crash.happened.then(() => false as const)]);
}

describe.each([
  { end: "the process is killed", first: 1, survive: (disk: MemoryDisk) => disk.afterKill() },
  { end: "the power is cut", first: 2, survive: (disk: MemoryDisk) => disk.cutPower() },
  { end: "the power is cut within a line", first: 3, survive: (disk: MemoryDisk) => disk.cutPower(40) },
])("when $end", ({ first, survive }) => {
  describe.each(["closed", "conflict", "not-found"] as const)(
    "and a second commit is answered %s",
    (second) => {
      const isLenient = second === "closed";
      let service: TestService;
      beforeAll(async () => {
        service = await TestService.start({
          secondCommit: second,
          profile: second === "closed" ? "lenient" : "strict",
        });
      });
      afterAll(() => service.emulator.close());

      it("at any step, the next run loads every row once", { timeout: 120_000 }, async () => {
        let crashes = 0;
        // Between them the ways to crash begin at different steps and meet every one.
        for (let at = first; ; at += isLenient ? 2 : 5) {
          const table = await service.createTable();
          const disk = new MemoryDisk();
          const crash = new Crash(at);
          if (await attempt(table, disk, crash, 1)) break;
          crashes += 1;
          expect(await attempt(table, survive(disk), new Crash(Number.POSITIVE_INFINITY), 2)).toBe(true);
          expect(await table.ids(), `after a crash at step ${at}`).toEqual(counting(total));
        }
        expect(crashes).toBeGreaterThan(isLenient ? 15 : 5);
      });

      if (!isLenient) return;

      it("twice, at any two steps, the third run loads every row once", { timeout: 120_000 }, async () => {
        for (let at = 5; at < 60; at += 11) {
          for (let then = 4; then < 40; then += 13) {
            const table = await service.createTable();
            const disk = new MemoryDisk();
            if (await attempt(table, disk, new Crash(at), 1)) continue;
            const next = survive(disk);
            await attempt(table, next, new Crash(then), 2);
            expect(await attempt(table, survive(next), new Crash(Number.POSITIVE_INFINITY), 3)).toBe(true);
            expect(await table.ids(), `after crashes at steps ${at} and ${then}`).toEqual(counting(total));
          }
        }
      });
    },
  );
});

describe("a disk that fails", () => {
  let service: TestService;
  beforeAll(async () => {
    service = await TestService.start();
  });
  afterAll(() => service.emulator.close());

  it.each(["EIO", "ENOSPC"] as const)(
    "with %s at any step stops the upload, and the next run ends it",
    async (code) => {
      let failures = 0;
      for (let at = 1; ; at += 1) {
        const table = await service.createTable();
        const disk = new MemoryDisk();
        let steps = 0;
        disk.before = (step) => {
          steps += 1;
          if (steps >= at && (step.kind === "write" || step.kind === "sync")) throw fault(code, step.path);
        };
        const outcome = await upload(table, disk).catch((error: unknown) => error);
        if (steps < at) break;
        const loaded = await table.ids();
        if (outcome instanceof Error) {
          failures += 1;
          expect(outcome).toMatchObject({ name: "WriterError", code: "journal-failed" });
          expect(loaded).toEqual([]);
        } else {
          // The commit had happened when the disk failed: that is success, and said so.
          expect(loaded).toEqual(counting(total));
        }
        expect(await upload(table, disk.afterKill())).toMatchObject({ rows: total });
        expect(await table.ids()).toEqual(counting(total));
      }
      expect(failures).toBeGreaterThan(5);
    },
  );

  async function upload(table: TestTable, fileSystem: MemoryDisk) {
    const processes = imaginedProcesses(1, new Set());
    const journal = await openFileJournal(path, { fileSystem, processes, sleep: async () => {} });
    try {
      return await runUpload(
        table.target,
        rowSource(() => rows(total), { maxRows: 10 }),
        { job: "a", journal, parallel: 2 },
      );
    } finally {
      await journal.close().catch(() => {});
    }
  }
});
