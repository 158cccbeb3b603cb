import { decodeRecords } from "@maxcompute-tunnel/codec";
import { describe, expect, it } from "vitest";
import { MemorySink } from "../../test/memory-sink.ts";
import { openBufferedWriter } from "../buffered-writer.ts";
import { nodeDeflate } from "../node/zlib-compressors.ts";
import type { PutBlockOptions, PutBlockResult } from "./block-sink.ts";
import { createMemoryBudget } from "./memory-budget.ts";

const columns = [
  { name: "id", type: "bigint" },
  { name: "note", type: "string" },
] as const;
/** Sixteen chunks. */
const blockBytes = 256 * 1024;
const chunkBytes = blockBytes / 16;
const row = (id: number) => ({ id, note: `${id}:`.padEnd(1000, "x") });

/** Notes which memory each request was made of. */
class NotingSink extends MemorySink {
  readonly buffers: ArrayBufferLike[] = [];
  answer: Partial<PutBlockResult> = { attempts: 1 };

  override async putBlock(
    blockId: number,
    body: readonly Uint8Array[] | AsyncIterable<Uint8Array>,
    options?: PutBlockOptions,
  ): Promise<PutBlockResult> {
    if (!(Symbol.asyncIterator in body)) this.buffers.push(...body.map(({ buffer }) => buffer));
    await super.putBlock(blockId, body, options);
    return this.answer;
  }
}

/** Writes so many rows one after the other, the memory of each block in use until it is stored. */
async function write(sink: NotingSink, rows: number, options: Parameters<typeof openBufferedWriter>[1] = {}) {
  const writer = openBufferedWriter(sink, { blockBytes, parallel: 1, ...options });
  for (let id = 0; id < rows; id++) await writer.write(row(id));
  return writer;
}

describe("the memory of stored blocks", () => {
  it("is used again for the blocks to come, without touching what was sent", async () => {
    const sink = new NotingSink(columns);
    const writer = await write(sink, 3000);
    await writer.close();
    const full = sink.buffers.filter(({ byteLength }) => byteLength === chunkBytes);
    expect(full.length).toBeGreaterThan(150);
    // Two blocks' chunks at a time are all that there ever were.
    expect(new Set(full).size).toBeLessThanOrEqual(50);
    const stored = [...sink.stored].flatMap((id) => decodeRecords(columns, sink.bytesOf(id)));
    expect(stored.map(({ note }) => note).sort()).toEqual(
      Array.from({ length: 3000 }, (_, id) => row(id).note).sort(),
    );
  });

  it.each([
    ["a request was given up before the one that was answered", { attempts: 2 }],
    ["nobody says how many requests it took", {}],
  ])("is left alone when %s", async (_when, answer) => {
    const sink = new NotingSink(columns);
    sink.answer = answer;
    const writer = await write(sink, 1500);
    await writer.close();
    expect(new Set(sink.buffers).size).toBe(sink.buffers.length);
  });

  it("is left alone when the block was not stored, whose request may still be read", async () => {
    const sink = new NotingSink(columns);
    const budget = createMemoryBudget(4 * blockBytes);
    const other = openBufferedWriter(sink, { blockBytes, budget });
    await other.write(row(0));
    sink.beforeStoring = () => {
      throw new Error("refused");
    };
    await expect(write(sink, 1000, { budget })).rejects.toThrow("refused");
    expect([budget.spareBytes, sink.buffers.length > 0]).toEqual([0, true]);
    await other.abort();
  });

  it("is left alone when a compressor had it", async () => {
    const sink = new NotingSink(columns);
    const budget = createMemoryBudget(4 * blockBytes);
    const writer = await write(sink, 1000, { budget, compress: nodeDeflate() });
    await writer.flush();
    expect([budget.spareBytes, sink.stored.size > 0]).toEqual([0, true]);
    await writer.close();
  });

  it("goes from writer to writer on one budget, and goes altogether with the last of them", async () => {
    const sink = new NotingSink(columns);
    const budget = createMemoryBudget(4 * blockBytes);
    const first = await write(sink, 1000, { budget });
    const second = openBufferedWriter(sink, { blockBytes, budget });
    await second.write(row(0));
    await first.close();
    expect(budget.spareBytes).toBeGreaterThan(blockBytes / 2);
    expect(budget.spareBytes + budget.usedBytes).toBeLessThanOrEqual(budget.limitBytes);
    const known = new Set(sink.buffers);
    sink.buffers.length = 0;
    for (let id = 1; id < 200; id++) await second.write(row(id));
    await second.close();
    expect(sink.buffers.filter((buffer) => known.has(buffer)).length).toBeGreaterThan(5);
    expect([budget.spareBytes, budget.usedBytes]).toEqual([0, 0]);
  });
});

it("what waits to be used again gives way to new memory of another size", () => {
  const budget = createMemoryBudget(100);
  const holder = { sealableBytes: 0, departingBytes: 0, sealForMemory() {} };
  const account = budget.open(holder);
  account.take(60);
  account.recycle([new ArrayBuffer(20), new ArrayBuffer(20), new ArrayBuffer(20)]);
  account.take(-60);
  expect(account.reserve(20)).toBeUndefined();
  expect(account.takeSpare(20)?.byteLength).toBe(20);
  expect(budget.spareBytes).toBe(40);
  expect(account.reserve(50)).toBeUndefined();
  expect(account.takeSpare(50)).toBeUndefined();
  expect(budget.spareBytes).toBe(20);
});
