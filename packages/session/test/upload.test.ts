import { type RunningEmulator, startEmulator } from "@maxcompute-tunnel/emulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createUploadSession, resumeUploadSession, type TableName } from "../src/index.ts";
import { connectTo, failure } from "./support/connection.ts";
import { oneRow, threeRows } from "./support/packs.ts";

let emulator: RunningEmulator;
beforeAll(async () => {
  emulator = await startEmulator({ project: "proj" });
});
afterAll(() => emulator.close());

let tables = 0;
/** A table of its own for each test. */
async function newTable(partitioned?: "partitioned"): Promise<TableName> {
  const table = `t${++tables}`;
  const keys = partitioned ? " partitioned by (pt string, region string)" : "";
  await emulator.createTable(`create table ${table} (id bigint, name string)${keys}`);
  return { project: "proj", table };
}

const rows = [
  { id: 1n, name: "a" },
  { id: 2n, name: null },
  { id: null, name: "c" },
];

async function* stream(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

describe("an upload session", () => {
  it("puts blocks in memory and streamed, lists them and commits them", async () => {
    const connection = connectTo(emulator.endpoint);
    const table = await newTable();
    const session = await createUploadSession(connection, table);
    expect(session.id).toMatch(/^\d{8}/);
    expect(session.schema).toEqual({
      columns: [
        expect.objectContaining({ name: "id", type: "bigint", nullable: true }),
        expect.objectContaining({ name: "name", type: "string", nullable: true }),
      ],
      partitionKeys: [],
    });
    expect(await session.status()).toBe("NORMAL");
    expect(await session.listBlocks()).toEqual([]);

    const stored = await session.putBlock(0, threeRows, { recordCount: 3 });
    expect(stored).toMatchObject({ blockId: 0, byteLength: 51, recordCount: 3, attempts: 1 });
    const streamed = await session.putBlock(7, stream(oneRow), { recordCount: () => 1 });
    expect(streamed).toMatchObject({ blockId: 7, byteLength: 28, recordCount: 1, attempts: 1 });
    expect((await session.listBlocks()).map(({ blockId, recordCount }) => [blockId, recordCount])).toEqual([
      [0, 3],
      [7, 1],
    ]);

    const receipt = await session.commit([7, 0]);
    expect(receipt).toMatchObject({
      sessionId: session.id,
      blockIds: [0, 7],
      recordCount: 4,
      confirmedBy: "answer",
      posts: 1,
    });
    expect(await session.status()).toBe("CLOSED");
    expect(await emulator.readRows(table.table)).toEqual([...rows, { id: 1n, name: "a" }]);
  });

  it("is committed once, however often it is asked for", async () => {
    const table = await newTable();
    const session = await createUploadSession(connectTo(emulator.endpoint), table);
    await session.putBlock(0, oneRow);
    const [first, second] = await Promise.all([session.commit([0]), session.commit()]);
    expect(first).toMatchObject({ confirmedBy: "answer", posts: 1 });
    expect(second).toMatchObject({ confirmedBy: "earlier-commit", posts: 0, blockIds: [0] });
    const other = await failure(session.commit([0, 1]));
    expect(other).toMatchObject({
      code: "block-list-differs",
      missing: [1],
      unexpected: [],
      status: "CLOSED",
    });
    expect(await emulator.readRows(table.table)).toHaveLength(1);
  });

  it("names the blocks that differ, both ways, and commits nothing", async () => {
    const table = await newTable();
    const session = await createUploadSession(connectTo(emulator.endpoint), table);
    for (const id of [0, 2, 3]) await session.putBlock(id, oneRow);
    const error = await failure(session.commit([0, 1, 5]));
    expect(error).toMatchObject({
      code: "block-list-differs",
      missing: [1, 5],
      unexpected: [2, 3],
      commitsPosted: 0,
    });
    expect(error.message).toBe(
      `commit upload session ${session.id}: the server lacks blocks 1, 5; it holds blocks 2-3 that the list does not name; ` +
        "nothing was committed",
    );
    expect(await session.status()).toBe("NORMAL");
    expect(await emulator.readRows(table.table)).toEqual([]);
  });

  it("notices a block whose rows are not those that were written", async () => {
    const table = await newTable();
    const session = await createUploadSession(connectTo(emulator.endpoint), table);
    await session.putBlock(0, threeRows, { recordCount: 4 });
    const error = await failure(session.commit([0]));
    expect(error).toMatchObject({
      code: "record-count-differs",
      recordCounts: [{ blockId: 0, expected: 4, stored: 3 }],
    });
    expect(error.message).toContain("block 0 holds 3 rows where 4 were written; nothing was committed");

    await session.putBlock(0, threeRows, { recordCount: 3 });
    expect(await session.commit([0])).toMatchObject({ recordCount: 3 });
  });

  it("compares row counts from notes of an earlier process", async () => {
    const table = await newTable();
    const connection = connectTo(emulator.endpoint);
    const first = await createUploadSession(connection, table);
    await first.putBlock(0, threeRows);
    const resumed = await resumeUploadSession(connection, table, first.id);
    expect(resumed.opened).toMatchObject({ status: "NORMAL", blocks: [{ blockId: 0, recordCount: 3 }] });
    const error = await failure(resumed.commit([0], { expectedRecordCounts: new Map([[0, 2]]) }));
    expect(error.code).toBe("record-count-differs");
    expect(await resumed.commit([0], { expectedRecordCounts: new Map([[0, 3]]) })).toMatchObject({
      posts: 1,
    });
  });

  it("without a list commits what the server holds, and insists on what it wrote itself", async () => {
    const table = await newTable();
    const connection = connectTo(emulator.endpoint);
    const one = await createUploadSession(connection, table);
    const two = await resumeUploadSession(connection, table, one.id);
    await one.putBlock(0, oneRow);
    await two.putBlock(1, oneRow);
    expect(await two.commit()).toMatchObject({ blockIds: [0, 1], recordCount: 2 });
    expect(await one.commit()).toMatchObject({ blockIds: [0, 1], confirmedBy: "earlier-commit", posts: 0 });
  });

  it("commits without any block", async () => {
    const table = await newTable();
    const session = await createUploadSession(connectTo(emulator.endpoint), table);
    expect(await session.commit([])).toMatchObject({ blockIds: [], recordCount: 0 });
    expect(await emulator.readRows(table.table)).toEqual([]);
  });

  it("replaces what the table held, when asked to overwrite", async () => {
    const table = await newTable();
    for (const overwrite of [false, false, true]) {
      const session = await createUploadSession(connectTo(emulator.endpoint), table, { overwrite });
      await session.putBlock(0, oneRow);
      await session.commit([0]);
    }
    expect(await emulator.readRows(table.table)).toHaveLength(1);
  });

  it("sends block id 20000, which the service refuses, and no other beyond the range", async () => {
    const table = await newTable();
    const session = await createUploadSession(connectTo(emulator.endpoint), table);
    await session.putBlock(19_999, oneRow);
    const before = emulator.requests.length;
    const refused = await failure(session.putBlock(20_000, oneRow));
    expect(refused).toMatchObject({
      code: "invalid-block-id",
      blockId: 20_000,
      serviceCode: "InvalidBlockID",
    });
    expect(refused.message).toBe(
      "put block 20000: block id 20000 is one too many: the service takes ids from 0 to 19999",
    );
    expect(emulator.requests.length).toBe(before + 1);
    const local = await failure(session.putBlock(20_001, oneRow));
    expect(local).toMatchObject({ code: "invalid-block-id", serviceCode: undefined });
    expect(emulator.requests.length).toBe(before + 1);
  });

  it("refuses a block without bytes before anything is sent", async () => {
    const session = await createUploadSession(connectTo(emulator.endpoint), await newTable());
    const before = emulator.requests.length;
    expect((await failure(session.putBlock(0, [new Uint8Array(0)]))).code).toBe("invalid-argument");
    const bare = oneRow[0] as unknown as readonly Uint8Array[];
    expect((await failure(session.putBlock(0, bare))).message).toBe(
      "Expected block 0 as a list of chunks or as a stream",
    );
    expect((await failure(session.putBlock(0, oneRow, { contentEncoding: "a\r\nb: c" }))).code).toBe(
      "invalid-argument",
    );
    expect(emulator.requests.length).toBe(before);
  });

  it("says that a committed session takes no more blocks", async () => {
    const session = await createUploadSession(connectTo(emulator.endpoint), await newTable());
    await session.commit([]);
    const error = await failure(session.putBlock(0, oneRow));
    expect(error).toMatchObject({ code: "session-closed", status: "CLOSED", serviceCode: "StatusConflict" });
    expect(error.message).toBe(
      "put block 0: the session is committed and takes no more blocks; the block was not stored",
    );
  });

  it("says that a session is older than 24 hours", async () => {
    await using own = await startEmulator({
      project: "proj",
      tables: ["create table t (id bigint, name string)"],
    });
    const session = await createUploadSession(connectTo(own.endpoint), { project: "proj", table: "t" });
    await session.putBlock(0, oneRow);
    expect(session.expiresAt?.getTime()).toBeGreaterThan(Date.now() + 23 * 3_600_000);
    own.clock.advance(24 * 3_600_000 + 1000);
    const late = await failure(session.putBlock(1, oneRow));
    expect(late).toMatchObject({ code: "session-expired", status: "EXPIRED" });
    expect(late.message).toBe("put block 1: the session is older than 24 hours; the block was not stored");
    expect((await failure(session.commit([0]))).code).toBe("session-expired");
  });

  it("says that there is no such session", async () => {
    const table = await newTable();
    const error = await failure(resumeUploadSession(connectTo(emulator.endpoint), table, "20240102nothing"));
    expect(error).toMatchObject({
      code: "no-such-session",
      sessionId: "20240102nothing",
      serviceCode: "NoSuchUpload",
    });
    expect(error.message).toContain(
      `the service has no session 20240102nothing on table proj.${table.table}`,
    );
  });

  it("finds a table by its schema in the three-level model", async () => {
    const table = await newTable();
    const session = await createUploadSession(connectTo(emulator.endpoint), { ...table, schema: "default" });
    await session.putBlock(0, oneRow);
    await session.commit([0]);
    expect(emulator.requests.at(-1)?.url).toContain(`/projects/proj/schemas/default/tables/${table.table}?`);
    expect(await emulator.readRows(table.table)).toEqual([{ id: 1n, name: "a" }]);
  });

  it("leaves an unknown table to the caller as the service told it", async () => {
    const call = createUploadSession(connectTo(emulator.endpoint), { project: "proj", table: "nowhere" });
    await expect(call).rejects.toMatchObject({
      name: "TunnelError",
      code: "not-found",
      serviceCode: "NoSuchTable",
    });
  });
});

describe("a partitioned table", () => {
  it("takes a partition however it is written, and creates it when asked", async () => {
    const connection = connectTo(emulator.endpoint);
    const table = await newTable("partitioned");
    const session = await createUploadSession(connection, table, {
      partition: `pt='20240102' / region="cn"`,
      createPartition: true,
    });
    expect(session.partition).toBe("pt=20240102,region=cn");
    await session.putBlock(0, threeRows);
    const resumed = await resumeUploadSession(connection, table, session.id, {
      partition: [
        { name: "pt", value: "20240102" },
        { name: "region", value: "cn" },
      ],
    });
    await resumed.commit([0]);
    expect(await emulator.readRows(table.table, "pt=20240102,region=cn")).toEqual(rows);
  });

  it("says that the partition is missing", async () => {
    const table = await newTable("partitioned");
    const error = await failure(createUploadSession(connectTo(emulator.endpoint), table));
    expect(error).toMatchObject({ code: "missing-partition", table: `proj.${table.table}` });
    expect(error.message).toContain(`table proj.${table.table} is partitioned: say which partition`);
  });

  it("says what the keys are when the partition does not fit", async () => {
    const table = await newTable("partitioned");
    for (const partition of ["pt=1", "region=cn,pt=1", "x=1,y=2"]) {
      const call = createUploadSession(connectTo(emulator.endpoint), table, {
        partition,
        createPartition: true,
      });
      expect((await failure(call)).code).toBe("invalid-partition");
    }
    const plain = await newTable();
    const call = createUploadSession(connectTo(emulator.endpoint), plain, { partition: "pt=1" });
    expect((await failure(call)).code).toBe("invalid-partition");
  });

  it("leaves a partition that does not exist to the caller as the service told it", async () => {
    const table = await newTable("partitioned");
    const call = createUploadSession(connectTo(emulator.endpoint), table, { partition: "pt=1,region=cn" });
    await expect(call).rejects.toMatchObject({ code: "not-found", serviceCode: "NoSuchPartition" });
  });
});
