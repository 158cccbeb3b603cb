import { deflateSync, zstdCompressSync } from "node:zlib";
import { encodeRecords } from "@maxcompute-tunnel/codec";
import { compressFrameSync } from "lz4-napi";
import { Compressor } from "snappy";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningEmulator, startEmulator } from "../src/index.ts";
import {
  type Ask,
  clientOf,
  createUpload,
  tablePath,
  threeRecords,
  tunnelHeaders,
} from "./support/client.ts";

let emulator: RunningEmulator;
let ask: Ask;
let tables = 0;

beforeAll(async () => {
  emulator = await startEmulator();
  ask = clientOf(emulator);
});
afterAll(() => emulator.close());

/** Makes a table and returns its name and tunnel path. */
async function newTable(
  columns = "(id bigint, name string)",
  more = "",
): Promise<{ name: string; path: string }> {
  tables += 1;
  const name = `t${tables}`;
  await emulator.createTable(`create table ${name} ${columns} ${more}`);
  return { name, path: tablePath(emulator, name) };
}

async function put(path: string, id: string, blockId: number | string, body: Uint8Array, headers = {}) {
  return ask("PUT", `${path}?uploadid=${id}&blockid=${blockId}`, {
    headers: { ...tunnelHeaders, ...headers },
    body,
  });
}

async function commit(path: string, id: string) {
  return ask("POST", `${path}?uploadid=${id}`, { headers: tunnelHeaders });
}

async function blockIds(path: string, id: string, more = ""): Promise<number[]> {
  const answer = await ask("GET", `${path}?uploadid=${id}${more}`, { headers: tunnelHeaders });
  const list = answer.json()["UploadedBlockList"] as { BlockID: number }[];
  return list.map(({ BlockID }) => BlockID);
}

function ids(...values: number[]): Uint8Array {
  return encodeRecords(
    [{ name: "id", type: "bigint" }],
    values.map((id) => ({ id })),
  );
}

