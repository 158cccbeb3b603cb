import { decodeRecords } from "@maxcompute-tunnel/codec";
import { expect, it } from "vitest";
import { gate, MemorySink, turn } from "../test/memory-sink.ts";
import { openBufferedWriter } from "./buffered-writer.ts";
import { openRecordWriter } from "./record-writer.ts";
import { toWritableStream } from "./web-writable.ts";

const columns = [{ name: "id", type: "bigint" }] as const;

function streamOf<Row>(rows: readonly Row[]): ReadableStream<Row> {
  return new ReadableStream({
    start(controller) {
      for (const row of rows) controller.enqueue(row);
      controller.close();
    },
  });
}

function rowsFrom(ids: readonly number[]): ReadableStream<{ id: number }> {
  return streamOf(ids.map((id) => ({ id })));
}

it("takes rows from a stream that is piped into it, and closes the writer with it", async () => {
  const sink = new MemorySink(columns);
  const writer = openBufferedWriter<{ id: number }>(sink, { maxRows: 2 });
  await rowsFrom([1, 2, 3]).pipeTo(toWritableStream(writer));
  expect((await writer.close()).blocks.map((block) => block.rows)).toEqual([2, 1]);
  expect(decodeRecords(columns, sink.bytesOf(0))).toEqual([{ id: 1n }, { id: 2n }]);
});

it("works over a record writer as well", async () => {
  const sink = new MemorySink(columns);
  const writer = await openRecordWriter<{ id: number }>(sink, 7);
  await rowsFrom([1, 2, 3]).pipeTo(toWritableStream(writer));
  expect((await writer.close()).rows).toBe(3);
});

it("holds the source back while blocks cannot leave", async () => {
  const sink = new MemorySink(columns);
  const door = gate();
  sink.beforeStoring = () => door.opened;
  let pulled = 0;
  const source = new ReadableStream<{ id: number }>(
    {
      pull(controller) {
        pulled += 1;
        if (pulled > 100) controller.close();
        else controller.enqueue({ id: pulled });
      },
    },
    { highWaterMark: 0 },
  );
  const writer = openBufferedWriter<{ id: number }>(sink, { maxRows: 1, parallel: 2 });
  const piping = source.pipeTo(toWritableStream(writer));
  for (let i = 0; i < 20; i++) await turn();
  expect(pulled).toBeLessThan(6);
  door.open();
  await piping;
  expect((await writer.close()).rows).toBe(100);
});

it("aborts the writer when a row cannot be encoded", async () => {
  const sink = new MemorySink(columns);
  const writer = openBufferedWriter<{ id: unknown }>(sink);
  const source = streamOf<{ id: unknown }>([{ id: 1 }, { id: "wrong" }, { id: 3 }]);
  await expect(source.pipeTo(toWritableStream(writer))).rejects.toThrow(/row 1, column id/);
  await expect(writer.close()).rejects.toMatchObject({ code: "aborted" });
  expect(sink.stored.size).toBe(0);
});

it("aborts the writer when the source fails", async () => {
  const sink = new MemorySink(columns);
  const writer = openBufferedWriter<{ id: number }>(sink);
  const source = new ReadableStream<{ id: number }>({
    start(controller) {
      controller.enqueue({ id: 1 });
    },
    pull(controller) {
      controller.error(new Error("the source is gone"));
    },
  });
  await expect(source.pipeTo(toWritableStream(writer))).rejects.toThrow("the source is gone");
  await expect(writer.close()).rejects.toMatchObject({ code: "aborted" });
  expect(sink.stored.size).toBe(0);
});

it("fails the pipe when a block cannot be stored", async () => {
  const sink = new MemorySink(columns);
  sink.beforeStoring = () => {
    throw new Error("the service is down");
  };
  const writer = openBufferedWriter<{ id: number }>(sink);
  await expect(rowsFrom([1]).pipeTo(toWritableStream(writer))).rejects.toThrow("the service is down");
});
