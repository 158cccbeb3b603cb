import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { decodeRecords } from "@maxcompute-tunnel/codec";
import { expect, it } from "vitest";
import { gate, MemorySink, turn } from "../../test/memory-sink.ts";
import { openBufferedWriter } from "../buffered-writer.ts";
import { openRecordWriter } from "../record-writer.ts";
import { toNodeWritable } from "./writable.ts";

const columns = [{ name: "id", type: "bigint" }] as const;

function rows(count: number): Readable {
  return Readable.from(Array.from({ length: count }, (_, id) => ({ id })));
}

it("takes rows from a pipeline, and closes the writer with it", async () => {
  const sink = new MemorySink(columns);
  const writer = openBufferedWriter<{ id: number }>(sink, { maxRows: 2 });
  await pipeline(rows(3), toNodeWritable(writer));
  expect((await writer.close()).blocks.map((block) => block.rows)).toEqual([2, 1]);
  expect(decodeRecords(columns, sink.bytesOf(0))).toEqual([{ id: 0n }, { id: 1n }]);
});

it("works over a record writer as well", async () => {
  const writer = await openRecordWriter<{ id: number }>(new MemorySink(columns), 7);
  await pipeline(rows(3), toNodeWritable(writer));
  expect((await writer.close()).rows).toBe(3);
});

it("holds the source back while blocks cannot leave", async () => {
  const sink = new MemorySink(columns);
  const door = gate();
  sink.beforeStoring = () => door.opened;
  let pulled = 0;
  async function* source() {
    for (; pulled < 200; pulled++) yield { id: pulled };
  }
  const writer = openBufferedWriter<{ id: number }>(sink, { maxRows: 1, parallel: 2 });
  const piping = pipeline(Readable.from(source(), { highWaterMark: 1 }), toNodeWritable(writer));
  for (let i = 0; i < 50; i++) await turn();
  // A few rows sit in the two streams' own buffers; the rest stays in the source.
  expect(pulled).toBeLessThan(40);
  door.open();
  await piping;
  expect((await writer.close()).rows).toBe(200);
});

it("aborts the writer when a row cannot be encoded", async () => {
  const sink = new MemorySink(columns);
  const writer = openBufferedWriter<{ id: unknown }>(sink);
  const source = Readable.from([{ id: 1 }, { id: "wrong" }, { id: 3 }]);
  await expect(pipeline(source, toNodeWritable(writer))).rejects.toThrow(/row 1, column id/);
  await expect(writer.close()).rejects.toMatchObject({ code: "aborted" });
  expect(sink.stored.size).toBe(0);
});

it("aborts the writer when the source fails", async () => {
  const sink = new MemorySink(columns);
  const writer = openBufferedWriter<{ id: number }>(sink);
  async function* source() {
    yield { id: 1 };
    throw new Error("the source is gone");
  }
  await expect(pipeline(source(), toNodeWritable(writer))).rejects.toThrow("the source is gone");
  await expect(writer.close()).rejects.toMatchObject({ code: "aborted" });
  expect(sink.stored.size).toBe(0);
});

it("fails the pipeline when a block cannot be stored", async () => {
  const sink = new MemorySink(columns);
  sink.beforeStoring = () => {
    throw new Error("the service is down");
  };
  const writer = openBufferedWriter<{ id: number }>(sink);
  await expect(pipeline(rows(1), toNodeWritable(writer))).rejects.toThrow("the service is down");
});
