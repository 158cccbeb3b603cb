import { type RunningEmulator, startEmulator } from "@maxcompute-tunnel/emulator";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  createTunnel,
  isSessionError,
  isWriterError,
  type TableTunnel,
  type TunnelConfiguration,
  UploadSession,
} from "../src/index.ts";
import { faultFetch, serviceError } from "./fault-fetch.ts";

let emulator: RunningEmulator;
let tunnel: TableTunnel;
let table: string;
let tables = 0;

function tunnelWith(settings: Partial<TunnelConfiguration>): TableTunnel {
  return createTunnel({
    endpoint: emulator.endpoint,
    project: emulator.project,
    credentials: emulator,
    retry: { baseDelayMs: 1, maxDelayMs: 2 },
    ...settings,
  });
}

beforeAll(async () => {
  emulator = await startEmulator();
  tunnel = tunnelWith({});
});

afterAll(async () => {
  await tunnel.close();
  await emulator.close();
});

beforeEach(async () => {
  table = `orders_${++tables}`;
  await emulator.createTable(`create table ${table} (id bigint, note string)`);
});

async function storeBlock(session: UploadSession, blockId: number, ...ids: number[]): Promise<void> {
  const writer = await session.openRecordWriter(blockId);
  for (const id of ids) await writer.write({ id });
  await writer.close();
}

async function idsInTable(): Promise<unknown[]> {
  return (await emulator.readRows(table)).map((row) => row["id"]).sort();
}

describe("Life cycle: begins with the creation of the upload instance and ends with the completion", () => {
  it("shows rows only after the commit", async () => {
    const session = await tunnel.createUploadSession(table);
    await storeBlock(session, 0, 1, 2);
    expect(await idsInTable()).toEqual([]);
    await session.commit([0]);
    expect(await idsInTable()).toEqual([1n, 2n]);
  });
});

