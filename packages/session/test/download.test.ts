import { brotliCompressSync, deflateSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { type RunningEmulator, startEmulator } from "@maxcompute-tunnel/emulator";
import { type Answer, inTurn, json, serve } from "@maxcompute-tunnel/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createDownloadSession,
  createUploadSession,
  type Decompressor,
  resumeDownloadSession,
  type TableName,
} from "../src/index.ts";
import { refusal } from "./support/answers.ts";
import { connectTo, failure } from "./support/connection.ts";
import { threeRows } from "./support/packs.ts";

const table: TableName = { project: "proj", table: "t" };
const pack = Buffer.concat(threeRows);

async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Buffer> {
  return Buffer.from(await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer());
}

let emulator: RunningEmulator;
beforeAll(async () => {
  emulator = await startEmulator({ project: "proj", tables: ["create table t (id bigint, name string)"] });
  const session = await createUploadSession(connectTo(emulator.endpoint), table);
  await session.putBlock(0, threeRows);
  await session.commit([0]);
});
afterAll(() => emulator.close());

describe("a download session", () => {
  it("reads rows by range, as the bytes of a record pack", async () => {
    const session = await createDownloadSession(connectTo(emulator.endpoint), table);
    expect(session.recordCount).toBe(3);
    expect(session.schema.columns.map(({ name }) => name)).toEqual(["id", "name"]);
    expect(session.expiresAt?.getTime()).toBeGreaterThan(Date.now() + 23 * 3_600_000);
    expect(await session.status()).toBe("NORMAL");
    // The rows as they were sent; the server adds its metrics before the last checksum.
    const whole = await bytesOf(await session.read(0, 3));
    expect(whole.subarray(0, 35)).toEqual(pack.subarray(0, 35));
    const second = await bytesOf(await session.read(1, 1));
    expect(second.subarray(0, 11)).toEqual(pack.subarray(14, 25));
  });

  it("asks for columns by the table's own spelling, in the wanted order", async () => {
    const session = await createDownloadSession(connectTo(emulator.endpoint), table);
    const names = await bytesOf(await session.read(0, 1, { columns: ["NAME"] }));
    expect(names.subarray(0, 3).toString("hex")).toBe("0a0161");
    expect(emulator.requests.at(-1)?.url).toContain("columns=name");
    for (const columns of [["nothing"], [], ["id", "ID"]]) {
      expect((await failure(session.read(0, 1, { columns }))).code).toBe("invalid-argument");
    }
  });

  it("is reopened by its id", async () => {
    const connection = connectTo(emulator.endpoint);
    const { id } = await createDownloadSession(connection, table);
    const session = await resumeDownloadSession(connection, table, id);
    expect((await bytesOf(await session.read(0, 3))).subarray(0, 35)).toEqual(pack.subarray(0, 35));
    expect((await failure(resumeDownloadSession(connection, table, "20240102nothing"))).code).toBe(
      "no-such-session",
    );
  });

  it.each([
    [-1, 1],
    [0, -1],
    [4, 1],
    [0.5, 1],
    [0, Number.NaN],
  ])("refuses rows from %d, %d of them, before anything is sent", async (start, count) => {
    const session = await createDownloadSession(connectTo(emulator.endpoint), table);
    const before = emulator.requests.length;
    const error = await failure(session.read(start, count));
    expect(error.code).toBe("invalid-row-range");
    expect(error.message).toBe(`Expected rows within 0..3, got start ${start} and count ${count}`);
    expect(emulator.requests.length).toBe(before);
  });

  it("reads what the emulator compresses with deflate, which fetch takes off itself", async () => {
    const session = await createDownloadSession(connectTo(emulator.endpoint), table);
    const bytes = await bytesOf(await session.read(0, 3, { acceptEncoding: ["deflate"] }));
    expect(bytes.subarray(0, 35)).toEqual(pack.subarray(0, 35));
  });
});

const downloadAnswer = (more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  DownloadID: "d1",
  Status: "normal",
  RecordCount: 3,
  Schema: { columns: [{ name: "id", type: "bigint" }], partitionKeys: [] },
  ...more,
});

const compressed =
  (encoding: string, body: Uint8Array): Answer =>
  (_, response) => {
    response.writeHead(200, { "content-encoding": encoding });
    response.end(body);
  };