describe("a batch upload", () => {
  it("shows rows after commit and not before", async () => {
    const { name, path } = await newTable();
    const id = await createUpload(ask, path);
    const stored = await put(path, id, 0, threeRecords);
    expect([stored.status, stored.text]).toEqual([200, ""]);
    expect(await emulator.readRows(name)).toEqual([]);
    const committed = await commit(path, id);
    expect([committed.status, committed.json()["Status"]]).toEqual([200, "closed"]);
    expect(await emulator.readRows(name)).toEqual([
      { id: 1n, name: "a" },
      { id: 2n, name: null },
      { id: null, name: "c" },
    ]);
  });

  it("answers creation, questions and commit with one document, without nulls", async () => {
    const { path } = await newTable(
      "(id bigint not null comment 'key', v decimal(10,2) default 1.5)",
      "partitioned by (pt string)",
    );
    const partition = "&partition=pt%3Da";
    const id = await createUpload(ask, path, `${partition}&create_partition=true&overwrite=true&quotaName=q`);
    const stored = await ask("PUT", `${path}?uploadid=${id}&blockid=7${partition}`, {
      headers: tunnelHeaders,
      body: encodeRecords(
        [
          { name: "id", type: "bigint" },
          { name: "v", type: "decimal(10,2)" },
        ],
        [[1, "2.5"]],
      ),
    });
    expect(stored.status).toBe(200);
    const answer = await ask("GET", `${path}?uploadid=${id}${partition}&quotaName=q`, {
      headers: tunnelHeaders,
    });
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(answer.text).not.toContain("null,");
    expect(answer.json()).toEqual({
      UploadID: id,
      Status: "normal",
      Initiated: expect.stringMatching(/^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/),
      Owner: "ALIYUN$emulator@emulator.local",
      IsOverwrite: true,
      MaxFieldSize: 8388608,
      QuotaName: "q",
      Schema: {
        IsVirtualView: false,
        columns: [
          { column_id: "0", name: "id", type: "bigint", nullable: false, comment: "key", default_value: "" },
          {
            column_id: "1",
            name: "v",
            type: "decimal(10,2)",
            nullable: true,
            comment: "",
            default_value: "1.5",
          },
        ],
        partitionKeys: [
          { column_id: "2", name: "pt", type: "string", nullable: true, comment: "", default_value: "" },
        ],
      },
      UploadedBlockList: [
        {
          BlockID: 7,
          CreateTime: expect.any(Number),
          Date: expect.stringMatching(/GMT$/),
          FileName: `${id}_7`,
          RecordCount: 1,
          Version: 0,
        },
      ],
    });
  });

  it("begins session ids with the date", async () => {
    const { path } = await newTable();
    const today = new Date(emulator.clock.now()).toISOString().slice(0, 10).replaceAll("-", "");
    expect(await createUpload(ask, path)).toMatch(new RegExp(`^${today}\\d{6}[0-9a-f]{22}$`));
  });

  it("commits every block it holds, in the order of their ids", async () => {
    const { name, path } = await newTable("(id bigint)");
    const id = await createUpload(ask, path);
    await Promise.all([
      put(path, id, 19_999, ids(5)),
      put(path, id, 3, ids(3, 4)),
      put(path, id, 0, ids(1, 2)),
    ]);
    expect(await blockIds(path, id)).toEqual([0, 3, 19_999]);
    expect((await commit(path, id)).status).toBe(200);
    expect((await emulator.readRows(name)).map((row) => row["id"])).toEqual([1n, 2n, 3n, 4n, 5n]);
  });

  it("keeps the block that finished last under an id", async () => {
    const { name, path } = await newTable("(id bigint)");
    const id = await createUpload(ask, path);
    await put(path, id, 0, ids(1));
    await put(path, id, 0, ids(2, 3));
    expect(await blockIds(path, id)).toEqual([0]);
    await commit(path, id);
    expect(await emulator.readRows(name)).toEqual([{ id: 2n }, { id: 3n }]);
  });

  it("leaves the block list out when asked, ignores what it does not know", async () => {
    const { path } = await newTable("(id bigint)");
    const id = await createUpload(ask, path, "&reload=False&curr_project=elsewhere&shape=round");
    await ask("PUT", `${path}?uploadid=${id}&blockid=0&block_version=3&curr_project=elsewhere`, {
      headers: tunnelHeaders,
      body: ids(1),
    });
    expect(await blockIds(path, id, "&getblockid=false")).toEqual([]);
    expect(await blockIds(path, id, "&getblockid=true&reload=True")).toEqual([0]);
  });

  it("takes a commit without blocks, which empties the target when it overwrites", async () => {
    const { name, path } = await newTable("(id bigint)");
    const first = await createUpload(ask, path);
    await put(path, first, 0, ids(1));
    await commit(path, first);
    expect((await commit(path, await createUpload(ask, path))).status).toBe(200);
    expect(await emulator.readRows(name)).toEqual([{ id: 1n }]);
    expect((await commit(path, await createUpload(ask, path, "&overwrite=true"))).status).toBe(200);
    expect(await emulator.readRows(name)).toEqual([]);
  });

  it("replaces what a table held when it overwrites, and adds to it otherwise", async () => {
    const { name, path } = await newTable("(id bigint)");
    for (const [value, more] of [
      [1, ""],
      [2, ""],
      [3, "&overwrite=true"],
      [4, ""],
    ] as const) {
      const id = await createUpload(ask, path, more);
      await put(path, id, 0, ids(value));
      await commit(path, id);
    }
    expect(await emulator.readRows(name)).toEqual([{ id: 3n }, { id: 4n }]);
  });

  it("loads the rows once when two commits of a session race", async () => {
    const { name, path } = await newTable("(id bigint)");
    const id = await createUpload(ask, path);
    await put(path, id, 0, ids(1));
    const answers = await Promise.all(Array.from({ length: 8 }, () => commit(path, id)));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(await emulator.readRows(name)).toEqual([{ id: 1n }]);
  });

  it("writes one overwrite after the other when two sessions race", async () => {
    const { name, path } = await newTable("(id bigint)");
    const sessions = await Promise.all([1, 2, 3, 4].map(() => createUpload(ask, path, "&overwrite=true")));
    await Promise.all(sessions.map((id, index) => put(path, id, 0, ids(index, index))));
    await Promise.all(sessions.map((id) => commit(path, id)));
    const rows = (await emulator.readRows(name)).map((row) => row["id"]);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toBe(rows[1]);
  });

  it("takes neither blocks nor other targets once it is committed", async () => {
    const { path } = await newTable("(id bigint)");
    const other = await newTable("(id bigint)");
    const id = await createUpload(ask, path);
    await put(path, id, 0, ids(1));
    await commit(path, id);
    const late = await put(path, id, 1, ids(2));
    expect([late.status, late.json()["Code"]]).toEqual([409, "StatusConflict"]);
    const elsewhere = await commit(other.path, id);
    expect([elsewhere.status, elsewhere.json()["Code"]]).toEqual([404, "NoSuchUpload"]);
    // The list can still be read: a client whose answer was lost looks there.
    expect(await blockIds(path, id)).toEqual([0]);
  });

  it("works in the three-level model", async () => {
    await emulator.createTable("create schema s1");
    await emulator.createTable("create table emulated.s1.deep (id bigint)");
    const path = "/projects/emulated/schemas/s1/tables/deep";
    const id = await createUpload(ask, path);
    await put(path, id, 0, ids(42));
    expect((await commit(path, id)).status).toBe(200);
    const download = (await ask("POST", `${path}?downloads`, { headers: tunnelHeaders })).json();
    expect(download["RecordCount"]).toBe(1);
    const wrong = await ask("POST", "/projects/emulated/tables/deep?uploads", { headers: tunnelHeaders });
    expect([wrong.status, wrong.json()["Code"]]).toEqual([404, "NoSuchTable"]);
  });
});