describe("Create: by the constructor or using the TableTunnel; the server generates a unique UploadId", () => {
  it("gives every session an id of its own, which getId returns", async () => {
    const [one, two] = await Promise.all([
      tunnel.createUploadSession(table),
      UploadSession.create(tunnel.connection, { project: emulator.project, table }),
    ]);
    expect(one.getId()).toMatch(/^\d{14}/);
    expect(one.getId()).not.toBe(two.getId());
  });

  it("takes a session up again by its id", async () => {
    const session = await tunnel.createUploadSession(table);
    await storeBlock(session, 0, 1);
    const again = await tunnel.getUploadSession(table, session.getId());
    expect(again.getId()).toBe(session.getId());
    await storeBlock(again, 1, 2);
    await again.commit([0, 1]);
    expect(await idsInTable()).toEqual([1n, 2n]);
  });

  it("is asynchronous, since a constructor cannot wait: a missing table rejects the promise", async () => {
    await expect(tunnel.createUploadSession("no_such_table")).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("Upload data: openRecordWriter; the blockId lies in [0, 20000]", () => {
  it("writes a block under the id that the caller names", async () => {
    const session = await tunnel.createUploadSession(table);
    await storeBlock(session, 19999, 1);
    expect(await session.getBlockList()).toEqual([19999]);
  });

  it("sends 20000 as the reference allows, and tells of the service's refusal", async () => {
    const session = await tunnel.createUploadSession(table);
    const writer = await session.openRecordWriter(20000);
    writer.write({ id: 1 });
    await expect(writer.close()).rejects.toMatchObject({
      name: "WriterError",
      code: "block-failed",
      blockId: 20000,
    });
    expect(emulator.requests.at(-1)?.url).toContain("blockid=20000");
  });

  it("refuses ids outside without asking the service", async () => {
    const session = await tunnel.createUploadSession(table);
    await expect(session.openRecordWriter(20001)).rejects.toMatchObject({ code: "invalid-block-id" });
    await expect(session.openRecordWriter(-1)).rejects.toMatchObject({ code: "invalid-block-id" });
  });
});

describe("If the data upload fails, use the BlockId to re-upload it", () => {
  it("stores the rows of the second try, once", async () => {
    let cut = true;
    const faulty = tunnelWith({
      fetch: faultFetch({
        before: (request) => {
          if (request.method !== "PUT" || !cut) return undefined;
          cut = false;
          return new TypeError("fetch failed", {
            cause: Object.assign(new Error("reset"), { code: "ECONNRESET" }),
          });
        },
      }),
    });
    const session = await faulty.createUploadSession(table);
    const writer = await session.openRecordWriter(3);
    writer.write({ id: 1 });
    await expect(writer.close()).rejects.toMatchObject({ code: "connection-lost", blockId: 3 });
    expect(() => writer.write({ id: 2 })).toThrow(
      "open a new record writer on block 3 and write all of its rows again",
    );
    await storeBlock(session, 3, 1);
    await session.commit([3]);
    expect(await idsInTable()).toEqual([1n]);
  });
});

describe("View upload: getStatus and getBlockList", () => {
  it("lists the blocks that arrived, so that the others can be sent again", async () => {
    const session = await tunnel.createUploadSession(table);
    const wanted = [0, 1, 2];
    await storeBlock(session, 0, 1);
    await storeBlock(session, 2, 3);
    const arrived = await session.getBlockList();
    const failed = wanted.filter((blockId) => !arrived.includes(blockId));
    expect(failed).toEqual([1]);
    await storeBlock(session, 1, 2);
    await session.commit(wanted);
    expect(await idsInTable()).toEqual([1n, 2n, 3n]);
  });
});

describe("End upload: commit(blocks); the server verifies the list", () => {
  it("is refused when the list names a block that the server lacks, and names it", async () => {
    const session = await tunnel.createUploadSession(table);
    await storeBlock(session, 0, 1);
    await expect(session.commit([0, 1])).rejects.toMatchObject({
      code: "block-list-differs",
      missing: [1],
      unexpected: [],
    });
    expect(await idsInTable()).toEqual([]);
  });

  it("is refused when the server holds a block that the list does not name", async () => {
    const session = await tunnel.createUploadSession(table);
    await storeBlock(session, 0, 1);
    await storeBlock(session, 7, 2);
    await expect(session.commit([0])).rejects.toMatchObject({
      code: "block-list-differs",
      missing: [],
      unexpected: [7],
    });
  });

  it("may be tried again after it failed", async () => {
    const session = await tunnel.createUploadSession(table);
    await storeBlock(session, 0, 1);
    await expect(session.commit([0, 1])).rejects.toThrow();
    await storeBlock(session, 1, 2);
    await session.commit([0, 1]);
    expect(await idsInTable()).toEqual([1n, 2n]);
  });

  it("whose answer is lost is found out about, not repeated blindly", async () => {
    let lost = 0;
    const faulty = tunnelWith({
      fetch: faultFetch({
        after: async (request, response) => {
          if (request.method !== "POST" || !request.url.includes("uploadid=")) return response;
          await response.body?.cancel();
          lost += 1;
          return new TypeError("fetch failed", {
            cause: Object.assign(new Error("reset"), { code: "ECONNRESET" }),
          });
        },
      }),
    });
    const session = await faulty.createUploadSession(table);
    await storeBlock(session, 0, 1);
    await session.commit([0]);
    expect(lost).toBe(1);
    expect(await idsInTable()).toEqual([1n]);
  });

  it("takes 64-bit block ids too, as the reference's Long[]", async () => {
    const session = await tunnel.createUploadSession(table);
    await storeBlock(session, 0, 1);
    await session.commit([0n]);
    expect(await idsInTable()).toEqual([1n]);
  });
});

describe("Seven kinds of status", () => {
  it("NORMAL: the upload was created successfully", async () => {
    expect(await (await tunnel.createUploadSession(table)).getStatus()).toBe("NORMAL");
  });

  it("CLOSED: the upload is complete", async () => {
    const session = await tunnel.createUploadSession(table);
    await session.commit([]);
    expect(await session.getStatus()).toBe("CLOSED");
  });

  it("EXPIRED: the session has timed out, after 24 hours", async () => {
    const own = await startEmulator({ tables: ["create table t (id bigint)"] });
    try {
      await using ownTunnel = createTunnel({
        endpoint: own.endpoint,
        project: own.project,
        credentials: own,
      });
      const session = await ownTunnel.createUploadSession("t");
      own.clock.advance(24 * 3_600_000 - 60_000);
      expect(await session.getStatus()).toBe("NORMAL");
      own.clock.advance(60_001);
      expect(await session.getStatus()).toBe("EXPIRED");
      const writer = session.openBufferedWriter();
      await expect(
        (async () => {
          await writer.write({ id: 1 });
          await writer.close();
        })(),
      ).rejects.toSatisfy((error) => isWriterError(error) && isSessionError(error.cause));
    } finally {
      await own.close();
    }
  });

  it.each(["UNKNOWN", "CLOSING", "CANCELED", "CRITICAL"])("%s: as the server says", async (status) => {
    const other = tunnelWith({
      fetch: faultFetch({
        after: async (request, response) => {
          if (request.method !== "GET" || !request.url.includes("uploadid=")) return response;
          const document = (await response.json()) as object;
          return Response.json({ ...document, Status: status.toLowerCase() }, { headers: response.headers });
        },
      }),
    });
    expect(await (await other.createUploadSession(table)).getStatus()).toBe(status);
  });
});

describe("Note: the blockIds in the same UploadSession must be unique", () => {
  it("refuses a second writer on a block that is being written", async () => {
    const session = await tunnel.createUploadSession(table);
    const first = await session.openRecordWriter(5);
    await expect(session.openRecordWriter(5)).rejects.toMatchObject({ code: "block-in-use", blockId: 5 });
    await first.abort();
  });

  it("refuses another writer on a block that is stored, unless it is to be replaced", async () => {
    const session = await tunnel.createUploadSession(table);
    await storeBlock(session, 5, 1);
    await expect(session.openRecordWriter(5)).rejects.toMatchObject({ code: "block-exists", blockId: 5 });
    const replacing = await session.openRecordWriter(5, { replace: true });
    replacing.write({ id: 2 });
    await replacing.close();
    await session.commit([5]);
    expect(await idsInTable()).toEqual([2n]);
  });

  it("refuses it also on a session taken up by id", async () => {
    const session = await tunnel.createUploadSession(table);
    await storeBlock(session, 5, 1);
    const again = await tunnel.getUploadSession(table, session.getId());
    await expect(again.openRecordWriter(5)).rejects.toMatchObject({ code: "block-exists" });
    const buffered = again.openBufferedWriter({ maxRows: 1 });
    for (let id = 0; id < 7; id++) await buffered.write({ id });
    expect((await buffered.close()).blockIds).toEqual([0, 1, 2, 3, 4, 6, 7]);
  });
});

describe("Note: the maximum size of a block is 100 GB, preferably more than 64 MB", () => {
  it("refuses the row that would go beyond, and keeps the block", async () => {
    const session = await tunnel.createUploadSession(table);
    const writer = await session.openRecordWriter(0, { maxBlockBytes: 1000 });
    await writer.write({ id: 1, note: "x".repeat(1000) });
    expect(() => writer.write({ id: 2 })).toThrow("Block 0 has reached 1000 bytes, the largest block");
    expect((await writer.close()).rows).toBe(1);
  });

  it("makes buffered blocks of more than 64 MB by default", async () => {
    const session = await tunnel.createUploadSession(table);
    const writer = session.openBufferedWriter();
    const note = "x".repeat(1_000_000);
    for (let id = 0; id < 70; id++) await writer.write({ id, note });
    const { blocks } = await writer.close();
    expect(blocks.length).toBe(2);
    expect(blocks[0]?.bytes).toBeGreaterThan(64_000_000);
  });
});

describe("Note: if no network action happens within 120 seconds, the server closes the connection", () => {
  it("lets rows wait for at most 30 s, so that it does not come to that while there are rows", async () => {
    const timers: { readonly callback: () => void; readonly delayMs: number }[] = [];
    const clock = {
      now: () => 0,
      startTimer: (callback: () => void, delayMs: number) => {
        timers.push({ callback, delayMs });
        return () => {};
      },
    };
    const session = await tunnel.createUploadSession(table);
    const writer = await session.openRecordWriter(0, { clock });
    writer.write({ id: 1 });
    expect(timers.map((timer) => timer.delayMs)).toEqual([30_000]);
    timers[0]?.callback();
    writer.write({ id: 2 });
    expect(timers.length).toBe(2);
    await writer.close();
    await session.commit([0]);
    expect(await idsInTable()).toEqual([1n, 2n]);
  });

  it("makes the writer unavailable; a new one on the same block takes its place", async () => {
    const session = await tunnel.createUploadSession(table);
    const writer = await session.openRecordWriter(0, { sendBytes: 10 });
    writer.write({ id: 1, note: "on its way" });
    await expect.poll(() => cutIdleConnections(writer), { timeout: 5000 }).toBe("connection-lost");
    await expect(writer.close()).rejects.toMatchObject({ code: "connection-lost" });
    await storeBlock(session, 0, 1, 2);
    await session.commit([0]);
    expect(await idsInTable()).toEqual([1n, 2n]);
  });

  /** Puts the server's clock forward by 120 s and says what the writer thinks of it. */
  function cutIdleConnections(writer: { write(row: object): unknown }): string | undefined {
    emulator.clock.advance(120_000);
    try {
      writer.write({ id: 2 });
      return undefined;
    } catch (error) {
      return isWriterError(error) ? error.code : String(error);
    }
  }
});

describe("Note: openBufferedWriter is recommended; it hides blockIds and retries automatically", () => {
  it("stores everything although requests fail on the way", async () => {
    let puts = 0;
    const faulty = tunnelWith({
      fetch: faultFetch({
        before: (request) => {
          if (request.method !== "PUT" || ++puts % 2 === 0) return undefined;
          return serviceError(503, "ServiceUnavailable", "try again");
        },
      }),
    });
    const session = await faulty.createUploadSession(table);
    const writer = session.openBufferedWriter({ maxRows: 10, parallel: 1 });
    for (let id = 0; id < 50; id++) await writer.write({ id });
    const { blockIds, retries, rows } = await writer.close();
    expect({ rows, retries, puts }).toEqual({ rows: 50, retries: 5, puts: 10 });
    await session.commit(blockIds);
    expect((await idsInTable()).length).toBe(50);
  });

  it("compresses with deflate when called with true", async () => {
    const session = await tunnel.createUploadSession(table);
    const writer = session.openBufferedWriter(true);
    for (let id = 0; id < 1000; id++) await writer.write({ id, note: "the same again and again" });
    const { blockIds, bytes, sentBytes } = await writer.close();
    expect(sentBytes).toBeLessThan(bytes / 2);
    await session.commit(blockIds);
    expect((await emulator.readRows(table)).length).toBe(1000);
  });
});

describe("The other methods of the interface", () => {
  it("getSchema gives the table's columns", async () => {
    const schema = (await tunnel.createUploadSession(table)).getSchema();
    expect(schema.columns.map(({ name, type }) => ({ name, type }))).toEqual([
      { name: "id", type: "bigint" },
      { name: "note", type: "string" },
    ]);
    expect(schema.partitionKeys).toEqual([]);
  });

  it("newRecord gives a record that both writers take, again and again", async () => {
    const session = await tunnel.createUploadSession(table);
    const record = session.newRecord();
    const streamed = await session.openRecordWriter(0, true);
    streamed.write(record.set("ID", 1n).set("note", "streamed"));
    await streamed.close();
    const buffered = session.openBufferedWriter();
    for (const id of [2n, 3n]) await buffered.write(record.clear().set(0, id));
    const { blockIds } = await buffered.close();
    await session.commit([0, ...blockIds]);
    expect(await emulator.readRows(table)).toEqual([
      { id: 1n, note: "streamed" },
      { id: 2n, note: null },
      { id: 3n, note: null },
    ]);
  });

  it("newRecord gives records that go together with rows", async () => {
    const session = await tunnel.createUploadSession(table);
    const record = (id: bigint) => session.newRecord().set("id", id).set("note", "record");
    const mixed = [record(1n), { id: 3n, note: "row" }, [4n, "array"], record(2n)] as const;
    const streamed = await session.openRecordWriter(0);
    await streamed.writeRows(mixed);
    await streamed.close();
    const buffered = session.openBufferedWriter();
    await buffered.writeRows(mixed);
    const { blockIds } = await buffered.close();
    await session.commit([0, ...blockIds]);
    const rows = [
      { id: 1n, note: "record" },
      { id: 3n, note: "row" },
      { id: 4n, note: "array" },
      { id: 2n, note: "record" },
    ];
    expect(await emulator.readRows(table)).toEqual([...rows, ...rows]);
  });
});
