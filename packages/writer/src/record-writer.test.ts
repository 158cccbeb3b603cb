import { inflateSync } from "node:zlib";
import { decodeRecords } from "@maxcompute-tunnel/codec";
import { describe, expect, it } from "vitest";
import { ManualClock } from "../test/manual-clock.ts";
import { gate, MemorySink, turn } from "../test/memory-sink.ts";
import { openBufferedWriter } from "./buffered-writer.ts";
import { isWriterError } from "./errors.ts";
import { nodeDeflate } from "./node/zlib-compressors.ts";
import { openRecordWriter } from "./record-writer.ts";

const columns = [
  { name: "id", type: "bigint" },
  { name: "note", type: "string" },
] as const;

function networkError(message: string): Error {
  return Object.assign(new Error(message), { name: "TunnelError", code: "network" });
}

describe("a refusal by a session that is over", () => {
  it("sends its rows to a new session, not to the same block again", async () => {
    const sink = new MemorySink(columns);
    sink.beforeStoring = () => {
      throw Object.assign(new Error("put block 5: the session is committed."), { code: "session-closed" });
    };
    const writer = await openRecordWriter(sink, 5);
    writer.write({ id: 1n, note: "a" });
    await expect(writer.close()).rejects.toThrow(
      "Block 5 was refused: put block 5: the session is committed. This writer cannot be used any more; create a new session for these rows",
    );
  });
});

describe("a refusal of the block id", () => {
  it("asks for another one", async () => {
    const sink = new MemorySink(columns);
    sink.beforeStoring = () => {
      throw Object.assign(new Error("put block 20000: one too many"), { code: "invalid-block-id" });
    };
    const writer = await openRecordWriter(sink, 20000);
    await expect(writer.close()).rejects.toThrow("open a new record writer on another block for these rows");
  });
});

describe("streaming", () => {
  it("sends one block whose bytes are a whole record pack", async () => {
    const sink = new MemorySink(columns);
    const writer = await openRecordWriter(sink, 4);
    writer.write({ id: 1n, note: "a" });
    writer.write([2n, "b"]);
    const block = await writer.close();
    expect(block).toMatchObject({ blockId: 4, rows: 2, attempts: 1, requestId: "request-4" });
    expect(block.bytes).toBe(sink.bytesOf(4).byteLength);
    expect(block.sentBytes).toBe(block.bytes);
    expect(sink.block(4).kind).toBe("stream");
    expect(decodeRecords(columns, sink.bytesOf(4))).toEqual([
      { id: 1n, note: "a" },
      { id: 2n, note: "b" },
    ]);
  });

  it("sends 256 KB at a time while rows come in, and the rest at the end", async () => {
    const sink = new MemorySink(columns);
    const writer = await openRecordWriter(sink, 0);
    for (let id = 0n; id < 1100n; id++) {
      await writer.write({ id, note: "x".repeat(1000) });
      if (id % 100n === 0n) await turn();
    }
    await turn();
    const sizes = sink.block(0).pieces.map((piece) => piece.byteLength);
    expect(sizes.length).toBe(4);
    for (const size of sizes) {
      expect(size).toBeGreaterThanOrEqual(256 * 1024);
      expect(size).toBeLessThan(256 * 1024 + 1100);
    }
    await writer.close();
    expect(decodeRecords(columns, sink.bytesOf(0)).length).toBe(1100);
  });

  it("sends rows written together as it sends them one by one, up to one that cannot be encoded", async () => {
    const rows = Array.from({ length: 3000 }, (_, id) => ({ id, note: "x".repeat(id % 900) }));
    const [alone, together] = [new MemorySink(columns), new MemorySink(columns)];
    const one = await openRecordWriter(alone, 0);
    for (const row of rows) await one.write(row);
    const many = await openRecordWriter(together, 0);
    const spoilt = rows.with(2500, { id: 2500, note: "\ud83d" });
    const written = async (): Promise<void> => many.writeRows(spoilt);
    await expect(written()).rejects.toMatchObject({ code: "invalid-text" });
    expect(many.recordCount).toBe(2500);
    await many.writeRows(rows.slice(2500));
    expect(await many.close()).toEqual(await one.close());
    expect(together.bytesOf(0)).toEqual(alone.bytesOf(0));
    expect(together.block(0).pieces.length).toBeGreaterThan(4);
    await expect(async () => many.writeRows(rows)).rejects.toMatchObject({ code: "writer-closed" });
  });

  it("opens the connection with the first bytes, not before", async () => {
    const sink = new MemorySink(columns);
    const writer = await openRecordWriter(sink, 0);
    writer.write({ id: 1n });
    await turn();
    expect(sink.received).toEqual([]);
    await writer.close();
  });

  it("tells the session how many rows went into the block, once they are known", async () => {
    const sink = new MemorySink(columns);
    const writer = await openRecordWriter(sink, 0);
    for (let i = 0; i < 3; i++) writer.write({ id: i });
    await writer.close();
    const { recordCount } = sink.block(0).options;
    expect(typeof recordCount === "function" ? recordCount() : recordCount).toBe(3);
  });

  it("stores an empty block when there was no row", async () => {
    const sink = new MemorySink(columns);
    const writer = await openRecordWriter(sink, 0);
    expect((await writer.close()).rows).toBe(0);
    expect(decodeRecords(columns, sink.bytesOf(0))).toEqual([]);
  });

  it("compresses on the way when asked", async () => {
    const sink = new MemorySink(columns);
    const writer = await openRecordWriter(sink, 0, { compress: nodeDeflate() });
    for (let id = 0n; id < 2000n; id++) await writer.write({ id, note: "x".repeat(1000) });
    const block = await writer.close();
    expect(sink.block(0).options.contentEncoding).toBe("deflate");
    expect(block.bytes).toBeGreaterThan(2_000_000);
    expect(block.sentBytes).toBe(sink.bytesOf(0).byteLength);
    expect(block.sentBytes).toBeLessThan(100_000);
    expect(decodeRecords(columns, inflateSync(sink.bytesOf(0))).length).toBe(2000);
  });
});

