import { mkdtemp, readdir, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { encodeRecords } from "@maxcompute-tunnel/codec";
import { createSigner, signableRequest } from "@maxcompute-tunnel/transport/signing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type FileSystem, nodeFileSystem, type RunningEmulator, startEmulator } from "../src/index.ts";
import { type Answer, type Ask, clientOf, tablePath, tunnelHeaders } from "./support/client.ts";
import { faultyFileSystem } from "./support/faulty-file-system.ts";

const hourMs = 3_600_000;
let directory: string;
let emulator: RunningEmulator;
let ask: Ask;

const keyed = (name: string, properties: string, more = ""): string =>
  `create table ${name} (id bigint, name string, n bigint, primary key (id)) ${more}
   tblproperties ('transactional'='true', ${properties})`;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "upsert-test-"));
  emulator = await startEmulator({
    dataDir: directory,
    tables: [
      keyed("one", "'write.bucket.num'='1'"),
      keyed("four", "'write.bucket.num'='4'"),
      keyed("partial", "'write.bucket.num'='1', 'acid.partial.fields.update.enable'='true'"),
      keyed("parted", "'write.bucket.num'='1'", "partitioned by (pt string)"),
      "create table plain (id bigint, name string)",
    ],
  });
  ask = clientOf(emulator);
});
afterEach(async () => {
  await emulator.close();
  await rm(directory, { recursive: true });
});

const columns = [
  { name: "id", type: "bigint" },
  { name: "name", type: "string" },
  { name: "n", type: "bigint" },
  { name: "__version", type: "bigint" },
  { name: "__app_version", type: "bigint" },
  { name: "__operation", type: "tinyint" },
  { name: "__key_cols", type: "array<bigint>" },
  { name: "__value_cols", type: "array<bigint>" },
] as const;

type Change = readonly [
  operation: "U" | "D",
  id: number | null,
  name?: string | null,
  n?: number | null,
  ids?: number[],
];

/** A body as clients write it: the table's columns, two NULLs, the operation, a NULL, the value columns. */
function changes(...rows: Change[]): Uint8Array {
  return encodeRecords(
    columns,
    rows.map(([operation, id, name = null, n = null, ids = []]) => ({
      id,
      name,
      n,
      __operation: operation === "U" ? 85 : 68,
      __value_cols: ids,
    })),
  );
}

function create(table: string, query = ""): Promise<Answer> {
  return ask("POST", `${tablePath(emulator, table)}/upserts?slotnum=1${query}`, { headers: tunnelHeaders });
}

async function open(table: string, query = ""): Promise<string> {
  const answer = await create(table, query);
  expect([answer.status, answer.json()["status"]]).toEqual([200, "normal"]);
  return String(answer.json()["id"]);
}

function put(table: string, id: string, bucket: number, body: Uint8Array, query = ""): Promise<Answer> {
  return ask(
    "PUT",
    `${tablePath(emulator, table)}/upserts?upsertid=${id}&bucketid=${bucket}&slotid=0${query}`,
    { headers: tunnelHeaders, body },
  );
}

function on(method: "GET" | "POST" | "DELETE", table: string, id: string, query = ""): Promise<Answer> {
  return ask(method, `${tablePath(emulator, table)}/upserts?upsertid=${id}${query}`, {
    headers: tunnelHeaders,
  });
}

/** One session with one request for bucket 0, committed. */
async function upsert(table: string, ...rows: Change[]): Promise<void> {
  const id = await open(table);
  expect((await put(table, id, 0, changes(...rows))).status).toBe(200);
  const answer = await on("POST", table, id);
  expect([answer.status, answer.json()["status"]]).toEqual([200, "committed"]);
}

async function rows(table: string, partition?: string): Promise<unknown[]> {
  const all = await emulator.readRows(table, partition);
  return all.map((row) => Object.values(row)).sort(([a], [b]) => Number((a as bigint) - (b as bigint)));
}

const outcome = (answer: Answer): unknown[] => [answer.status, answer.json()["Code"]];
const files = async (): Promise<number> => (await readdir(join(directory, "blocks"))).length;

