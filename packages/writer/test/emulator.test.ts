import { type RunningEmulator, startEmulator } from "@maxcompute-tunnel/emulator";
import {
  createUploadSession,
  resumeUploadSession,
  type TableName,
  type TunnelConnection,
} from "@maxcompute-tunnel/session";
import { createTransport } from "@maxcompute-tunnel/transport";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openArrowWriter } from "../src/arrow/index.ts";
import {
  createMemoryBudget,
  openBufferedWriter,
  openRecordWriter,
  webDeflate,
  writeAll,
} from "../src/index.ts";
import { nodeDeflate, nodeLz4, nodeSnappy, nodeZstd } from "../src/node/index.ts";

let emulator: RunningEmulator;
let connection: TunnelConnection;
let table: TableName;
let tables = 0;

beforeAll(async () => {
  emulator = await startEmulator();
  const { accessKeyId, accessKeySecret } = emulator;
  connection = {
    endpoint: emulator.endpoint,
    transport: createTransport({ credentials: { kind: "access-key", accessKeyId, accessKeySecret } }),
  };
});

afterAll(() => emulator.close());

beforeEach(async () => {
  table = { project: emulator.project, table: `t${++tables}` };
  await emulator.createTable(`create table ${table.table} (id bigint, note string)`);
});

function* rows(from: number, count: number) {
  for (let id = from; id < from + count; id++) yield { id, note: `note ${id % 100}` };
}

async function idsInTable(): Promise<number[]> {
  const ids = (await emulator.readRows(table.table)).map((row) => Number(row["id"]));
  return ids.sort((a, b) => a - b);
}

const counting = (count: number) => Array.from({ length: count }, (_, id) => id);

describe("a writer for Arrow batches", () => {
  it("loads them beside one for rows, with text that a batch holds as bytes", async () => {
    const session = await createUploadSession(connection, table);
    const arrow = openArrowWriter(session, { blockBytes: 50_000, compress: true });
    const plain = openBufferedWriter(session, { blockBytes: 50_000 });
    await Promise.all([arrow.write(batchOf(counting(10_000))), writeAll(plain, rows(10_000, 2000))]);
    const summaries = await Promise.all([arrow.close(), plain.close()]);
    expect(summaries.map((summary) => summary.rows)).toEqual([10_000, 2000]);
    expect((await session.commit(summaries.flatMap((summary) => summary.blockIds))).recordCount).toBe(12_000);
    expect(await idsInTable()).toEqual(counting(12_000));
    const notes = (await emulator.readRows(table.table)).map((row) => row["note"]);
    expect(new Set(notes).size).toBe(100);
  });
});

/** A batch of ids and notes, as `apache-arrow` holds them. */
function batchOf(ids: readonly number[]) {
  const notes = [...rows(0, ids.length)].map(({ note }) => Buffer.from(note));
  const ends = [0];
  for (const note of notes) ends.push(ends.at(-1)! + note.length);
  const slice = { length: ids.length, offset: 0, nullCount: 0, children: [] };
  const int64 = { typeId: 2, bitWidth: 64, isSigned: true };
  const utf8 = { typeId: 5 };
  const id = { ...slice, type: int64, values: BigInt64Array.from(ids, BigInt) };
  const note = {
    ...slice,
    type: utf8,
    values: new Uint8Array(Buffer.concat(notes)),
    valueOffsets: Int32Array.from(ends),
  };
  const fields = [
    { name: "id", type: int64 },
    { name: "note", type: utf8 },
  ];
  return { numRows: ids.length, schema: { fields }, data: { children: [id, note] } };
}

describe("buffered writers on one session", () => {
  it("load every row once", async () => {
    const session = await createUploadSession(connection, table);
    const budget = createMemoryBudget(300_000);
    const summaries = await Promise.all(
      counting(5).map(async (part) => {
        const writer = openBufferedWriter(session, { budget, blockBytes: 20_000 });
        await writeAll(writer, rows(part * 4000, 4000));
        return writer.close();
      }),
    );
    const ids = summaries.flatMap((summary) => summary.blockIds);
    expect(ids.length).toBeGreaterThan(20);
    const receipt = await session.commit(ids);
    expect(receipt.recordCount).toBe(20_000);
    expect(await idsInTable()).toEqual(counting(20_000));
  });

  it("and on the same session reopened by id never collide", async () => {
    const session = await createUploadSession(connection, table);
    const first = openBufferedWriter(session, { maxRows: 10 });
    await writeAll(first, rows(0, 35));
    const firstIds = (await first.close()).blockIds;
    const again = await resumeUploadSession(connection, table, session.id);
    const second = openBufferedWriter(again, { maxRows: 10 });
    await writeAll(second, rows(35, 25));
    const secondIds = (await second.close()).blockIds;
    expect([...firstIds, ...secondIds]).toEqual([0, 1, 2, 3, 4, 5, 6]);
    await again.commit([...firstIds, ...secondIds]);
    expect(await idsInTable()).toEqual(counting(60));
  });
});

describe("every compression is one the service reads", () => {
  it.each([
    ["deflate of the platform", async () => true as const],
    ["deflate of the web", async () => webDeflate()],
    ["deflate of node:zlib", async () => nodeDeflate({ level: 6 })],
    ["zstd", async () => nodeZstd()],
    ["snappy", nodeSnappy],
    ["lz4", nodeLz4],
  ])("%s, in blocks and streamed", async (_, make) => {
    const compress = await make();
    const session = await createUploadSession(connection, table);
    const buffered = openBufferedWriter(session, { compress, blockBytes: 30_000 });
    await writeAll(buffered, rows(0, 5000));
    const { blockIds, bytes, sentBytes } = await buffered.close();
    expect(blockIds.length).toBeGreaterThan(2);
    expect(sentBytes).toBeLessThan(bytes);
    const streamed = await openRecordWriter(session, 100, { compress, sendBytes: 5000 });
    await writeAll(streamed, rows(5000, 5000));
    await streamed.close();
    await session.commit([...blockIds, 100]);
    expect(await idsInTable()).toEqual(counting(10_000));
  });
});

describe("a streamed block", () => {
  it("that is broken off is not stored, and its id can be used again", async () => {
    const session = await createUploadSession(connection, table);
    const writer = await openRecordWriter(session, 0, { sendBytes: 100 });
    await writeAll(writer, rows(0, 100));
    await writer.abort();
    expect(await session.listBlocks()).toEqual([]);
    const again = await openRecordWriter(session, 0);
    await writeAll(again, rows(0, 50));
    await again.close();
    await session.commit([0]);
    expect(await idsInTable()).toEqual(counting(50));
  });

  it("has its rows compared with the server's count at commit", async () => {
    const session = await createUploadSession(connection, table);
    const writer = await openRecordWriter(session, 0);
    await writeAll(writer, rows(0, 10));
    const block = await writer.close();
    expect(block.rows).toBe(10);
    expect((await session.commit([0])).recordCount).toBe(10);
  });
});
