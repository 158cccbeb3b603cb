import { watched } from "@maxcompute-tunnel/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  type BlockSource,
  createMemoryJournal,
  createMemoryJournals,
  isWriterError,
  type JournalStore,
  noCompression,
  type RunUploadOptions,
  resumeUpload,
  rowSource,
  runUpload,
  settleUpload,
  type UploadEvent,
  type UploadJournal,
  type UploadTarget,
  type WriterError,
  webDeflate,
} from "../src/index.ts";
import { counting, rows, TestService, type TestTable } from "./support/table.ts";

async function withTable(
  options: Parameters<typeof TestService.start>[0] = {},
): Promise<{ readonly service: TestService; readonly table: TestTable }> {
  const service = await TestService.start(options);
  onTestFinished(() => service.emulator.close());
  return { service, table: await service.createTable() };
}

const tenAtATime = (count: number, note?: (id: number) => string): BlockSource =>
  rowSource(() => rows(count, note), { maxRows: 10 });

async function failure(work: Promise<unknown>): Promise<WriterError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isWriterError(error)) throw new Error(`Expected a WriterError, got ${error}`);
  return error;
}

/** Runs an upload whose block 3 is refused, so that three of its blocks are stored. */
async function stopAtBlock3(
  { service, table }: { readonly service: TestService; readonly table: TestTable },
  journal: UploadJournal | JournalStore,
  options: RunUploadOptions = {},
): Promise<void> {
  service.emulator.faults.add({
    id: "stop",
    match: { action: "put block", block: 3 },
    effect: { kind: "answer", status: 403, code: "NoPermission" },
  });
  const error = await failure(runUpload(table.target, tenAtATime(65), { parallel: 1, ...options, journal }));
  expect(error).toMatchObject({ code: "block-failed", blockId: 3 });
  service.emulator.faults.remove("stop");
}

it("tells of a request that is sent again when that happens, not when the block is stored", async () => {
  const { table } = await withTable();
  const seen: string[] = [];
  const target: UploadTarget = {
    ...table.target,
    create: async (call) => {
      const session = await table.target.create(call);
      const putBlock: typeof session.putBlock = async (id, body, options) => {
        options?.onRetry?.(2);
        options?.onRetry?.(3);
        seen.push("sent at last");
        return { ...(await session.putBlock(id, body, options)), attempts: 3 };
      };
      return {
        ...session,
        putBlock,
        refresh: () => session.refresh(),
        commit: (...all) => session.commit(...all),
      };
    },
  };
  const { retries } = await runUpload(target, tenAtATime(5), {
    onEvent: watched((event) => {
      if (event.kind === "retried") seen.push(`attempt ${event.attempt} of block ${event.blockId}`);
      if (event.kind === "block-stored") seen.push("stored");
    }),
  });
  expect(seen).toEqual(["attempt 2 of block 0", "attempt 3 of block 0", "sent at last", "stored"]);
  expect(retries).toBe(2);
});

const puts = (service: TestService): number =>
  service.emulator.requests.filter((request) => request.action === "put block").length;