describe("content encodings", () => {
  const body = ids(...Array.from({ length: 500 }, (_, index) => index));
  const encodings: [string, () => Promise<Uint8Array>][] = [
    ["deflate", async () => deflateSync(body)],
    ["zstd", async () => zstdCompressSync(body)],
    ["x-lz4-frame", async () => compressFrameSync(Buffer.from(body))],
    [
      "x-snappy-framed",
      async () => {
        const compressor = new Compressor();
        return Buffer.concat([compressor.update(body), await compressor.finish()]);
      },
    ],
  ];

  it.each(encodings)("%s is decoded", async (encoding, compress) => {
    const { name, path } = await newTable("(id bigint)");
    const id = await createUpload(ask, path);
    const headers = { "content-encoding": encoding };
    expect((await put(path, id, 0, await compress(), headers)).status).toBe(200);
    await commit(path, id);
    expect(await emulator.readRows(name)).toHaveLength(500);
  });

  it.each(encodings)(
    "%s that is damaged, cut off or followed by more is refused",
    async (encoding, compress) => {
      const { path } = await newTable("(id bigint)");
      const id = await createUpload(ask, path);
      const headers = { "content-encoding": encoding };
      const whole = await compress();
      const damaged = Buffer.from(whole);
      damaged[20] = (damaged[20] ?? 0) ^ 0xff;
      for (const bytes of [damaged, whole.subarray(0, -6), Buffer.concat([whole, Buffer.from("more")])]) {
        const answer = await put(path, id, 0, bytes, headers);
        expect(answer.status).toBe(400);
        expect(["CorruptedDataStream", "IncompleteBody", "MalformedDataStream"]).toContain(
          answer.json()["Code"],
        );
      }
      expect(await blockIds(path, id)).toEqual([]);
    },
  );

  it("that is unknown is refused by name", async () => {
    const { path } = await newTable("(id bigint)");
    const answer = await put(path, await createUpload(ask, path), 0, body, { "content-encoding": "br" });
    expect([answer.status, answer.json()["Code"]]).toEqual([400, "MalformedHeaderValue"]);
  });
});

