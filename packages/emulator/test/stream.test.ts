import { mkdtemp, readdir, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { encodeRecords } from "@maxcompute-tunnel/codec";
import { createSigner, signableRequest } from "@maxcompute-tunnel/transport/signing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type RunningEmulator, startEmulator } from "../src/index.ts";
import { type Answer, type Ask, clientOf, tablePath, threeRecords, tunnelHeaders } from "./support/client.ts";

const hourMs = 3_600_000;
let directory: string;
let emulator: RunningEmulator;
let ask: Ask;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "stream-test-"));
  emulator = await startEmulator({
    dataDir: directory,
    tables: [
      "create table t (id bigint, name string)",
      "create table parted (id bigint, name string) partitioned by (pt string)",
      "create table keyed (id bigint, name string, primary key (id)) tblproperties ('transactional'='true')",
    ],
  });
  ask = clientOf(emulator);
});
afterEach(async () => {
  await emulator.close();
  await rm(directory, { recursive: true });
});

const threeRows = [
  { id: 1n, name: "a" },
  { id: 2n, name: null },
  { id: null, name: "c" },
];

function create(table: string, query = "", headers = {}): Promise<Answer> {
  return ask("POST", `${tablePath(emulator, table)}/streams?curr_project=p${query}`, {
    headers: { ...tunnelHeaders, ...headers },
  });
}

async function open(table: string, query = "", headers = {}): Promise<string> {
  const answer = await create(table, query, headers);
  expect([answer.status, answer.json()["status"]]).toEqual([200, "normal"]);
  return String(answer.json()["session_name"]);
}

function flush(table: string, id: string, body: Uint8Array, query = "", headers = {}): Promise<Answer> {
  return ask("PUT", `${tablePath(emulator, table)}/streams?uploadid=${id}&slotid=0${query}`, {
    headers: { ...tunnelHeaders, "odps-tunnel-slot-num": "1", ...headers },
    body,
  });
}

const outcome = (answer: Answer): unknown[] => [answer.status, answer.json()["Code"]];