describe("an upload with a journal", () => {
  it("loads every row once and says what it did", async () => {
    const { table } = await withTable();
    const events: UploadEvent[] = [];
    const receipt = await runUpload(table.target, tenAtATime(95), {
      onEvent: watched((event) => events.push(event)),
    });
    expect(receipt).toMatchObject({
      outcome: "committed",
      rows: 95,
      blockIds: counting(10),
      retries: 0,
      keptBlocks: 0,
      confirmedBy: "answer",
    });
    expect(receipt.requestIds).toHaveLength(11);
    expect(await table.ids()).toEqual(counting(95));
    expect(events.map((event) => event.kind).filter((kind) => !kind.startsWith("block-"))).toEqual([
      "opened",
      "committing",
      "committed",
    ]);
    expect(events.filter((event) => event.kind === "block-stored")).toHaveLength(10);
  });

  it("of no rows at all is committed too", async () => {
    const { table } = await withTable();
    expect(await runUpload(table.target, tenAtATime(0))).toMatchObject({
      outcome: "committed",
      rows: 0,
      blockIds: [],
    });
  });

  it("compresses what its source has not", async () => {
    const { table } = await withTable();
    const events: UploadEvent[] = [];
    const receipt = await runUpload(
      table.target,
      tenAtATime(2000, () => "x".repeat(100)),
      {
        compressor: webDeflate(),
        onEvent: watched((event) => events.push(event)),
      },
    );
    expect(receipt.sentBytes).toBeLessThan(receipt.bytes / 2);
    expect(events.filter((event) => event.kind === "compression-chosen")).toEqual([
      { kind: "compression-chosen", contentEncoding: "deflate" },
    ]);
    expect(await table.ids()).toEqual(counting(2000));
  });

  it("keeps no more blocks in flight than it was told, and no more memory than its budget", async () => {
    const { table } = await withTable();
    let flying = 0;
    let most = 0;
    const counted: UploadTarget = {
      ...table.target,
      async create(options) {
        const session = await table.target.create(options);
        return {
          id: session.id,
          schema: session.schema,
          maxFieldBytes: session.maxFieldBytes,
          refresh: (call) => session.refresh(call),
          commit: (ids, call) => session.commit(ids, call),
          async putBlock(id, body, call) {
            flying += 1;
            most = Math.max(most, flying);
            try {
              return await session.putBlock(id, body, call);
            } finally {
              flying -= 1;
            }
          },
        };
      },
    };
    await runUpload(counted, tenAtATime(300), { parallel: 3 });
    expect(most).toBe(3);
    most = 0;
    const one = { ...counted };
    const source = rowSource(() => rows(3000), { blockBytes: 4000 });
    await runUpload(one, source, { parallel: 8, budget: 12_000 });
    expect(most).toBeLessThanOrEqual(2);
  });
});