describe("a block is refused", () => {
  const hex = (text: string): Uint8Array => Buffer.from(text, "hex");
  const footer = threeRecords.subarray(-14);
  const cases: [string, Uint8Array, string][] = [
    ["without a body", new Uint8Array(0), "IncompleteBody"],
    ["without a footer", threeRecords.subarray(0, -footer.length), "IncompleteBody"],
    ["cut within a record", threeRecords.subarray(0, 12), "IncompleteBody"],
    ["cut within the footer", threeRecords.subarray(0, -2), "IncompleteBody"],
    ["with a wrong record checksum", Buffer.from(threeRecords).fill(0xeb, 9, 10), "CorruptedDataStream"],
    ["with a wrong count", hex("f0ffff7f02f8ffff7f00"), "CorruptedDataStream"],
    ["with a wrong pack checksum", hex("f0ffff7f00f8ffff7f01"), "CorruptedDataStream"],
    ["with bytes behind the footer", Buffer.concat([threeRecords, hex("00")]), "MalformedDataStream"],
    [
      "with a second pack behind the first",
      Buffer.concat([threeRecords, threeRecords]),
      "MalformedDataStream",
    ],
    ["with a field the table lacks", hex("1a0161"), "MalformedDataStream"],
    ["with a wrong wire type", hex("0a0161"), "CorruptedDataStream"],
    ["with a value of more than 8 MiB", hex("1281808004"), "MalformedDataStream"],
  ];

  it.each(cases)("%s", async (_, body, code) => {
    const { path } = await newTable();
    const id = await createUpload(ask, path);
    const answer = await put(path, id, 0, body);
    expect([answer.status, answer.json()["Code"]]).toEqual([400, code]);
    expect(answer.json()).toEqual({
      Code: code,
      Message: expect.any(String),
      RequestId: answer.headers.get("x-odps-request-id"),
      HostId: new URL(emulator.endpoint).host,
    });
    expect(await blockIds(path, id)).toEqual([]);
  });

  it("with NULL in a NOT NULL column, naming row and column", async () => {
    const { path } = await newTable("(id bigint not null, name string)");
    const answer = await put(path, await createUpload(ask, path), 0, threeRecords);
    expect([answer.status, answer.json()["Code"]]).toEqual([400, "MalformedDataStream"]);
    expect(answer.json()["Message"]).toContain("row 2, column id");
  });

  it("with a value out of its column's range", async () => {
    const { path } = await newTable("(id tinyint, name string)");
    const body = encodeRecords([{ name: "id", type: "int" }], [{ id: 128 }]);
    const answer = await put(path, await createUpload(ask, path), 0, body);
    expect([answer.status, answer.json()["Code"]]).toEqual([400, "MalformedDataStream"]);
  });

  it.each(["20000", "-1", "1.5", "", "x", "99999999999"])("under the id %j", async (blockId) => {
    const { path } = await newTable();
    const answer = await put(path, await createUpload(ask, path), blockId, threeRecords);
    expect([answer.status, answer.json()["Code"]]).toEqual([400, "InvalidBlockID"]);
  });

  it("in an unknown session", async () => {
    const { path } = await newTable();
    const answer = await put(path, "20240102030405", 0, threeRecords);
    expect([answer.status, answer.json()["Code"]]).toEqual([404, "NoSuchUpload"]);
  });

  it("and what was stored under its id stays", async () => {
    const { name, path } = await newTable();
    const id = await createUpload(ask, path);
    await put(path, id, 0, threeRecords);
    expect((await put(path, id, 0, threeRecords.subarray(0, 30))).status).toBe(400);
    await commit(path, id);
    expect(await emulator.readRows(name)).toHaveLength(3);
  });
});