describe("a stream upload", () => {
  it("shows rows as soon as a flush is answered", async () => {
    const id = await open("t");
    expect((await flush("t", id, threeRecords, "&schema_version=0&record_count=3")).status).toBe(200);
    expect(await emulator.readRows("t")).toEqual(threeRows);
    expect(
      (await flush("t", id, deflateSync(threeRecords), "", { "content-encoding": "deflate" })).status,
    ).toBe(200);
    expect(await emulator.readRows("t")).toEqual([...threeRows, ...threeRows]);
  });

  it("answers with a document that names its slots, all at the address that was asked", async () => {
    const address = emulator.endpoint.replace("http://", "");
    const answer = (await create("t", "&quotaName=q", { "odps-tunnel-slot-num": "2" })).json();
    expect(answer).toEqual({
      session_name: expect.stringMatching(/^20\d{6}/),
      status: "normal",
      schema: {
        IsVirtualView: false,
        columns: [
          { column_id: "0", name: "id", type: "bigint", nullable: true, comment: "", default_value: "" },
          { column_id: "1", name: "name", type: "string", nullable: true, comment: "", default_value: "" },
        ],
        partitionKeys: [],
      },
      schema_version: 0,
      slots: [
        [0, address],
        [1, address],
      ],
      quota_name: "q",
      QuotaName: "q",
      compress_mode: "",
      file_format: "",
    });
  });

  it("gives the slots that either spelling of the header asks for, one without it, and not without end", async () => {
    const slots = async (headers: Record<string, string>): Promise<unknown> =>
      ((await create("t", "", headers)).json()["slots"] as unknown[]).length;
    expect(await slots({})).toBe(1);
    expect(await slots({ "odps-slot-num": "3" })).toBe(3);
    expect(await slots({ "odps-tunnel-slot-num": "5" })).toBe(5);
    expect(await slots({ "odps-tunnel-slot-num": "0" })).toBe(1);
    expect(await slots({ "odps-tunnel-slot-num": "100000" })).toBe(64);
    expect(outcome(await create("t", "", { "odps-slot-num": "many" }))).toEqual([400, "InvalidArgument"]);
  });

  it("answers a flush with both headers of the slot, in lower case on the wire", async () => {
    const id = await open("t", "", { "odps-tunnel-slot-num": "2" });
    const url = `${emulator.endpoint}${tablePath(emulator, "t")}/streams?uploadid=${id}&slotid=1`;
    const { accessKeyId, accessKeySecret } = emulator;
    const signed = await createSigner()(
      signableRequest({ method: "PUT", url, headers: tunnelHeaders }),
      { kind: "access-key", accessKeyId, accessKeySecret },
      new Date(),
    );
    const headers = await new Promise<string[]>((resolve, reject) => {
      const put = request(url, { method: "PUT", headers: { ...tunnelHeaders, ...signed } });
      put.on("error", reject);
      put.on("response", (response) => {
        response.resume();
        resolve(response.rawHeaders);
      });
      put.end(threeRecords);
    });
    const value = (name: string): string | undefined => headers[headers.indexOf(name) + 1];
    expect(value("odps-tunnel-slot-num")).toBe("2");
    expect(value("odps-tunnel-routed-server")).toBe(emulator.endpoint.replace("http://", ""));
  });

  it("creates the partition where it is asked to, and holds every request to it", async () => {
    expect(outcome(await create("parted", "&partition=pt=a"))).toEqual([404, "NoSuchPartition"]);
    expect(outcome(await create("parted"))).toEqual([400, "MissingPartitionSpec"]);
    const id = await open("parted", "&partition=pt%3Da&create_partition=");
    expect(outcome(await flush("parted", id, threeRecords, "&partition=pt=b"))).toEqual([
      400,
      "InvalidPartitionSpec",
    ]);
    expect((await flush("parted", id, threeRecords, "&partition=pt=a&zorder_columns=id")).status).toBe(200);
    expect(await emulator.readRows("parted", "pt=a")).toEqual(threeRows);
  });

  it("is asked for by GET and by the POST that names a schema version or no slot", async () => {
    const id = await open("t");
    const path = `${tablePath(emulator, "t")}/streams?uploadid=${id}`;
    const routed = { ...tunnelHeaders, "odps-tunnel-routed-server": "127.0.0.1:1" };
    for (const [method, query, headers] of [
      ["GET", "&schema_version=0", tunnelHeaders],
      ["POST", "", tunnelHeaders],
      ["POST", "&schema_version=0", routed],
    ] as const) {
      const answer = await ask(method, path + query, { headers });
      expect(answer.json()).toMatchObject({ session_name: id, status: "normal" });
    }
  });

  it("takes nothing once it is aborted, and can be aborted again", async () => {
    const id = await open("t");
    const path = `${tablePath(emulator, "t")}/streams?uploadid=${id}`;
    const routed = { ...tunnelHeaders, "odps-tunnel-routed-server": "127.0.0.1:1" };
    expect((await flush("t", id, threeRecords)).status).toBe(200);
    expect((await ask("POST", path, { headers: routed })).status).toBe(200);
    expect((await ask("POST", path, { headers: routed })).status).toBe(200);
    expect(outcome(await flush("t", id, threeRecords))).toEqual([404, "StreamSessionNotFound"]);
    expect(outcome(await ask("GET", path, { headers: tunnelHeaders }))).toEqual([
      404,
      "StreamSessionNotFound",
    ]);
    expect(await emulator.readRows("t")).toEqual(threeRows);
  });

  it("is over after 24 hours", async () => {
    const id = await open("t");
    emulator.clock.advance(24 * hourMs - 1000);
    expect((await flush("t", id, threeRecords)).status).toBe(200);
    emulator.clock.advance(1000);
    expect(outcome(await flush("t", id, threeRecords))).toEqual([404, "StreamSessionNotFound"]);
    expect(outcome(await flush("t", "unknown", threeRecords))).toEqual([404, "StreamSessionNotFound"]);
    expect(await emulator.readRows("t")).toEqual(threeRows);
  });

  it("refuses bodies that are not what they say, and keeps nothing of them", async () => {
    const id = await open("t");
    expect(outcome(await flush("t", id, threeRecords, "&record_count=2"))).toEqual([
      400,
      "MalformedDataStream",
    ]);
    expect(outcome(await flush("t", id, threeRecords.subarray(0, -14)))).toEqual([400, "IncompleteBody"]);
    expect(outcome(await flush("t", id, new Uint8Array()))).toEqual([400, "IncompleteBody"]);
    expect(outcome(await flush("t", id, threeRecords, "&slotid=7"))).toEqual([400, "InvalidArgument"]);
    expect(await emulator.readRows("t")).toEqual([]);
    expect(await readdir(join(directory, "blocks"))).toEqual([]);
  });

  it("takes a flush without rows and keeps no file of it", async () => {
    const id = await open("t");
    const empty = encodeRecords([{ name: "id", type: "bigint" }], []);
    expect((await flush("t", id, empty, "&record_count=0")).status).toBe(200);
    await vi.waitFor(async () => expect(await readdir(join(directory, "blocks"))).toEqual([]));
  });

  it("does not offer what would be silently wrong", async () => {
    expect(outcome(await create("keyed"))).toEqual([400, "InvalidArgument"]);
    expect(outcome(await create("parted", "&dynamic_partition=true"))).toEqual([501, "NotImplemented"]);
    expect(outcome(await create("missing"))).toEqual([404, "NoSuchTable"]);
  });
});