describe("a resumed upload", () => {
  it("keeps what the server holds and sends the rest", async () => {
    const { service, table } = await withTable();
    const journal = createMemoryJournal();
    await stopAtBlock3({ service, table }, journal);
    const before = puts(service);
    const events: UploadEvent[] = [];
    const receipt = await resumeUpload(table.target, journal, tenAtATime(65), {
      onEvent: watched((event) => events.push(event)),
    });
    expect(receipt).toMatchObject({ outcome: "committed", rows: 65, keptBlocks: 3, blockIds: counting(7) });
    expect(events[0]).toMatchObject({ kind: "resumed", keptBlocks: 3, keptRows: 30, againBlocks: 1 });
    expect(puts(service) - before).toBe(4);
    expect(await table.ids()).toEqual(counting(65));
  });

  it.each(["content", "fingerprint"] as const)("compares %s", async (compare) => {
    const { service, table } = await withTable();
    const journal = createMemoryJournal();
    await stopAtBlock3({ service, table }, journal);
    const changed = tenAtATime(65, (id) => (id === 5 ? "changed" : `note ${id}`));
    const resumed = resumeUpload(table.target, journal, changed, { compare });
    if (compare === "fingerprint") {
      await resumed;
      return expect(await table.ids()).toEqual(counting(65));
    }
    expect(await failure(resumed)).toMatchObject({
      code: "source-changed",
      changes: [{ what: "content", input: 0 }],
    });
    expect(await table.ids()).toEqual([]);
  });

  it.each<[string, BlockSource, object]>([
    [
      "name",
      rowSource(() => rows(65), { name: "other" }),
      { what: "name", before: '"rows"', now: '"other"' },
    ],
    ["size", rowSource(() => rows(66), { size: 66 }), { what: "size" }],
    ["digest", rowSource(() => rows(65), { digest: "v2" }), { what: "digest", before: "v1", now: "v2" }],
    ["settings", { ...rowSource(() => rows(65)), settings: "tabs" }, { what: "settings", now: "tabs" }],
    [
      "time",
      { ...rowSource(() => rows(65)), fingerprint: [{ name: "rows", modifiedMs: 5 }] },
      { what: "modified" },
    ],
  ])("of a source with another %s is refused, and says so", async (_, source, change) => {
    const { service, table } = await withTable();
    const journal = createMemoryJournal();
    const fingerprint = [{ name: "rows", size: 65, digest: "v1", modifiedMs: 4 }];
    service.emulator.faults.add({
      match: { action: "put block", block: 3 },
      times: 1,
      effect: { kind: "answer", status: 403, code: "NoPermission" },
    });
    await failure(runUpload(table.target, { ...tenAtATime(65), fingerprint }, { journal, parallel: 1 }));
    const error = await failure(resumeUpload(table.target, journal, source));
    expect(error.code).toBe("source-changed");
    expect(error.changes).toEqual([expect.objectContaining(change)]);
    expect(error.message).toMatch(/was .*, is /u);
    expect(await table.ids()).toEqual([]);
  });

  it("of a changed source starts over when told to", async () => {
    const { service, table } = await withTable();
    const journal = createMemoryJournal();
    await stopAtBlock3({ service, table }, journal);
    const source = rowSource(() => rows(20), { name: "other", maxRows: 10 });
    const events: UploadEvent[] = [];
    const receipt = await resumeUpload(table.target, journal, source, {
      changedSource: "start-over",
      onEvent: watched((event) => events.push(event)),
    });
    expect(receipt).toMatchObject({ outcome: "committed", rows: 20, keptBlocks: 0 });
    expect(events[0]).toMatchObject({ kind: "started-over", reason: "source-changed" });
    expect(await table.ids()).toEqual(counting(20));
  });

  it("whose session has expired starts over and says so", async () => {
    const { service, table } = await withTable();
    const journal = createMemoryJournal();
    await stopAtBlock3({ service, table }, journal);
    service.emulator.clock.advance(25 * 3_600_000);
    const events: UploadEvent[] = [];
    const receipt = await resumeUpload(table.target, journal, tenAtATime(65), {
      now: () => service.emulator.clock.now(),
      onEvent: watched((event) => events.push(event)),
    });
    expect(events[0]).toMatchObject({ kind: "started-over", reason: "expired" });
    expect(receipt).toMatchObject({ rows: 65, keptBlocks: 0 });
    expect(await table.ids()).toEqual(counting(65));
  });

  it("repairs a block that the server has lost or emptied", async () => {
    const { service, table } = await withTable({ profile: "lenient" });
    const journal = createMemoryJournal();
    await stopAtBlock3({ service, table }, journal);
    const [first] = await journal.facts();
    expect(first?.kind).toBe("begun");
    const session = await table.target.resume(await sessionIdOf(journal));
    // Somebody stores other rows under an id of this upload.
    const { encodeRecords } = await import("@maxcompute-tunnel/codec");
    await session.putBlock(1, [encodeRecords(session.schema.columns, [{ id: 1000n }])]);
    const receipt = await resumeUpload(table.target, journal, tenAtATime(65));
    expect(receipt).toMatchObject({ rows: 65, keptBlocks: 2 });
    expect(await table.ids()).toEqual(counting(65));
  });

  it("gives up a session that holds a block nobody knows", async () => {
    const { service, table } = await withTable();
    const journal = createMemoryJournal();
    await stopAtBlock3({ service, table }, journal);
    const session = await table.target.resume(await sessionIdOf(journal));
    const { encodeRecords } = await import("@maxcompute-tunnel/codec");
    await session.putBlock(77, [encodeRecords(session.schema.columns, [{ id: 1000n }])]);
    const events: UploadEvent[] = [];
    await resumeUpload(table.target, journal, tenAtATime(65), {
      onEvent: watched((event) => events.push(event)),
    });
    expect(events[0]).toMatchObject({ kind: "started-over", reason: "unknown-blocks" });
    expect(await table.ids()).toEqual(counting(65));
  });

  it("of a session that somebody else has committed is refused", async () => {
    const { service, table } = await withTable();
    const journal = createMemoryJournal();
    await stopAtBlock3({ service, table }, journal);
    await (await table.target.resume(await sessionIdOf(journal))).commit();
    const error = await failure(resumeUpload(table.target, journal, tenAtATime(65)));
    expect(error).toMatchObject({
      code: "session-committed-elsewhere",
      sessionId: await sessionIdOf(journal),
    });
    expect(await table.ids()).toEqual(counting(30));
    const last = (await journal.facts()).at(-1);
    expect(last).toMatchObject({ kind: "refused", reason: "committed-elsewhere" });
    // Asked again, it says so again, and the journal once.
    const again = await failure(resumeUpload(table.target, journal, tenAtATime(65)));
    expect(again.code).toBe("session-committed-elsewhere");
    expect((await journal.facts()).at(-1)).toEqual(last);
  });

  it("that is refused says why, also where the journal cannot be written to", async () => {
    const { service, table } = await withTable();
    const journal = createMemoryJournal();
    await stopAtBlock3({ service, table }, journal);
    await (await table.target.resume(await sessionIdOf(journal))).commit();
    const full: UploadJournal = { ...journal, append: () => Promise.reject(new Error("disk full")) };
    const error = await failure(resumeUpload(table.target, full, tenAtATime(65)));
    expect(error.code).toBe("session-committed-elsewhere");
  });

  it("needs something to resume", async () => {
    const { table } = await withTable();
    const error = await failure(resumeUpload(table.target, createMemoryJournal(), tenAtATime(1)));
    expect(error.code).toBe("nothing-to-resume");
  });
});