describe("rows that trickle", () => {
  it("leave after 30 s, however few they are", async () => {
    const clock = new ManualClock();
    const sink = new MemorySink(columns);
    const writer = await openRecordWriter(sink, 0, { clock });
    writer.write({ id: 1n, note: "early" });
    clock.advance(29_999);
    await turn();
    expect(sink.received).toEqual([]);
    clock.advance(1);
    await turn();
    expect(sink.block(0).pieces.length).toBe(1);
    writer.write({ id: 2n, note: "later" });
    clock.advance(30_000);
    await turn();
    expect(sink.block(0).pieces.length).toBe(2);
    await writer.close();
    expect(decodeRecords(columns, sink.bytesOf(0)).length).toBe(2);
  });

  it("are flushed out of the compressor too", async () => {
    const clock = new ManualClock();
    const sink = new MemorySink(columns);
    const writer = await openRecordWriter(sink, 0, { clock, compress: nodeDeflate() });
    writer.write({ id: 1n, note: "early" });
    clock.advance(30_000);
    await expect.poll(() => sink.received[0]?.pieces.length).toBe(1);
    await writer.close();
    expect(decodeRecords(columns, inflateSync(sink.bytesOf(0)))).toEqual([{ id: 1n, note: "early" }]);
  });

  it("never wait in a compressor that has swallowed more than 256 KB of them", async () => {
    const clock = new ManualClock();
    const sink = new MemorySink(columns);
    const writer = await openRecordWriter(sink, 0, { clock, compress: nodeDeflate(), sendBytes: 1000 });
    for (let i = 0; i < 50; i++) writer.write({ id: i, note: "x".repeat(100) });
    clock.advance(30_000);
    await expect.poll(() => sink.received[0]?.pieces.length ?? 0).toBeGreaterThan(0);
    await writer.abort();
  });

  it("leave no timer behind", async () => {
    const clock = new ManualClock();
    const writer = await openRecordWriter(new MemorySink(columns), 0, { clock });
    writer.write({ id: 1n });
    expect(clock.pendingTimers).toBe(1);
    await writer.close();
    expect(clock.pendingTimers).toBe(0);
  });
});