describe("a stream whose table gets another column", () => {
  const wider = encodeRecords(
    [
      { name: "id", type: "bigint" },
      { name: "name", type: "string" },
      { name: "more", type: "bigint" },
    ],
    [{ id: 9, name: "z", more: 7 }],
  );

  it("goes on with the columns it knows, unless it wants the latest only", async () => {
    const id = await open("t");
    await emulator.createTable("alter table t add columns (more bigint)");
    expect((await flush("t", id, threeRecords, "&schema_version=0&check_latest_schema=false")).status).toBe(
      200,
    );
    const late = await flush("t", id, threeRecords, "&schema_version=0&check_latest_schema=true");
    expect(outcome(late)).toEqual([412, "SchemaModified"]);
    expect(late.headers.get("odps-tunnel-latest-schema-version")).toBe("1");
    expect(outcome(await flush("t", id, wider, "&schema_version=0"))).toEqual([400, "MalformedDataStream"]);
    expect((await flush("t", id, wider, "&schema_version=1&check_latest_schema=true")).status).toBe(200);
    expect(await emulator.readRows("t")).toEqual([
      ...threeRows.map((row) => ({ ...row, more: null })),
      { id: 9n, name: "z", more: 7n },
    ]);
  });

  it("shows the columns of the version that is asked for, and none of a version to come", async () => {
    await emulator.createTable("alter table t add columns (more bigint)");
    const columns = (answer: Answer): unknown => {
      const { schema, schema_version: version } = answer.json() as {
        schema: { columns: unknown[] };
        schema_version: number;
      };
      return [version, schema.columns.length];
    };
    expect(columns(await create("t"))).toEqual([1, 3]);
    expect(columns(await create("t", "&schema_version=0"))).toEqual([0, 2]);
    expect(outcome(await create("t", "&schema_version=0&check_latest_schema=true"))).toEqual([
      412,
      "SchemaModified",
    ]);
    expect(outcome(await create("t", "&schema_version=2"))).toEqual([404, "NoSuchSchema"]);
    const id = await open("t");
    expect(outcome(await flush("t", id, threeRecords, "&schema_version=2"))).toEqual([404, "NoSuchSchema"]);
    const path = `${tablePath(emulator, "t")}/streams?uploadid=${id}&schema_version=0`;
    expect(columns(await ask("GET", path, { headers: tunnelHeaders }))).toEqual([0, 2]);
  });
});