describe("a commit", () => {
  it("whose answer is lost is settled, and done once by a server that would do it twice", async () => {
    const { service, table } = await withTable({ profile: "lenient" });
    service.emulator.faults.add({
      match: { action: "commit upload" },
      effect: { kind: "reset", when: "before-answer" },
    });
    expect(await runUpload(table.target, tenAtATime(25))).toMatchObject({ confirmedBy: "status", rows: 25 });
    expect(await table.ids()).toEqual(counting(25));
  });

  it("that cannot be settled is unknown, and the next run settles it", async () => {
    const { service, table } = await withTable({ profile: "lenient" });
    const journal = createMemoryJournal();
    service.emulator.faults.add({
      match: { action: "commit upload" },
      effect: { kind: "reset", when: "before-answer" },
    });
    const commits = () =>
      service.emulator.requests.filter((request) => request.action === "commit upload").length;
    const dark = blindAfterCommit(table.target);
    expect((await failure(runUpload(dark, tenAtATime(25), { journal }))).code).toBe("outcome-unknown");
    expect((await journal.facts()).at(-1)?.kind).toBe("outcome-unknown");
    expect(await resumeUpload(table.target, journal, tenAtATime(25))).toMatchObject({
      outcome: "committed",
      confirmedBy: "status",
      sentBytes: 0,
    });
    expect(commits()).toBe(1);
    expect(await table.ids()).toEqual(counting(25));
  });

  it("that was in doubt when its session went of age is unknown until somebody says", async () => {
    const { service, table } = await withTable();
    const journal = createMemoryJournal();
    service.emulator.faults.add({
      match: { action: "commit upload" },
      effect: { kind: "reset", when: "before-body" },
    });
    const dark = blindAfterCommit(table.target);
    expect((await failure(runUpload(dark, tenAtATime(25), { journal }))).code).toBe("outcome-unknown");
    service.emulator.faults.clear();
    // Days later the server has forgotten it.
    const forgotten: UploadTarget = {
      ...table.target,
      resume: async () => {
        throw Object.assign(new Error("no such session"), { name: "SessionError", code: "no-such-session" });
      },
    };
    const later = { now: () => Date.now() + 72 * 3_600_000 };
    // A clock that was set back cannot tell that the session is young.
    const earlier = { now: () => Date.now() - 72 * 3_600_000 };
    expect((await failure(resumeUpload(forgotten, journal, tenAtATime(25), earlier))).code).toBe(
      "outcome-unknown",
    );
    expect((await failure(resumeUpload(forgotten, journal, tenAtATime(25), later))).code).toBe(
      "outcome-unknown",
    );
    await settleUpload(journal, "not-committed");
    expect(await resumeUpload(table.target, journal, tenAtATime(25))).toMatchObject({ rows: 25 });
    expect(await table.ids()).toEqual(counting(25));
    await expect(settleUpload(journal, "committed")).rejects.toMatchObject({ code: "nothing-to-resume" });
  });

  it("that finds a block wrong puts it right and is made again", async () => {
    const { service, table } = await withTable({ profile: "lenient" });
    const { encodeRecords } = await import("@maxcompute-tunnel/codec");
    let spoilt = false;
    const receipt = await runUpload(table.target, tenAtATime(25), {
      onEvent: watched((event) => {
        if (event.kind === "committing" && !spoilt) spoilt = true;
      }),
      // The block is spoilt between its acknowledgement and the commit.
      compressor: noCompression,
      journal: spoiling(async (sessionId) => {
        const session = await table.target.resume(sessionId);
        await session.putBlock(1, [encodeRecords(session.schema.columns, [{ id: 1000n }])]);
      }),
      parallel: 1,
    });
    expect(spoilt).toBe(true);
    expect(receipt).toMatchObject({ rows: 25, keptBlocks: 2 });
    expect(await table.ids()).toEqual(counting(25));
    expect(service.emulator.requests.filter((request) => request.action === "commit upload")).toHaveLength(1);
  });
});