describe("back-pressure", () => {
  it("holds the caller back while the connection takes nothing, and memory stays where it is", async () => {
    const sink = new MemorySink(columns);
    const taken = gate();
    sink.putBlock = async (blockId, body) => {
      if (!(Symbol.asyncIterator in body)) throw new Error("expected a stream");
      await taken.opened;
      for await (const piece of body) void piece;
      return { requestId: `request-${blockId}` };
    };
    const writer = await openRecordWriter(sink, 0, { sendBytes: 1000 });
    let wait: Promise<void> | undefined;
    let rows = 0;
    while (wait === undefined) {
      wait = writer.write({ id: rows, note: "x".repeat(100) });
      rows += 1;
    }
    // Two pieces of a little more than 1000 bytes wait; 18 rows of 118 bytes fill them.
    expect(rows).toBe(18);
    taken.open();
    await wait;
    await writer.close();
  });
});

describe("a connection that dies", () => {
  async function deadWriter(cause: Error) {
    const sink = new MemorySink(columns);
    sink.putBlock = async () => {
      throw cause;
    };
    const writer = await openRecordWriter(sink, 9, { sendBytes: 100 });
    writer.write({ id: 1n, note: "x".repeat(200) });
    await turn();
    return { sink, writer };
  }

  it("makes every later call say so, and what to do", async () => {
    const cause = networkError("put block: the connection was closed");
    const { writer } = await deadWriter(cause);
    const advice = "open a new record writer on block 9 and write all of its rows again";
    let caught: unknown;
    try {
      writer.write({ id: 2n });
    } catch (error) {
      caught = error;
    }
    expect(isWriterError(caught) && caught.code).toBe("connection-lost");
    expect(caught).toMatchObject({ blockId: 9, cause });
    expect(String(caught)).toContain(advice);
    await expect(writer.close()).rejects.toBe(caught);
    expect(() => writer.write({ id: 3n })).toThrow(advice);
  });

  it("rejects the write that was waiting", async () => {
    const sink = new MemorySink(columns);
    const cut = gate();
    sink.putBlock = async () => {
      await cut.opened;
      throw networkError("reset");
    };
    const writer = await openRecordWriter(sink, 0, { sendBytes: 100 });
    let wait: Promise<void> | undefined;
    while (wait === undefined) wait = writer.write({ id: 1n, note: "x".repeat(90) });
    cut.open();
    await expect(wait).rejects.toThrow("lost its connection: reset");
  });

  it("is told apart from a server that refuses the block", async () => {
    const { writer } = await deadWriter(Object.assign(new Error("expired"), { code: "session-expired" }));
    await expect(writer.close()).rejects.toMatchObject({ code: "block-failed", blockId: 9 });
  });

  it("leaves the id free for the next try", async () => {
    const { sink } = await deadWriter(networkError("reset"));
    sink.putBlock = MemorySink.prototype.putBlock;
    const again = await openRecordWriter(sink, 9);
    again.write({ id: 1n });
    expect((await again.close()).blockId).toBe(9);
  });
});

describe("block ids", () => {
  it("that the server holds already need replace: true", async () => {
    const sink = new MemorySink(columns, [3]);
    await expect(openRecordWriter(sink, 3)).rejects.toMatchObject({ code: "block-exists", blockId: 3 });
    const writer = await openRecordWriter(sink, 3, { replace: true });
    writer.write({ id: 1n });
    await writer.close();
    expect(sink.received.length).toBe(1);
  });

  it("belong to one live writer of the session object", async () => {
    const sink = new MemorySink(columns);
    const first = await openRecordWriter(sink, 3);
    await expect(openRecordWriter(sink, 3)).rejects.toMatchObject({ code: "block-in-use" });
    await expect(openRecordWriter(sink, 3, { replace: true })).rejects.toMatchObject({
      code: "block-in-use",
    });
    await first.close();
    await expect(openRecordWriter(sink, 3)).rejects.toMatchObject({ code: "block-exists" });
  });

  it("that a buffered writer is filling are in use as well", async () => {
    const sink = new MemorySink(columns);
    const buffered = openBufferedWriter(sink);
    await buffered.write({ id: 1n });
    await expect(openRecordWriter(sink, 0)).rejects.toMatchObject({ code: "block-in-use", blockId: 0 });
    await buffered.close();
  });

  it("range from 0 to 20000", async () => {
    const sink = new MemorySink(columns);
    await expect(openRecordWriter(sink, 20001)).rejects.toMatchObject({ code: "invalid-block-id" });
    await expect(openRecordWriter(sink, -1)).rejects.toMatchObject({ code: "invalid-block-id" });
    await (await openRecordWriter(sink, 20000)).close();
    expect(sink.stored).toEqual(new Set([20000]));
  });

  it("are free again when the list could not be had", async () => {
    const sink = new MemorySink(columns);
    sink.beforeListing = () => {
      throw new Error("no answer");
    };
    await expect(openRecordWriter(sink, 3)).rejects.toMatchObject({ code: "list-failed" });
    sink.beforeListing = () => {};
    await (await openRecordWriter(sink, 3)).close();
  });
});

