import { decodeRecords } from "@maxcompute-tunnel/codec";
import type { ArrowBatchLike } from "@maxcompute-tunnel/codec/arrow";
import { describe, expect, it } from "vitest";
import { gate, MemorySink, turn } from "../../test/memory-sink.ts";
import { openArrowWriter } from "./arrow-writer.ts";

const columns = [{ name: "id", type: "int" }] as const;

/** A batch with one column of 64-bit integers, as `apache-arrow` would hold it. */
function batchOf(ids: Iterable<number>): ArrowBatchLike {
  const values = BigInt64Array.from([...ids].map(BigInt));
  const type = { typeId: 2, bitWidth: 64, isSigned: true };
  const child = { type, length: values.length, offset: 0, nullCount: 0, values, children: [] };
  return { numRows: values.length, schema: { fields: [{ name: "ID", type }] }, data: { children: [child] } };
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

function storedIds(sink: MemorySink): number[] {
  return [...sink.stored]
    .sort((a, b) => a - b)
    .flatMap((blockId) => decodeRecords(columns, sink.bytesOf(blockId)).map((row) => row.id as number));
}

describe("a writer for Arrow batches", () => {
  it("stores every row once, in order, over blocks of about the bytes asked for", async () => {
    const sink = new MemorySink(columns);
    const writer = openArrowWriter(sink, { blockBytes: 100_000 });
    for (let start = 0; start < 50_000; start += 10_000) {
      await writer.write(batchOf(numbers(10_000).map((index) => start + index)));
    }
    const { rows, blocks } = await writer.close();
    expect(rows).toBe(50_000);
    expect(blocks.length).toBeGreaterThan(3);
    for (const block of blocks.slice(0, -1)) {
      expect(block.bytes).toBeGreaterThanOrEqual(100_000);
      expect(block.bytes).toBeLessThan(100_000 + 1024 * 16);
    }
    expect(storedIds(sink)).toEqual(numbers(50_000));
  });

  it("cuts blocks at exactly the rows asked for", async () => {
    const sink = new MemorySink(columns);
    const writer = openArrowWriter(sink, { maxRows: 1500 });
    await writer.write(batchOf(numbers(4000)));
    await writer.write(batchOf(numbers(600)));
    const { blocks } = await writer.close();
    expect(blocks.map((block) => block.rows)).toEqual([1500, 1500, 1500, 100]);
  });

  it("refuses a row by its place in the batch, keeps those before it, and goes on behind it", async () => {
    const sink = new MemorySink(columns);
    const writer = openArrowWriter(sink);
    const batch = batchOf([1, 2, 3_000_000_000, 4, 5_000_000_000]);
    await expect(writer.write(batch)).rejects.toMatchObject({ code: "out-of-range", row: 2, column: "id" });
    expect(writer.progress.rows).toBe(2);
    await expect(writer.write(batch, 3)).rejects.toMatchObject({ code: "out-of-range", row: 4 });
    expect((await writer.close()).rows).toBe(3);
    expect(storedIds(sink)).toEqual([1, 2, 4]);
  });

  it("takes nothing of a batch that begins with a row it refuses, nor of one of another shape", async () => {
    const sink = new MemorySink(columns);
    const writer = openArrowWriter(sink);
    await expect(writer.write(batchOf([3_000_000_000, 1]))).rejects.toMatchObject({ row: 0 });
    const other = { ...batchOf([1]), schema: { fields: [{ name: "other", type: { typeId: 5 } }] } };
    await expect(writer.write(other)).rejects.toMatchObject({ code: "unknown-property" });
    const summary = await writer.close();
    expect([summary.rows, summary.blockIds]).toEqual([0, []]);
  });

  it("waits in the middle of a batch when memory is short", async () => {
    const sink = new MemorySink(columns);
    const storing = gate();
    sink.beforeStoring = () => storing.opened;
    const writer = openArrowWriter(sink, { budget: 64 * 1024, parallel: 1 });
    let isWritten = false;
    const written = writer.write(batchOf(numbers(100_000))).then(() => {
      isWritten = true;
    });
    await turn();
    await turn();
    expect(isWritten).toBe(false);
    expect(writer.progress.rows).toBeLessThan(20_000);
    storing.open();
    await written;
    expect((await writer.close()).rows).toBe(100_000);
    expect(storedIds(sink)).toEqual(numbers(100_000));
  });

  it("serves calls one after the other", async () => {
    const sink = new MemorySink(columns);
    const writer = openArrowWriter(sink, { blockBytes: 20_000 });
    void writer.write(batchOf(numbers(9000)));
    void writer.write(batchOf(numbers(9000).map((index) => 9000 + index)));
    await writer.close();
    expect(storedIds(sink)).toEqual(numbers(18_000));
  });
});
