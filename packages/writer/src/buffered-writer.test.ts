import { inflateSync } from "node:zlib";
import { CodecError, decodeRecords } from "@maxcompute-tunnel/codec";
import { watched } from "@maxcompute-tunnel/testkit";
import { describe, expect, it } from "vitest";
import { ManualClock } from "../test/manual-clock.ts";
import { gate, MemorySink, turn } from "../test/memory-sink.ts";
import { blockIdsOf } from "./block/block-ids.ts";
import { createMemoryBudget } from "./block/memory-budget.ts";
import { openBufferedWriter } from "./buffered-writer.ts";
import { isWriterError } from "./errors.ts";
import { nodeDeflate } from "./node/zlib-compressors.ts";
import type { WriteProgressEvent } from "./progress.ts";

const columns = [
  { name: "id", type: "bigint" },
  { name: "note", type: "string" },
] as const;

/** A row of about a hundred encoded bytes. */
const row = (id: number) => ({ id, note: "x".repeat(90) });

/** Every row stored, over all blocks, by id. */
function storedIds(sink: MemorySink): bigint[] {
  const ids = [...sink.stored].flatMap((blockId) =>
    decodeRecords(columns, sink.bytesOf(blockId)).map((stored) => stored.id as bigint),
  );
  return ids.sort((a, b) => Number(a - b));
}