describe("ending", () => {
  it("gives the same answer to every close", async () => {
    const writer = await openRecordWriter(new MemorySink(columns), 0);
    writer.write({ id: 1n });
    expect(await writer.close()).toBe(await writer.close());
    expect(() => writer.write({ id: 2n })).toThrow("The writer has been closed");
  });

  it("by abort breaks the request off, so that no block is stored", async () => {
    const sink = new MemorySink(columns);
    const writer = await openRecordWriter(sink, 0, { sendBytes: 10 });
    writer.write({ id: 1n, note: "x".repeat(100) });
    await turn();
    await writer.abort(new Error("changed my mind"));
    expect(sink.stored.size).toBe(0);
    await expect(writer.close()).rejects.toMatchObject({ code: "aborted" });
    expect(() => writer.write({ id: 2n })).toThrow("The writer was aborted: changed my mind");
  });

  it("by leaving the scope without close is an abort", async () => {
    const sink = new MemorySink(columns);
    {
      await using writer = await openRecordWriter(sink, 0, { sendBytes: 10 });
      writer.write({ id: 1n, note: "x".repeat(100) });
      await turn();
    }
    expect(sink.stored.size).toBe(0);
  });

  it("by leaving the scope after close changes nothing", async () => {
    const sink = new MemorySink(columns);
    {
      await using writer = await openRecordWriter(sink, 0);
      writer.write({ id: 1n });
      await writer.close();
    }
    expect(sink.stored).toEqual(new Set([0]));
  });

  it("by its signal stops the request", async () => {
    const sink = new MemorySink(columns);
    const controller = new AbortController();
    const writer = await openRecordWriter(sink, 0, { signal: controller.signal, sendBytes: 10 });
    writer.write({ id: 1n, note: "x".repeat(100) });
    await turn();
    controller.abort(new Error("stop"));
    expect(() => writer.write({ id: 2n })).toThrow("The writer was aborted: stop");
    await writer.abort();
    expect(sink.stored.size).toBe(0);
  });
});

describe("rows that cannot be written", () => {
  it("throw at once and leave the block as it was", async () => {
    const sink = new MemorySink(columns);
    const writer = await openRecordWriter(sink, 0);
    writer.write({ id: 1n, note: "kept" });
    expect(() => writer.write({ id: "no number" })).toThrow(/row 1, column id/);
    expect(writer.recordCount).toBe(1);
    await writer.close();
    expect(decodeRecords(columns, sink.bytesOf(0))).toEqual([{ id: 1n, note: "kept" }]);
  });

  it("are refused beyond the largest block, which can still be closed", async () => {
    const sink = new MemorySink(columns);
    const writer = await openRecordWriter(sink, 0, { maxBlockBytes: 300 });
    writer.write({ id: 1n, note: "x".repeat(300) });
    expect(() => writer.write({ id: 2n })).toThrow("Block 0 has reached 300 bytes, the largest block");
    expect((await writer.close()).rows).toBe(1);
  });

  it("are refused beyond the largest block together too, and those before them are in it", async () => {
    const sink = new MemorySink(columns);
    const writer = await openRecordWriter(sink, 0, { maxBlockBytes: 30_000 });
    const rows = Array.from({ length: 1000 }, (_, id) => ({ id, note: "x".repeat(90) }));
    const written = async (): Promise<void> => writer.writeRows(rows);
    await expect(written()).rejects.toThrow("Block 0 has reached 30000 bytes, the largest block");
    const { recordCount } = writer;
    expect((await writer.close()).rows).toBe(recordCount);
    const stored = decodeRecords(columns, sink.bytesOf(0));
    expect(stored.map(({ id }) => id)).toEqual(rows.slice(0, recordCount).map(({ id }) => BigInt(id)));
    expect(recordCount).toBeGreaterThan(250);
    expect(recordCount).toBeLessThan(350);
  });
});