describe("partitions", () => {
  const partitioned = () => newTable("(id bigint)", "partitioned by (pt string, hh bigint)");
  const create = (path: string, partition: string, more = "") =>
    ask("POST", `${path}?uploads&partition=${encodeURIComponent(partition)}${more}`, {
      headers: tunnelHeaders,
    });

  it("must be named for a partitioned table and must not be for another", async () => {
    const { path } = await partitioned();
    const missing = await ask("POST", `${path}?uploads`, { headers: tunnelHeaders });
    expect([missing.status, missing.json()["Code"]]).toEqual([400, "MissingPartitionSpec"]);
    const plain = await newTable();
    const extra = await create(plain.path, "pt=a");
    expect([extra.status, extra.json()["Code"]]).toEqual([400, "InvalidPartitionSpec"]);
  });

  it("must exist, unless they are to be created", async () => {
    const { name, path } = await partitioned();
    const missing = await create(path, "pt=a,hh=1");
    expect([missing.status, missing.json()["Code"]]).toEqual([404, "NoSuchPartition"]);
    const created = await create(path, "pt=a,hh=1", "&create_partition=true");
    expect(created.status).toBe(200);
    expect(await emulator.readRows(name, "pt=a,hh=1")).toEqual([]);
    expect((await create(path, "pt=a,hh=1", "&create_partition=true")).status).toBe(200);
  });

  it.each(["pt=a", "pt=a,hh=1,x=2", "pt=a,pt=b", "pt", "=a,hh=1", "pt=a,hh=one", "pt=,hh=1"])(
    "are refused when the spec is %j",
    async (spec) => {
      const { path } = await partitioned();
      const answer = await create(path, spec, "&create_partition=true");
      expect([answer.status, answer.json()["Code"]]).toEqual([400, "InvalidPartitionSpec"]);
    },
  );

  it("keep rows apart; order, quotes and slashes in the spec do not matter", async () => {
    const { name, path } = await partitioned();
    for (const [index, spec] of ["pt=a,hh=1", "pt='b',hh=01", "hh=2/pt=a", 'PT="b",HH="2"'].entries()) {
      const created = await create(path, spec, "&create_partition=true");
      const id = String(created.json()["UploadID"]);
      const query = `uploadid=${id}&partition=${encodeURIComponent(spec)}`;
      await ask("PUT", `${path}?${query}&blockid=0`, { headers: tunnelHeaders, body: ids(index) });
      expect((await ask("POST", `${path}?${query}`, { headers: tunnelHeaders })).status).toBe(200);
    }
    expect(await emulator.readRows(name, "pt=b,hh=1")).toEqual([{ id: 1n }]);
    expect(await emulator.readRows(name, "pt=a,hh=2")).toEqual([{ id: 2n }]);
  });

  it("must be repeated on every request of a session", async () => {
    const { path } = await partitioned();
    await create(path, "pt=b,hh=1", "&create_partition=true");
    const id = String((await create(path, "pt=a,hh=1", "&create_partition=true")).json()["UploadID"]);
    const other = await commit(`${path}`, `${id}&partition=pt%3Db%2Chh%3D1`);
    expect([other.status, other.json()["Code"]]).toEqual([400, "InvalidPartitionSpec"]);
    const none = await commit(path, id);
    expect([none.status, none.json()["Code"]]).toEqual([400, "MissingPartitionSpec"]);
  });

  it("may hold any text in their names, none of which reaches a path", async () => {
    const { name, path } = await newTable("(id bigint)", "partitioned by (pt string)");
    for (const value of ["../../../etc/passwd", "a b/中", "..", "%2e%2e"]) {
      const partition = `&partition=${encodeURIComponent(`pt=${value}`)}`;
      const id = await createUpload(ask, path, `${partition}&create_partition=true`);
      await put(path, id, 0, ids(1));
      await ask("PUT", `${path}?uploadid=${id}${partition}&blockid=0`, {
        headers: tunnelHeaders,
        body: ids(1),
      });
      expect((await commit(path, id + partition)).status).toBe(200);
      expect(await emulator.readRows(name, `pt=${value}`)).toEqual([{ id: 1n }]);
    }
  });
});

describe("what a second commit is told", () => {
  it.each([
    ["closed", 200, undefined],
    ["conflict", 409, "StatusConflict"],
    ["not-found", 404, "NoSuchUpload"],
  ] as const)("%s", async (secondCommit, status, code) => {
    await using other = await startEmulator({ secondCommit, tables: ["create table t (id bigint)"] });
    const client = clientOf(other);
    const path = tablePath(other, "t");
    const id = await createUpload(client, path);
    await client("PUT", `${path}?uploadid=${id}&blockid=0`, { headers: tunnelHeaders, body: ids(1) });
    const first = await client("POST", `${path}?uploadid=${id}`, { headers: tunnelHeaders });
    expect([first.status, first.json()["Status"]]).toEqual([200, "closed"]);
    const second = await client("POST", `${path}?uploadid=${id}`, { headers: tunnelHeaders });
    expect([second.status, second.json()["Code"]]).toEqual([status, code]);
    expect(second.json()["Status"]).toBe(status === 200 ? "closed" : undefined);
    expect(await other.readRows("t")).toEqual([{ id: 1n }]);
  });
});