describe("blocks", () => {
  it("carry every row once, under ids that the writer picks", async () => {
    const sink = new MemorySink(columns);
    const writer = openBufferedWriter(sink, { blockBytes: 1000 });
    for (let id = 0; id < 100; id++) await writer.write(row(id));
    const summary = await writer.close();
    expect(summary.rows).toBe(100);
    expect(summary.blockIds).toEqual(Array.from(summary.blocks, (_, index) => index));
    expect(summary.blockIds.length).toBeGreaterThan(5);
    expect(storedIds(sink)).toEqual(Array.from({ length: 100 }, (_, id) => BigInt(id)));
  });

  it("are sealed when they have the bytes asked for", async () => {
    const sink = new MemorySink(columns);
    const writer = openBufferedWriter(sink, { blockBytes: 1000 });
    for (let id = 0; id < 30; id++) await writer.write(row(id));
    const { blocks } = await writer.close();
    for (const block of blocks.slice(0, -1)) {
      expect(block.bytes).toBeGreaterThanOrEqual(1000);
      expect(block.bytes).toBeLessThan(1150);
    }
  });

  it("are sealed when they have the rows asked for", async () => {
    const writer = openBufferedWriter(new MemorySink(columns), { maxRows: 7 });
    for (let id = 0; id < 20; id++) await writer.write(row(id));
    expect((await writer.close()).blocks.map((block) => block.rows)).toEqual([7, 7, 6]);
  });

  it("are sealed when their first row has waited long enough", async () => {
    const clock = new ManualClock();
    const sink = new MemorySink(columns);
    const writer = openBufferedWriter(sink, { maxAgeMs: 5000, clock });
    await writer.write(row(1));
    clock.advance(3000);
    await writer.write(row(2));
    clock.advance(1999);
    await turn();
    expect(sink.stored.size).toBe(0);
    clock.advance(1);
    await turn();
    expect(storedIds(sink)).toEqual([1n, 2n]);
    await writer.write(row(3));
    expect((await writer.close()).blocks.map((block) => block.rows)).toEqual([2, 1]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("smaller than their rows keep memory within the budget and one row", async () => {
    const sink = new MemorySink(columns);
    sink.beforeStoring = turn;
    const budget = createMemoryBudget(1024);
    const writer = openBufferedWriter(sink, { budget, blockBytes: 512, parallel: 1 });
    let most = 0;
    for (let id = 0; id < 20; id++) {
      const wait = writer.write({ id, note: "x".repeat(1400) });
      most = Math.max(most, budget.usedBytes);
      await wait;
    }
    expect((await writer.close()).blocks.map(({ rows }) => rows)).toEqual(Array(20).fill(1));
    // A row of 1400 characters, its tags, checksum and footer.
    expect(most).toBeLessThanOrEqual(1024 + 1450);
  });

  it("of one row larger than a block are sent all the same", async () => {
    const sink = new MemorySink(columns);
    const writer = openBufferedWriter(sink, { budget: 3000 });
    for (let id = 0; id < 3; id++) await writer.write({ id, note: "x".repeat(50_000) });
    const summary = await writer.close();
    expect(summary.blocks.map((block) => block.rows)).toEqual([1, 1, 1]);
    expect(storedIds(sink)).toEqual([0n, 1n, 2n]);
  });

  it("are none when there were no rows, and nobody is asked for anything", async () => {
    const sink = new MemorySink(columns);
    const summary = await openBufferedWriter(sink).close();
    expect(summary).toEqual({ blockIds: [], rows: 0, bytes: 0, sentBytes: 0, retries: 0, blocks: [] });
    expect(sink.lists).toBe(0);
  });

  it("are announced with their row counts, so that the commit can compare", async () => {
    const sink = new MemorySink(columns);
    const writer = openBufferedWriter(sink, { maxRows: 3 });
    for (let id = 0; id < 5; id++) await writer.write(row(id));
    await writer.close();
    expect(sink.received.map((block) => block.options.recordCount)).toEqual([3, 2]);
  });

  it("are compressed when asked, and counted both ways", async () => {
    const sink = new MemorySink(columns);
    const writer = openBufferedWriter(sink, { compress: nodeDeflate(), blockBytes: 100_000 });
    for (let id = 0; id < 3000; id++) await writer.write(row(id));
    const summary = await writer.close();
    expect(summary.bytes).toBeGreaterThan(290_000);
    expect(summary.sentBytes).toBeLessThan(summary.bytes / 4);
    expect(summary.sentBytes).toBe(
      sink.received.flatMap((block) => block.pieces).reduce((sum, piece) => sum + piece.byteLength, 0),
    );
    const ids = sink.received.flatMap((block) => {
      expect(block.options.contentEncoding).toBe("deflate");
      return decodeRecords(columns, inflateSync(Buffer.concat(block.pieces))).map((stored) => stored.id);
    });
    expect(new Set(ids).size).toBe(3000);
  });
});

describe("write", () => {
  it("is synchronous while there is nothing to wait for", async () => {
    const writer = openBufferedWriter(new MemorySink(columns));
    await writer.write(row(0)); // the session's blocks are listed once
    for (let id = 1; id < 1000; id++) expect(writer.write(row(id))).toBeUndefined();
    await writer.close();
  });

  it("throws for a row that cannot be encoded, and goes on", async () => {
    const sink = new MemorySink(columns);
    const writer = openBufferedWriter(sink);
    await writer.write(row(0));
    expect(() => writer.write({ id: 1.5 })).toThrow(CodecError);
    expect(() => writer.write({ id: 1, color: "red" })).toThrow(/color/);
    await writer.write(row(2));
    expect((await writer.close()).rows).toBe(2);
    expect(storedIds(sink)).toEqual([0n, 2n]);
  });

  it("throws for a first row that cannot be encoded, and takes no id for it", async () => {
    const sink = new MemorySink(columns);
    const writer = openBufferedWriter(sink);
    expect(() => writer.write({ id: "wrong" })).toThrow(CodecError);
    await writer.write(row(0));
    expect((await writer.close()).blockIds).toEqual([0]);
  });

  it("waits when as many blocks are in flight as may be, and no longer", async () => {
    const sink = new MemorySink(columns);
    const doors = [gate(), gate(), gate(), gate(), gate()];
    sink.beforeStoring = (block) => doors[block.blockId]?.opened;
    const writer = openBufferedWriter(sink, { maxRows: 1, parallel: 2 });
    await writer.write(row(0));
    expect(writer.write(row(1))).toBeUndefined();
    const wait = writer.write(row(2));
    expect(wait).toBeDefined();
    await turn();
    expect(sink.received.map((block) => block.blockId)).toEqual([0, 1]);
    doors[1]?.open();
    await wait;
    expect(sink.received.map((block) => block.blockId)).toEqual([0, 1, 2]);
    for (const door of doors) door.open();
    await writer.close();
    expect(sink.mostLive).toBe(2);
  });
});

describe("rows written together", () => {
  const rows = Array.from({ length: 5000 }, (_, id) => ({ id, note: "x".repeat(id % 90) }));

  it.each([
    { blockBytes: 20_000 },
    { blockBytes: 20_000, maxRows: 150 },
    { maxRows: 1 },
    { blockBytes: 1_000_000 },
  ])("become the same blocks as rows one by one: %o", async (options) => {
    const [alone, together] = [new MemorySink(columns), new MemorySink(columns)];
    const one = openBufferedWriter(alone, options);
    for (const each of rows) await one.write(each);
    const many = openBufferedWriter(together, options);
    await many.writeRows(rows.slice(0, 3000));
    await many.writeRows([]);
    await many.writeRows(rows.slice(3000));
    expect((await many.close()).blocks).toEqual((await one.close()).blocks);
    for (const blockId of alone.stored) expect(together.bytesOf(blockId)).toEqual(alone.bytesOf(blockId));
  });

  it("wait amid an array for memory, which stays within the budget, and are refused after an abort", async () => {
    const sink = new MemorySink(columns);
    const budget = createMemoryBudget(64 * 1024);
    let most = 0;
    sink.beforeStoring = async () => {
      most = Math.max(most, budget.usedBytes);
      await turn();
    };
    const writer = openBufferedWriter(sink, { budget, parallel: 3 });
    await writer.writeRows(rows);
    expect(writer.progress.rows).toBe(5000);
    expect(most).toBeGreaterThan(32 * 1024);
    expect(most).toBeLessThanOrEqual(64 * 1024 + 4 * 150);
    await writer.flush();
    expect(storedIds(sink).length).toBe(5000);

    const waiting = writer.writeRows(rows);
    expect(waiting).toBeDefined();
    const refused = expect(waiting).rejects.toMatchObject({ code: "aborted" });
    await writer.abort(new Error("enough"));
    await refused;
    expect(() => writer.writeRows(rows)).toThrow(expect.objectContaining({ code: "aborted" }));
  });

  it("are written up to the one that cannot be encoded, and the writer goes on", async () => {
    for (const at of [0, 1, 400, 4999]) {
      const sink = new MemorySink(columns);
      const writer = openBufferedWriter(sink, { blockBytes: 100_000 });
      const spoilt = rows.with(at, { id: at, note: "half of a character: \ud83d" });
      const written = async (): Promise<void> => writer.writeRows(spoilt);
      await expect(written()).rejects.toBeInstanceOf(CodecError);
      expect(writer.progress.rows).toBe(at);
      await writer.writeRows(rows.slice(at + 1));
      expect((await writer.close()).rows).toBe(4999);
      expect(storedIds(sink)).toEqual(rows.flatMap(({ id }) => (id === at ? [] : [BigInt(id)])));
    }
  });
});

describe("memory", () => {
  it("stays within the budget while the server is slow", async () => {
    const sink = new MemorySink(columns);
    const budget = createMemoryBudget(64 * 1024);
    let most = 0;
    sink.beforeStoring = async () => {
      for (let i = 0; i < 5; i++) await turn();
    };
    const writer = openBufferedWriter(sink, { budget, parallel: 3 });
    for (let id = 0; id < 5000; id++) {
      await writer.write(row(id));
      most = Math.max(most, budget.usedBytes);
    }
    await writer.close();
    expect(most).toBeGreaterThan(32 * 1024);
    // One row and one footer of each block may go beyond.
    expect(most).toBeLessThanOrEqual(64 * 1024 + 4 * 150);
    expect(budget.usedBytes).toBe(0);
    expect(storedIds(sink).length).toBe(5000);
  });

  it("is shared by writers that are given the same budget, and none starves", async () => {
    const budget = createMemoryBudget(256 * 1024);
    const sinks = Array.from({ length: 16 }, () => new MemorySink(columns));
    let most = 0;
    const summaries = await Promise.all(
      sinks.map(async (sink) => {
        sink.beforeStoring = () => turn();
        const writer = openBufferedWriter(sink, { budget });
        for (let id = 0; id < 2000; id++) {
          await writer.write(row(id));
          most = Math.max(most, budget.usedBytes);
        }
        return writer.close();
      }),
    );
    expect(summaries.map((summary) => summary.rows)).toEqual(sinks.map(() => 2000));
    for (const sink of sinks) expect(storedIds(sink).length).toBe(2000);
    expect(most).toBeLessThanOrEqual(256 * 1024 + 16 * 3 * 150);
    expect(budget.usedBytes).toBe(0);
  });

  it("is taken from a writer that has gone quiet when another one needs it", async () => {
    const budget = createMemoryBudget(60 * 1024);
    const quietSink = new MemorySink(columns);
    const quiet = openBufferedWriter(quietSink, { budget, blockBytes: 60 * 1024 });
    for (let id = 0; id < 300; id++) await quiet.write(row(id));
    const busySink = new MemorySink(columns);
    const busy = openBufferedWriter(busySink, { budget, blockBytes: 60 * 1024 });
    for (let id = 0; id < 2000; id++) await busy.write(row(id));
    await busy.close();
    expect(storedIds(busySink).length).toBe(2000);
    expect(quietSink.stored.size).toBeGreaterThan(0);
    await quiet.close();
    expect(storedIds(quietSink).length).toBe(300);
  });

  it("is given back by a writer that fails or is aborted", async () => {
    const budget = createMemoryBudget(100_000);
    const sink = new MemorySink(columns);
    sink.beforeStoring = () => {
      throw new Error("no");
    };
    const failing = openBufferedWriter(sink, { budget, maxRows: 2 });
    await failing.write(row(0));
    failing.write(row(1));
    await expect(failing.close()).rejects.toThrow("no");
    const aborted = openBufferedWriter(new MemorySink(columns), { budget });
    await aborted.write(row(0));
    await aborted.abort();
    expect(budget.usedBytes).toBe(0);
  });

  it("must have room for a block", () => {
    const sink = new MemorySink(columns);
    expect(() => openBufferedWriter(sink, { budget: 1000, blockBytes: 2000 })).toThrow(
      "Expected blocks that fit into the memory budget of 1000 bytes, got blockBytes 2000",
    );
    openBufferedWriter(sink, { blockBytes: 1024 * 1024 * 1024 });
  });
});

describe("giving up before the session's blocks are known", () => {
  it("breaks the listing off, so that nothing goes on behind an abort", async () => {
    const sink = new MemorySink(columns);
    sink.beforeListing = () => new Promise(() => {});
    const writer = openBufferedWriter(sink);
    writer.write({ id: 1n, note: "a" })?.catch(() => {});
    await writer.abort(new Error("enough"));
    expect(sink.listingSignal?.aborted).toBe(true);
  });
});

describe("block ids", () => {
  it("of several writers on one session object never collide", async () => {
    const sink = new MemorySink(columns);
    const writers = [1, 2, 3].map(() => openBufferedWriter(sink, { maxRows: 2 }));
    for (let id = 0; id < 60; id++) await writers[id % 3]?.write(row(id));
    const summaries = await Promise.all(writers.map((writer) => writer.close()));
    const ids = summaries.flatMap((summary) => summary.blockIds);
    expect(new Set(ids).size).toBe(30);
    expect(storedIds(sink).length).toBe(60);
  });

  it("leave alone what a session reopened by id holds already", async () => {
    const sink = new MemorySink(columns, [0, 1, 5]);
    const writer = openBufferedWriter(sink, { maxRows: 1 });
    for (let id = 0; id < 5; id++) await writer.write(row(id));
    expect((await writer.close()).blockIds).toEqual([2, 3, 4, 6, 7]);
  });

  it("running out refuses the row that has none, and loses none before it", async () => {
    const sink = new MemorySink(
      columns,
      Array.from({ length: 19_998 }, (_, id) => id),
    );
    const writer = openBufferedWriter(sink, { maxRows: 1 });
    await writer.write(row(0));
    await writer.write(row(1));
    expect(() => writer.write(row(2))).toThrow(
      "All block ids up to 19999 of this session are taken. This row was not accepted, every row before it was",
    );
    const summary = await writer.close();
    expect(summary.blockIds).toEqual([19_998, 19_999]);
    expect(sink.received.flatMap((block) => decodeRecords(columns, Buffer.concat(block.pieces)))).toEqual(
      [row(0), row(1)].map(({ id, note }) => ({ id: BigInt(id), note })),
    );
  });

  it("having run out before the first row fails that row's promise", async () => {
    const sink = new MemorySink(
      columns,
      Array.from({ length: 20_000 }, (_, id) => id),
    );
    const writer = openBufferedWriter(sink);
    await expect(writer.write(row(0))).rejects.toMatchObject({ code: "block-ids-exhausted" });
    await expect(writer.close()).rejects.toMatchObject({ code: "block-ids-exhausted" });
    expect(sink.received).toEqual([]);
  });

  it("number 20000 a session, not one more", async () => {
    const sink = new MemorySink(columns);
    const writer = openBufferedWriter(sink, { maxRows: 1, parallel: 50 });
    for (let id = 0; id < 20_000; id++) await writer.write({ id });
    expect(() => writer.write({ id: 20_000 })).toThrow("All block ids up to 19999 of this session are taken");
    const summary = await writer.close();
    expect(summary.blockIds).toEqual(Array.from({ length: 20_000 }, (_, id) => id));
    expect(summary.rows).toBe(20_000);
  });

  it("of an aborted writer's unsent block go to the next writer", async () => {
    const sink = new MemorySink(columns);
    const first = openBufferedWriter(sink);
    await first.write(row(0));
    await first.abort();
    const second = openBufferedWriter(sink);
    await second.write(row(1));
    expect((await second.close()).blockIds).toEqual([0]);
  });

  it("that cannot be learnt fail the writer before a row is sent", async () => {
    const sink = new MemorySink(columns);
    sink.beforeListing = () => {
      throw new Error("no answer");
    };
    const writer = openBufferedWriter(sink);
    await expect(writer.write(row(0))).rejects.toMatchObject({ code: "list-failed" });
    await expect(writer.close()).rejects.toThrow(
      "Could not list the blocks that the session holds: no answer",
    );
  });
});

describe("listing the session's blocks", () => {
  it("is not spoilt for others by a writer that is aborted meanwhile", async () => {
    const sink = new MemorySink(columns);
    const answer = gate();
    sink.beforeListing = () => answer.opened;
    const controller = new AbortController();
    const first = openBufferedWriter(sink, { signal: controller.signal });
    const second = openBufferedWriter(sink);
    const firstWrite = first.write(row(0));
    const secondWrite = second.write(row(1));
    const firstClose = first.close();
    controller.abort(new Error("stop"));
    await expect(firstWrite).rejects.toThrow("The writer was aborted: stop");
    await expect(firstClose).rejects.toThrow("The writer was aborted: stop");
    answer.open();
    await secondWrite;
    expect((await second.close()).blockIds).toEqual([0]);
    expect(sink.lists).toBe(1);
  });

  it("lets rows in that are written meanwhile, and seals them when it is done", async () => {
    const sink = new MemorySink(columns);
    const answer = gate();
    sink.beforeListing = () => answer.opened;
    const writer = openBufferedWriter(sink, { maxRows: 2 });
    for (let id = 0; id < 5; id++) writer.write(row(id));
    const closing = writer.close();
    answer.open();
    expect((await closing).rows).toBe(5);
    expect(storedIds(sink)).toEqual([0n, 1n, 2n, 3n, 4n]);
  });
});

describe("failure", () => {
  it("of one block aborts the others and is what the next call throws", async () => {
    const sink = new MemorySink(columns);
    const cause = Object.assign(new Error("put block: the service is down"), {
      name: "TunnelError",
      code: "server",
    });
    const door = gate();
    sink.beforeStoring = async (block) => {
      if (block.blockId === 0) return;
      if (block.blockId === 1) return door.opened;
      throw cause;
    };
    const writer = openBufferedWriter(sink, { maxRows: 1, parallel: 4 });
    await writer.write(row(0));
    await writer.write(row(1));
    await writer.write(row(2));
    await turn();
    let caught: unknown;
    try {
      writer.write(row(3));
    } catch (error) {
      caught = error;
    }
    expect(isWriterError(caught) && caught.code).toBe("block-failed");
    expect(caught).toMatchObject({ blockId: 2, storedBlockIds: [0], cause });
    expect(String(caught)).toContain("Block 2 (1 row) could not be stored: put block: the service is down");
    await expect(writer.flush()).rejects.toBe(caught);
    await expect(writer.close()).rejects.toBe(caught);
    expect(sink.block(1).options.signal?.aborted).toBe(true);
    expect(sink.stored).toEqual(new Set([0]));
    door.open();
  });

  it("wakes a write that is waiting", async () => {
    const sink = new MemorySink(columns);
    const door = gate();
    sink.beforeStoring = async () => {
      await door.opened;
      throw new Error("down");
    };
    const writer = openBufferedWriter(sink, { maxRows: 1, parallel: 1 });
    await writer.write(row(0));
    const wait = writer.write(row(1));
    door.open();
    await expect(wait).rejects.toThrow("Block 0 (1 row) could not be stored: down");
  });

  it("of the compressor is the block's failure", async () => {
    const sink = new MemorySink(columns);
    const broken = {
      contentEncoding: "zstd",
      compress: () => Promise.reject(new Error("out of memory")),
      stream: () => ({
        write: () => Promise.reject(new Error("out of memory")),
        flush: async () => [],
        end: async () => [],
        abort: () => {},
      }),
    };
    const writer = openBufferedWriter(sink, { compress: broken });
    await writer.write(row(0));
    await expect(writer.close()).rejects.toThrow("Block 0 (1 row) could not be stored: out of memory");
    expect(sink.received).toEqual([]);
  });

  it("to start the compressor refuses the row and takes no id", async () => {
    const broken = {
      contentEncoding: "zstd",
      compress: async () => [],
      stream: () => {
        throw new RangeError("level 99");
      },
    };
    const sink = new MemorySink(columns);
    const writer = openBufferedWriter(sink, { compress: broken });
    expect(() => writer.write(row(0))).toThrow("level 99");
    expect((await writer.close()).rows).toBe(0);
    const next = openBufferedWriter(sink);
    await next.write(row(0));
    expect((await next.close()).blockIds).toEqual([0]);
  });

  it("of a dead server is met by every one of 64 writers that share a budget, and frees it", async () => {
    const budget = createMemoryBudget(200_000);
    const results = await Promise.allSettled(
      Array.from({ length: 64 }, async () => {
        const sink = new MemorySink(columns);
        sink.beforeStoring = async () => {
          await turn();
          throw new Error("dead");
        };
        const writer = openBufferedWriter(sink, { budget });
        for (let id = 0; id < 500; id++) await writer.write(row(id));
        await writer.close();
      }),
    );
    for (const result of results) {
      expect(result.status === "rejected" && result.reason).toMatchObject({ code: "block-failed" });
    }
    expect(budget.usedBytes).toBe(0);
  });

  it("of a progress listener stops the writer", async () => {
    const writer = openBufferedWriter(new MemorySink(columns), {
      onProgress: watched(() => {
        throw new Error("display is gone");
      }),
    });
    await writer.write(row(0));
    await expect(writer.close()).rejects.toThrow(
      "onProgress threw, so the writer has stopped: display is gone",
    );
  });
});

describe("flush", () => {
  it("returns when every row so far is stored, and the writer goes on", async () => {
    const sink = new MemorySink(columns);
    const writer = openBufferedWriter(sink);
    await writer.write(row(0));
    await writer.write(row(1));
    await writer.flush();
    expect(storedIds(sink)).toEqual([0n, 1n]);
    await writer.write(row(2));
    expect((await writer.close()).blocks.map((block) => block.rows)).toEqual([2, 1]);
  });

  it("of nothing sends nothing", async () => {
    const sink = new MemorySink(columns);
    const writer = openBufferedWriter(sink);
    await writer.flush();
    await writer.flush();
    expect(sink.received).toEqual([]);
  });
});

describe("ending", () => {
  it("gives the same answer to every close, and refuses rows", async () => {
    const writer = openBufferedWriter(new MemorySink(columns));
    await writer.write(row(0));
    const [first, second] = await Promise.all([writer.close(), writer.close()]);
    expect(first).toBe(second);
    expect(await writer.close()).toBe(first);
    expect(() => writer.write(row(1))).toThrow("The writer has been closed; open another one for more rows");
    await expect(writer.flush()).rejects.toMatchObject({ code: "writer-closed" });
  });

  it("stores rows that were written without waiting", async () => {
    const sink = new MemorySink(columns);
    const writer = openBufferedWriter(sink, { maxRows: 2 });
    for (let id = 0; id < 9; id++) writer.write(row(id));
    expect((await writer.close()).rows).toBe(9);
    expect(storedIds(sink).length).toBe(9);
  });

  it("by abort drops what is not stored and waits until nothing is under way", async () => {
    const sink = new MemorySink(columns);
    const door = gate();
    sink.beforeStoring = (block) => (block.blockId === 0 ? undefined : door.opened);
    const writer = openBufferedWriter(sink, { maxRows: 1 });
    await writer.write(row(0));
    await writer.flush();
    await writer.write(row(1));
    await turn();
    await writer.abort(new Error("enough"));
    expect(sink.live).toBe(0);
    expect(sink.stored).toEqual(new Set([0]));
    expect(writer.storedBlockIds).toEqual([0]);
    expect(() => writer.write(row(2))).toThrow("The writer was aborted: enough");
    await expect(writer.close()).rejects.toMatchObject({ code: "aborted", storedBlockIds: [0] });
  });

  it("by leaving the scope is an abort unless the writer was closed", async () => {
    const sink = new MemorySink(columns);
    {
      await using writer = openBufferedWriter(sink);
      await writer.write(row(0));
    }
    expect(sink.stored.size).toBe(0);
    {
      await using writer = openBufferedWriter(sink);
      await writer.write(row(0));
      await writer.close();
    }
    expect(sink.stored.size).toBe(1);
  });

  it("by its signal stops everything", async () => {
    const controller = new AbortController();
    const sink = new MemorySink(columns);
    sink.beforeStoring = () => gate().opened;
    const writer = openBufferedWriter(sink, { signal: controller.signal, maxRows: 1 });
    await writer.write(row(0));
    controller.abort(new Error("stop"));
    expect(() => writer.write(row(1))).toThrow("The writer was aborted: stop");
    await writer.abort();
    expect(sink.live).toBe(0);
  });

  it("by a signal that was aborted before refuses the first row", () => {
    const writer = openBufferedWriter(new MemorySink(columns), {
      signal: AbortSignal.abort(new Error("stop")),
    });
    expect(() => writer.write(row(0))).toThrow("The writer was aborted: stop");
  });

  it("lets record writers have the ids again only where nothing was stored", async () => {
    const sink = new MemorySink(columns);
    const writer = openBufferedWriter(sink);
    await writer.write(row(0));
    await writer.close();
    expect(blockIdsOf(sink).take()).toBe(1);
  });
});

it.each<[string, object, string]>([
  ["parallel", { parallel: 0 }, "Expected parallel to be a whole number from 1 on, got 0"],
  ["parallel", { parallel: 1.5 }, "Expected parallel to be a whole number from 1 on, got 1.5"],
  ["blockBytes", { blockBytes: -1 }, "Expected blockBytes to be a whole number from 1 on, got -1"],
  ["maxRows", { maxRows: 0 }, "Expected maxRows to be a whole number from 1 on, got 0"],
  ["maxAgeMs", { maxAgeMs: Number.NaN }, "Expected maxAgeMs to be a whole number from 1 on, got NaN"],
  ["budget", { budget: 0 }, "Expected a memory budget of more than 0 bytes, got 0"],
])("refuses a wrong %s", (_, options, message) => {
  expect(() => openBufferedWriter(new MemorySink(columns), options)).toThrow(message);
});

describe("progress", () => {
  it("counts rows, bytes, blocks and retries, and tells of each block twice", async () => {
    const sink = new MemorySink(columns);
    sink.attempts = 3;
    const events: WriteProgressEvent[] = [];
    const writer = openBufferedWriter(sink, {
      maxRows: 2,
      onProgress: watched((event) => events.push(event)),
    });
    await writer.write(row(0));
    await writer.write(row(1));
    await writer.flush();
    await writer.write(row(2));
    const summary = await writer.close();
    expect(events.map((event) => [event.kind, event.block.blockId, event.block.rows])).toEqual([
      ["block-sealed", 0, 2],
      ["block-stored", 0, 2],
      ["block-sealed", 1, 1],
      ["block-stored", 1, 1],
    ]);
    const [first, , third] = events;
    expect(first?.kind === "block-sealed" && first.block).toMatchObject({ firstRow: 0, reason: "rows" });
    expect(third?.kind === "block-sealed" && third.block).toMatchObject({ firstRow: 2, reason: "flush" });
    expect(first?.progress).toMatchObject({ rows: 2, blocks: 0, blocksInFlight: 1 });
    expect(writer.progress).toEqual({
      rows: 3,
      bytes: summary.bytes,
      blocks: 2,
      storedRows: 3,
      storedBytes: summary.bytes,
      sentBytes: summary.bytes,
      blocksInFlight: 0,
      retries: 4,
    });
    expect(summary.retries).toBe(4);
  });
});