describe("a compressed answer", () => {
  const upperCased: Decompressor = (body) =>
    body.pipeThrough(
      new TransformStream({
        transform: (chunk: Uint8Array, controller) => controller.enqueue(chunk.map((byte) => byte ^ 0xff)),
      }),
    );
  const flipped = pack.map((byte) => byte ^ 0xff);

  it.each([
    ["deflate", deflateSync(pack)],
    ["br", brotliCompressSync(pack)],
  ])("in %s comes out plain", async (encoding, body) => {
    await using server = await serve(inTurn(json(downloadAnswer()), compressed(encoding, body)));
    const session = await createDownloadSession(connectTo(server.endpoint), table);
    expect(await bytesOf(await session.read(0, 3, { acceptEncoding: [encoding] }))).toEqual(pack);
    expect(server.seen.at(-1)?.headers["accept-encoding"]).toBe(encoding);
  });

  it("goes through the decoder that was brought for it", async () => {
    await using server = await serve(inTurn(json(downloadAnswer()), compressed("X-Flipped", flipped)));
    const session = await createDownloadSession(connectTo(server.endpoint), table);
    const decompressors = { "x-flipped": upperCased };
    expect(await bytesOf(await session.read(0, 3, { decompressors }))).toEqual(pack);
    expect(server.seen.at(-1)?.headers["accept-encoding"]).toBe("x-flipped");
  });

  it("in zstd comes out plain whether or not fetch has taken it off", async () => {
    const zstd: Decompressor = (body) =>
      new ReadableStream({
        async start(controller) {
          controller.enqueue(new Uint8Array(zstdDecompressSync(await bytesOf(body))));
          controller.close();
        },
      });
    await using server = await serve(
      inTurn(json(downloadAnswer()), compressed("zstd", zstdCompressSync(pack))),
    );
    const session = await createDownloadSession(connectTo(server.endpoint), table);
    expect(await bytesOf(await session.read(0, 3, { decompressors: { zstd } }))).toEqual(pack);

    const untouched = {
      ...connectTo(server.endpoint),
      transport: async () =>
        ({
          headers: new Headers({ "content-encoding": "zstd" }),
          body: new Blob([zstdCompressSync(pack)]).stream(),
          json: async () => downloadAnswer(),
        }) as never,
    };
    const other = await createDownloadSession(untouched, table);
    expect(await bytesOf(await other.read(0, 3, { decompressors: { zstd } }))).toEqual(pack);
    expect((await failure(other.read(0, 3))).code).toBe("unsupported-encoding");
  });

  it("that nobody asked for and nobody can read is refused", async () => {
    await using server = await serve(inTurn(json(downloadAnswer()), compressed("x-snappy-framed", flipped)));
    const session = await createDownloadSession(connectTo(server.endpoint), table);
    const error = await failure(session.read(0, 3));
    expect(error.code).toBe("unsupported-encoding");
    expect(error.message).toContain('"x-snappy-framed"');
    expect(server.seen.at(-1)?.headers["accept-encoding"]).toBe("identity");
  });

  it("is not asked for when it could not be read", async () => {
    await using server = await serve(json(downloadAnswer()));
    const session = await createDownloadSession(connectTo(server.endpoint), table);
    expect((await failure(session.read(0, 3, { acceptEncoding: ["x-lz4-frame"] }))).code).toBe(
      "unsupported-encoding",
    );
    expect(server.seen).toHaveLength(1);
  });
});

describe("a session that the server prepares in the background", () => {
  it("is waited for", async () => {
    const initiating = json({ DownloadID: "d1", Status: "initiating" });
    await using server = await serve(inTurn(initiating, initiating, initiating, json(downloadAnswer())));
    const connection = connectTo(server.endpoint);
    const session = await createDownloadSession(connection, table, { asyncMode: true });
    expect(session.recordCount).toBe(3);
    expect(connection.clock.waits).toEqual([75, 150, 300]);
    expect(
      server.seen.map(({ method, query }) => [method, query.get("asyncmode"), query.get("downloadid")]),
    ).toEqual([
      ["POST", "true", null],
      ["GET", null, "d1"],
      ["GET", null, "d1"],
      ["GET", null, "d1"],
    ]);
  });

  it("is given up when it takes too long, or has failed", async () => {
    await using slow = await serve(json({ DownloadID: "d1", Status: "INITIATING" }));
    const call = createDownloadSession(connectTo(slow.endpoint), table, { waitMs: 1000 });
    expect(await failure(call)).toMatchObject({ code: "session-not-ready", status: "INITIATING" });
    for (const [status, code] of [
      ["expired", "session-expired"],
      ["closes", "session-closed"],
      ["failed", "session-critical"],
      ["odd", "session-not-ready"],
    ] as const) {
      await using server = await serve(json({ DownloadID: "d1", Status: status }));
      expect(await failure(createDownloadSession(connectTo(server.endpoint), table))).toMatchObject({
        code,
        status,
      });
    }
  });
});

it("asks for Arrow, and for rows of a table that has changed, by the names of the protocol", async () => {
  await using server = await serve(
    inTurn(json(downloadAnswer({ QuotaName: "q" })), compressed("identity", pack)),
  );
  const session = await createDownloadSession(connectTo(server.endpoint), table);
  await bytesOf(await session.read(1, 2, { format: "arrow", ignoreModification: true }));
  expect([...(server.seen.at(-1)?.query ?? [])].sort()).toEqual([
    ["arrow", ""],
    ["data", ""],
    ["disable_modified_check", "true"],
    ["downloadid", "d1"],
    ["quotaName", "q"],
    ["rowrange", "(1,2)"],
  ]);
});

it("says what the service refused", async () => {
  await using server = await serve(
    inTurn(json(downloadAnswer()), refusal(400, "InvalidRowRange", "too far")),
  );
  const session = await createDownloadSession(connectTo(server.endpoint), table);
  const error = await failure(session.read(0, 3));
  expect(error).toMatchObject({ code: "invalid-row-range", serviceCode: "InvalidRowRange" });
  expect(error.message).toContain("too far");
});