describe("a job", () => {
  it("that was done is not done again, and tells what has changed since", async () => {
    const { service, table } = await withTable();
    const journal = createMemoryJournals();
    const job = "orders-2026-11-21";
    const events: UploadEvent[] = [];
    await runUpload(
      table.target,
      rowSource(() => rows(25), { digest: "v1" }),
      { job, journal },
    );
    const requests = service.emulator.requests.length;
    const again = await runUpload(
      table.target,
      rowSource(() => rows(30), { digest: "v2" }),
      {
        job,
        journal,
        onEvent: watched((event) => events.push(event)),
      },
    );
    expect(again).toMatchObject({
      outcome: "already-committed",
      job,
      rows: 25,
      sentBytes: 0,
      sourceChanges: [{ what: "digest", before: "v1", now: "v2" }],
    });
    expect(events.map((event) => event.kind)).toEqual(["already-done"]);
    expect(service.emulator.requests).toHaveLength(requests);
    expect(await table.ids()).toEqual(counting(25));
  });

  it("runs once at a time", async () => {
    const { table } = await withTable();
    const journal = createMemoryJournals();
    const one = runUpload(table.target, tenAtATime(95), { job: "a", journal });
    const other = failure(runUpload(table.target, tenAtATime(95), { job: "a", journal }));
    expect(await one).toMatchObject({ outcome: "committed" });
    expect(await other).toMatchObject({ code: "journal-locked" });
    expect(await table.ids()).toEqual(counting(95));
  });

  it("runs once at a time over one journal, too", async () => {
    const { table } = await withTable();
    const journal = createMemoryJournal();
    const one = runUpload(table.target, tenAtATime(95), { journal });
    expect(await failure(runUpload(table.target, tenAtATime(95), { journal }))).toMatchObject({
      code: "journal-locked",
    });
    await one;
  });

  it("keeps to its table, partition and way of committing", async () => {
    const { service, table } = await withTable();
    const other = await service.createTable();
    const journal = createMemoryJournals();
    const run = (target: UploadTarget) => runUpload(target, tenAtATime(5), { job: "a", journal });
    await run(table.target);
    for (const target of [
      other.target,
      { ...table.target, partition: "pt=1" },
      { ...table.target, overwrite: true },
    ]) {
      expect(await failure(run(target))).toMatchObject({ code: "job-differs" });
    }
    const upper = { ...table.target, table: { ...table.target.table, table: table.table.toUpperCase() } };
    expect(await run(upper)).toMatchObject({ outcome: "already-committed" });
  });

  it("is no job without a name that can be told from others", async () => {
    const { table } = await withTable();
    for (const job of ["", " a", "a\r\nb", "a\0b", "a\u202eb", "a\u200bb", "\ud800", "x".repeat(201)]) {
      expect(await failure(runUpload(table.target, tenAtATime(1), { job }))).toMatchObject({
        code: "invalid-job",
      });
    }
  });
});