describe("an upsert session", () => {
  it("inserts, updates and deletes by key, all at once on commit", async () => {
    await upsert("one", ["U", 1, "a", 10], ["U", 2, "b", 20], ["U", 3, "c", 30]);
    const id = await open("one");
    await put("one", id, 0, changes(["U", 2, "changed", 21], ["D", 3], ["U", 4, "new"], ["D", 99]));
    expect(await rows("one")).toEqual([
      [1n, "a", 10n],
      [2n, "b", 20n],
      [3n, "c", 30n],
    ]);
    await on("POST", "one", id);
    expect(await rows("one")).toEqual([
      [1n, "a", 10n],
      [2n, "changed", 21n],
      [4n, "new", null],
    ]);
  });

  it("takes the last write of a key, by arrival", async () => {
    const id = await open("one");
    await put("one", id, 0, changes(["U", 1, "first"], ["U", 1, "second"], ["U", 2, "x"], ["D", 3]));
    await put("one", id, 0, changes(["U", 1, "third"], ["D", 2], ["U", 3, "back"]));
    await on("POST", "one", id);
    expect(await rows("one")).toEqual([
      [1n, "third", null],
      [3n, "back", null],
    ]);
  });

  it("answers everything with one whole document", async () => {
    const address = emulator.endpoint.replace("http://", "");
    const created = await ask("POST", `${tablePath(emulator, "four")}/upserts?slotnum=3&quotaName=q`, {
      headers: tunnelHeaders,
    });
    const document = {
      id: expect.stringMatching(/^20\d{6}/),
      status: "normal",
      schema: {
        IsVirtualView: false,
        columns: [
          { column_id: "0", name: "id", type: "bigint", nullable: false, comment: "", default_value: "" },
          { column_id: "1", name: "name", type: "string", nullable: true, comment: "", default_value: "" },
          { column_id: "2", name: "n", type: "bigint", nullable: true, comment: "", default_value: "" },
        ],
        partitionKeys: [],
      },
      hash_key: ["id"],
      hasher: "default",
      slots: [
        { slot_id: "0", worker_addr: address, buckets: [0, 3] },
        { slot_id: "1", worker_addr: address, buckets: [1] },
        { slot_id: "2", worker_addr: address, buckets: [2] },
      ],
      quota_name: "q",
      enable_partial_update: false,
    };
    expect(created.json()).toEqual(document);
    const id = String(created.json()["id"]);
    expect((await on("GET", "four", id, "&quotaName=q")).json()).toEqual(document);
    const committed = { ...document, status: "committed" };
    expect((await on("POST", "four", id, "&quotaName=q")).json()).toEqual(committed);
    expect((await on("GET", "four", id, "&quotaName=q")).json()).toEqual(committed);
  });

  it("can be committed again, and again changes nothing", async () => {
    const id = await open("one");
    await put("one", id, 0, changes(["U", 1, "a"]));
    const [first, second] = await Promise.all([on("POST", "one", id), on("POST", "one", id)]);
    expect([first.json()["status"], second.json()["status"]]).toEqual(["committed", "committed"]);
    await upsert("one", ["U", 1, "later"]);
    expect((await on("POST", "one", id)).json()["status"]).toBe("committed");
    expect(await rows("one")).toEqual([[1n, "later", null]]);
    expect(outcome(await put("one", id, 0, changes(["U", 2])))).toEqual([409, "StatusConflict"]);
    expect(outcome(await on("DELETE", "one", id))).toEqual([409, "StatusConflict"]);
  });

  it("gives its space back when it is aborted, and leaves the table alone", async () => {
    await upsert("one", ["U", 1, "a"]);
    await vi.waitFor(async () => expect(await files()).toBe(1));
    const id = await open("one");
    await put("one", id, 0, changes(["D", 1], ["U", 2, "b"]));
    expect(await files()).toBe(2);
    expect((await on("DELETE", "one", id)).json()["status"]).toBe("aborted");
    expect((await on("DELETE", "one", id)).status).toBe(200);
    await vi.waitFor(async () => expect(await files()).toBe(1));
    expect((await on("GET", "one", id)).json()["status"]).toBe("aborted");
    // Not UpsertSessionNotFound: clients that commit take that for success.
    expect(outcome(await on("POST", "one", id))).toEqual([409, "StatusConflict"]);
    expect(outcome(await put("one", id, 0, changes(["U", 2])))).toEqual([409, "StatusConflict"]);
    expect(await rows("one")).toEqual([[1n, "a", null]]);
  });

  it("expires after its lifetime and gives its space back", async () => {
    const id = await open("one", "&lifecycle=2");
    await put("one", id, 0, changes(["U", 1, "a"]));
    emulator.clock.advance(2 * hourMs - 1000);
    expect((await on("GET", "one", id)).json()["status"]).toBe("normal");
    emulator.clock.advance(1000);
    expect((await on("GET", "one", id)).json()["status"]).toBe("expired");
    expect(outcome(await on("POST", "one", id))).toEqual([409, "StatusConflict"]);
    emulator.clock.advance(60_000);
    await vi.waitFor(async () => expect(await files()).toBe(0));
    expect(outcome(await create("one", "&lifecycle=25"))).toEqual([400, "InvalidArgument"]);
    expect(outcome(await create("one", "&lifecycle=0"))).toEqual([400, "InvalidArgument"]);
  });

  it("that nobody knows is not found", async () => {
    const id = await open("one");
    for (const answer of [
      await on("GET", "one", "unknown"),
      await on("POST", "one", "unknown"),
      await on("DELETE", "one", "unknown"),
      await put("one", "unknown", 0, changes(["U", 1])),
      await on("GET", "four", id),
    ]) {
      expect(outcome(answer)).toEqual([404, "UpsertSessionNotFound"]);
    }
  });

  it("keeps partitions apart", async () => {
    for (const pt of ["a", "b"]) {
      await emulator.createTable(`alter table parted add partition (pt='${pt}')`);
      const id = await open("parted", `&partition=pt=${pt}`);
      expect(outcome(await put("parted", id, 0, changes(["U", 1]), "&partition=pt=x"))).toEqual([
        400,
        "InvalidPartitionSpec",
      ]);
      await put("parted", id, 0, changes(["U", 1, pt]), `&partition=pt=${pt}`);
      await on("POST", "parted", id, `&partition=pt=${pt}`);
    }
    expect(await rows("parted", "pt=a")).toEqual([[1n, "a", null]]);
    expect(await rows("parted", "pt=b")).toEqual([[1n, "b", null]]);
    expect(outcome(await create("parted", "&partition=pt=c"))).toEqual([404, "NoSuchPartition"]);
  });

  it("takes requests as the Java client sends them: Host without port, deflate, and answers exactly 200", async () => {
    const id = await open("one");
    const target = `${tablePath(emulator, "one")}/upserts?upsertid=${id}&bucketid=0&slotid=0&record_count=1`;
    const { hostname, port } = new URL(emulator.endpoint);
    const headers = { ...tunnelHeaders, "content-encoding": "deflate", "odps-tunnel-routed-server": "x:1" };
    const { accessKeyId, accessKeySecret } = emulator;
    const signed = await createSigner()(
      signableRequest({ method: "PUT", url: emulator.endpoint + target, headers }),
      { kind: "access-key", accessKeyId, accessKeySecret },
      new Date(),
    );
    const status = await new Promise((resolve, reject) => {
      const sent = request({
        hostname,
        port,
        path: target,
        method: "PUT",
        headers: { ...headers, ...signed, host: hostname },
      });
      sent.on("error", reject);
      sent.on("response", (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.end(deflateSync(changes(["U", 1, "a"])));
    });
    expect(status).toBe(200);
    expect((await on("POST", "one", id)).json()["status"]).toBe("committed");
    expect(await rows("one")).toEqual([[1n, "a", null]]);
  });
});

describe("the records of an upsert session", () => {
  const refused = async (table: string, body: Uint8Array, bucket = 0, query = ""): Promise<string> => {
    const id = await open(table);
    const answer = await put(table, id, bucket, body, query);
    expect(outcome(answer)).toEqual([400, "MalformedDataStream"]);
    await on("POST", table, id);
    expect(await rows(table)).toEqual([]);
    return String(answer.json()["Message"]);
  };

  it("must lie in the bucket that their key hashes to", async () => {
    // The official clients hash 1 to 357654460: combined 356781795, bucket 3 of 4.
    const id = await open("four");
    expect((await put("four", id, 3, changes(["U", 1, "a"]))).status).toBe(200);
    expect(await refused("four", changes(["U", 1, "a"]), 2)).toBe(
      "row 0: The key hashes to bucket 3 of 4, but was sent to bucket 2 (hasher default)",
    );
    expect(outcome(await put("four", id, 4, changes(["U", 1])))).toEqual([400, "InvalidArgument"]);
    expect(outcome(await put("four", id, 3, changes(["U", 1]), "&bucketid=-1"))).toEqual([
      400,
      "InvalidArgument",
    ]);
  });

  it("are hashed by the other hasher where the table says so", async () => {
    await emulator.createTable(keyed("old", "'write.bucket.num'='4', 'emulator.upsert.hasher'='legacy'"));
    const created = (await create("old")).json();
    expect(created["hasher"]).toBe("legacy");
    const id = String(created["id"]);
    expect((await put("old", id, 1, changes(["U", 1, "a"]))).status).toBe(200);
    expect((await put("old", id, 3, changes(["U", 1, "a"]))).status).toBe(400);
  });

  it("must have a key, a known operation and the number that was announced", async () => {
    expect(await refused("one", changes(["U", null, "a"]))).toContain("id");
    expect(await refused("one", changes(["U", 1, "a"]), 0, "&record_count=2")).toBe(
      "Expected 2 records, as record_count says, got 1.",
    );
    const odd = encodeRecords(columns, [{ id: 1, __operation: 73, __value_cols: [] }]);
    expect(await refused("one", odd)).toBe(
      "row 0: Expected __operation to be 85 (upsert) or 68 (delete), got 73",
    );
    const none = encodeRecords(columns, [{ id: 1, __value_cols: [] }]);
    expect(await refused("one", none)).toContain("__operation");
  });

  it("must have a value in every NOT NULL column, unless they delete", async () => {
    await emulator.createTable(
      "create table strict (id bigint, name string not null, n bigint, primary key (id)) tblproperties ('transactional'='true', 'write.bucket.num'='1')",
    );
    expect(await refused("strict", changes(["U", 1, null, 5]))).toBe(
      "row 0: column name: Expected a value, got NULL",
    );
    await upsert("strict", ["U", 1, "a"], ["D", 2]);
    expect(await rows("strict")).toEqual([[1n, "a", null]]);
  });

  it("are whole streams like any other", async () => {
    const id = await open("one");
    const body = changes(["U", 1, "a"]);
    expect(outcome(await put("one", id, 0, body.subarray(0, -14)))).toEqual([400, "IncompleteBody"]);
    expect(outcome(await put("one", id, 0, new Uint8Array()))).toEqual([400, "IncompleteBody"]);
    expect(await files()).toBe(0);
  });

  it("are those that the Python client writes", async () => {
    await emulator.createTable(
      "create table two (id bigint, name string, primary key (id)) tblproperties ('transactional'='true', 'write.bucket.num'='1')",
    );
    // (1, "a") upserted and (2, "b") deleted, as written by the official clients.
    const body = Buffer.from(
      "080212016128aa013a0080c0ff7ffac494a60b08041201622888013a0080c0ff7fa6c2c18906f0ffff7f04f8ffff7fbfa79fa003",
      "hex",
    );
    const id = await open("two");
    expect((await put("two", id, 0, body, "&record_count=2")).status).toBe(200);
    await on("POST", "two", id);
    expect(await rows("two")).toEqual([[1n, "a"]]);
  });
});

describe("partial updates", () => {
  it("change the columns they name and leave the others", async () => {
    expect((await create("partial")).json()["enable_partial_update"]).toBe(true);
    await upsert("partial", ["U", 1, "a", 10], ["U", 2, "b", 20], ["U", 3, "c", 30]);
    await upsert(
      "partial",
      ["U", 1, null, 11, [2]],
      ["U", 2, "changed", null, [1]],
      ["U", 3, null, 5, [1]],
      ["U", 4, null, 40, [2]],
    );
    expect(await rows("partial")).toEqual([
      [1n, "a", 11n],
      [2n, "changed", 20n],
      [3n, null, 30n],
      [4n, null, 40n],
    ]);
  });

  it("add up with what the same session did before", async () => {
    await upsert("partial", ["U", 1, "old", 1], ["U", 2, "old", 2]);
    await upsert(
      "partial",
      ["U", 1, "x", null, [1]],
      ["U", 1, null, 7, [2]],
      ["D", 2],
      ["U", 2, null, 8, [2]],
      ["U", 3, "whole", 3],
      ["U", 3, "part", null, [1]],
      ["U", 4, null, 4, [2]],
      ["D", 4],
    );
    expect(await rows("partial")).toEqual([
      [1n, "x", 7n],
      [2n, null, 8n],
      [3n, "part", 3n],
    ]);
  });

  it("are refused where the table does not offer them, and for columns that are not there", async () => {
    const one = await open("one");
    expect((await put("one", one, 0, changes(["U", 1, "a", 1, [1]]))).json()["Message"]).toBe(
      "row 0: Values of some columns only are not taken: the table is not 'acid.partial.fields.update.enable'='true'",
    );
    const partial = await open("partial");
    expect((await put("partial", partial, 0, changes(["U", 1, "a", 1, [3]]))).json()["Message"]).toBe(
      "row 0: Expected __value_cols to hold ids from 0 to 2, got 3",
    );
  });
});

describe("a table with a primary key", () => {
  it("takes upserts only; others take none", async () => {
    const upload = await ask("POST", `${tablePath(emulator, "one")}?uploads`, { headers: tunnelHeaders });
    expect(outcome(upload)).toEqual([400, "InvalidArgument"]);
    expect(outcome(await create("plain"))).toEqual([400, "InvalidArgument"]);
    await emulator.createTable(keyed("odd", "'write.bucket.num'='none'"));
    expect(outcome(await create("odd"))).toEqual([400, "InvalidArgument"]);
    await emulator.createTable(
      "create table nested (id array<bigint>, primary key (id)) tblproperties ('transactional'='true')",
    );
    expect(outcome(await create("nested"))).toEqual([400, "InvalidArgument"]);
  });

  it("has 16 buckets when it does not say how many", async () => {
    await emulator.createTable(
      "create table usual (id bigint, primary key (id)) tblproperties ('transactional'='true')",
    );
    expect((await create("usual")).json()["slots"]).toMatchObject([
      { buckets: Array.from({ length: 16 }, (_, bucket) => bucket) },
    ]);
  });

  it("tells clients of its key, so that they choose upserts", async () => {
    const { text } = await ask("GET", `${tablePath(emulator, "one")}?extended`);
    const schema = JSON.parse(/<!\[CDATA\[(.*)\]\]>/.exec(text)?.[1] ?? "") as { Reserved: string };
    expect(JSON.parse(schema.Reserved)).toEqual({
      Transactional: "true",
      schema_version: "0",
      PrimaryKey: ["id"],
    });
  });

  it("leaves the files of buckets alone that nothing changes in", async () => {
    const id = await open("four");
    await put("four", id, 3, changes(["U", 1, "a"]));
    await put("four", id, 1, changes(["U", 0 + 2, "b"])).then(async (answer) => {
      // Whichever bucket 2 hashes to, the row is stored once.
      if (answer.status !== 200) {
        const bucket = Number(/bucket (\d) of/.exec(String(answer.json()["Message"]))?.[1]);
        expect((await put("four", id, bucket, changes(["U", 2, "b"]))).status).toBe(200);
      }
    });
    await on("POST", "four", id);
    const before = new Set(await readdir(join(directory, "blocks")));
    const next = await open("four");
    await put("four", next, 3, changes(["U", 1, "changed"]));
    await on("POST", "four", next);
    await vi.waitFor(async () => {
      const after = await readdir(join(directory, "blocks"));
      expect([after.length, after.filter((file) => before.has(file)).length]).toEqual([2, 1]);
    });
    expect(await rows("four")).toEqual([
      [1n, "changed", null],
      [2n, "b", null],
    ]);
  });

  it("keeps every row when the number of its buckets changes", async () => {
    const hundred = Array.from({ length: 100 }, (_, id): Change => ["U", id, `row ${id}`]);
    await upsert("one", ...hundred);
    await emulator.createTable("alter table one set tblproperties ('write.bucket.num'='4')");
    const id = await open("one");
    expect((await put("one", id, 3, changes(["D", 1]))).status).toBe(200);
    await on("POST", "one", id);
    expect((await rows("one")).map((row) => (row as unknown[])[0])).toEqual(
      hundred.map(([, key]) => BigInt(key ?? 0)).filter((key) => key !== 1n),
    );
    // All rows lie in their buckets now: a change of one is found there.
    const next = await open("one");
    await put("one", next, 3, changes(["U", 1, "back"]));
    await on("POST", "one", next);
    expect(await rows("one")).toHaveLength(100);
  });

  it("serialises commits that race, and loses none of them", async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, () => open("one")));
    await Promise.all(
      ids.map((id, n) => put("one", id, 0, changes(["U", n, "own"], ["U", 100, `last of ${n}`]))),
    );
    const answers = await Promise.all(ids.map((id) => on("POST", "one", id)));
    expect(answers.map((answer) => answer.json()["status"])).toEqual(ids.map(() => "committed"));
    const stored = (await rows("one")) as unknown[][];
    expect(stored.map(([id]) => id)).toEqual([0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 100n]);
  });

  it("goes on with sessions whose table got another column, or was emptied", async () => {
    await upsert("one", ["U", 1, "a"]);
    const id = await open("one");
    await put("one", id, 0, changes(["U", 2, "b"]));
    await emulator.createTable("alter table one add columns (more string)");
    await emulator.createTable("truncate table one");
    expect((await on("POST", "one", id)).json()["status"]).toBe("committed");
    expect(await rows("one")).toEqual([[2n, "b", null, null]]);
  });

  it("joins small files, so that they do not grow without bound", async () => {
    for (let id = 0; id < 20; id += 1) {
      await upsert("one", ["U", id, "x"]);
    }
    expect(await rows("one")).toHaveLength(20);
    await vi.waitFor(async () => expect(await files()).toBeLessThanOrEqual(8));
  });

  it("merges again when rows change in the middle of a commit", async () => {
    let meddle: (() => Promise<void>) | undefined;
    const fileSystem: FileSystem = {
      ...nodeFileSystem,
      async open(path, mode) {
        const now = mode === "create" ? meddle : undefined;
        if (now !== undefined) {
          meddle = undefined;
          await now();
        }
        return nodeFileSystem.open(path, mode);
      },
    };
    await using other = await startEmulator({ fileSystem, tables: [keyed("one", "'write.bucket.num'='1'")] });
    await emulator.close();
    emulator = other;
    ask = clientOf(other);
    await upsert("one", ["U", 1, "a"]);
    const id = await open("one");
    await put("one", id, 0, changes(["U", 2, "b"]));
    meddle = () => other.createTable("truncate table one");
    expect((await on("POST", "one", id)).json()["status"]).toBe("committed");
    expect(await rows("one")).toEqual([[2n, "b", null]]);

    const aborted = await open("one");
    await put("one", aborted, 0, changes(["U", 3, "c"]));
    meddle = async () => {
      expect((await on("DELETE", "one", aborted)).status).toBe(200);
    };
    expect(outcome(await on("POST", "one", aborted))).toEqual([409, "StatusConflict"]);
    expect(await rows("one")).toEqual([[2n, "b", null]]);

    const late = await open("one");
    await put("one", late, 0, changes(["U", 4, "d"]));
    meddle = async () => {
      expect((await on("GET", "one", late)).json()["status"]).toBe("committing");
      expect(outcome(await put("one", late, 0, changes(["U", 5])))).toEqual([409, "StatusConflict"]);
      // A client that has waited for half a minute is told to ask again.
      other.clock.advance(30_000);
    };
    expect((await on("POST", "one", late)).json()["status"]).toBe("committing");
    await vi.waitFor(async () => {
      expect((await on("GET", "one", late)).json()["status"]).toBe("committed");
    });
    expect(await rows("one")).toHaveLength(2);
  });

  it("is as it was when the disk is full in the middle of a commit", async () => {
    const fileSystem = faultyFileSystem();
    await using other = await startEmulator({ fileSystem, tables: [keyed("one", "'write.bucket.num'='1'")] });
    await emulator.close();
    emulator = other;
    ask = clientOf(other);
    await upsert("one", ["U", 1, "a"]);
    const id = await open("one");
    await put("one", id, 0, changes(["U", 1, "b"]));
    fileSystem.full = true;
    expect(outcome(await on("POST", "one", id))).toEqual([500, "DataStoreError"]);
    expect(await rows("one")).toEqual([[1n, "a", null]]);
    fileSystem.full = false;
    expect((await on("POST", "one", id)).json()["status"]).toBe("committed");
    expect(await rows("one")).toEqual([[1n, "b", null]]);
  });
});