describe("an abort", () => {
  it("stops at once, leaves the journal, and the next run ends it", async () => {
    const { table } = await withTable();
    const journal = createMemoryJournal();
    const abort = new AbortController();
    let stored = 0;
    const error = await failure(
      runUpload(table.target, tenAtATime(95), {
        journal,
        parallel: 1,
        signal: abort.signal,
        onEvent: watched((event) => {
          if (event.kind === "block-stored") stored += 1;
          if (stored === 4) abort.abort(new Error("that will do"));
        }),
      }),
    );
    expect(error).toMatchObject({ code: "aborted" });
    expect(error.message).toContain("that will do");
    expect(await resumeUpload(table.target, journal, tenAtATime(95))).toMatchObject({
      keptBlocks: 4,
      rows: 95,
    });
    expect(await table.ids()).toEqual(counting(95));
  });

  it("before anything begins sends nothing", async () => {
    const { service, table } = await withTable();
    const error = await failure(runUpload(table.target, tenAtATime(5), { signal: AbortSignal.abort() }));
    expect(error.code).toBe("aborted");
    expect(service.emulator.requests).toHaveLength(0);
  });

  it("comes from a listener that throws, but not once the commit is on its way", async () => {
    const { table } = await withTable();
    const fussy = (kind: UploadEvent["kind"]): RunUploadOptions => ({
      onEvent: watched((event) => {
        if (event.kind === kind) throw new Error("no");
      }),
    });
    expect(await failure(runUpload(table.target, tenAtATime(5), fussy("block-stored")))).toMatchObject({
      code: "aborted",
    });
    expect(await runUpload(table.target, tenAtATime(5), fussy("committed"))).toMatchObject({
      outcome: "committed",
    });
    expect(await table.ids()).toEqual(counting(5));
  });
});

describe("a source that does not keep to its contract is found out", () => {
  it.each([
    [
      "overlaps",
      [
        { start: 0, end: 10 },
        { start: 5, end: 15 },
      ],
    ],
    ["is empty but has rows", [{ start: 0, end: 0 }]],
  ])("when a block %s", async (_, ranges) => {
    const { table } = await withTable();
    const source: BlockSource = {
      fingerprint: [{ name: "bad" }],
      async *blocks({ columns }) {
        const { RecordPack } = await import("@maxcompute-tunnel/codec");
        for (const range of ranges) {
          const pack = new RecordPack(columns);
          pack.append({ id: 1n });
          const { chunks, byteLength: bytes, checksum } = pack.seal();
          yield {
            range: { input: 0, unit: "rows", ...range },
            chunks,
            bytes,
            checksum,
            sourceChecksum: 1,
            rows: 1,
            rejected: 0,
          };
        }
      },
    };
    expect(await failure(runUpload(table.target, source))).toMatchObject({ code: "invalid-source" });
    expect(await table.ids()).toEqual([]);
  });
});

async function sessionIdOf(journal: UploadJournal): Promise<string> {
  for (const fact of await journal.facts()) if (fact.kind === "session") return fact.sessionId;
  throw new Error("There is no session");
}

/** A target whose sessions cannot be looked at once their commit was posted. */
function blindAfterCommit(target: UploadTarget): UploadTarget {
  return {
    ...target,
    async create(options) {
      const session = await target.create(options);
      return {
        id: session.id,
        schema: session.schema,
        maxFieldBytes: session.maxFieldBytes,
        ...(session.expiresAt && { expiresAt: session.expiresAt }),
        refresh: (call) => session.refresh(call),
        putBlock: (id, body, call) => session.putBlock(id, body, call),
        commit: (ids, call) => {
          const abort = new AbortController();
          return session.commit(ids, {
            ...call,
            signal: abort.signal,
            async onState(state) {
              await call?.onState?.(state);
              if (state.kind === "waiting") abort.abort();
            },
          });
        },
      };
    },
  };
}

/** A journal that spoils the session once its last block is stored. */
function spoiling(spoil: (sessionId: string) => Promise<void>): UploadJournal {
  const journal = createMemoryJournal();
  let stored = 0;
  return {
    ...journal,
    async append(fact, options) {
      await journal.append(fact, options);
      if (fact.kind !== "block-stored") return;
      stored += 1;
      if (stored === 3) await spoil(await sessionIdOf(journal));
    },
  };
}
