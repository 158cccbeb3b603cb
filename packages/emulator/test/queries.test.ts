import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeRecords } from "@maxcompute-tunnel/codec";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAdjustableClock, type RunningEmulator, startEmulator } from "../src/index.ts";
import { type Ask, clientOf, createUpload, tablePath, tunnelHeaders } from "./support/client.ts";
import { faultyFileSystem } from "./support/faulty-file-system.ts";
import { endOfSql, runSql, type SqlResult, submitSql } from "./support/sql.ts";

let emulator: RunningEmulator;
let ask: Ask;

beforeAll(async () => {
  emulator = await startEmulator({ project: "proj" });
  ask = clientOf(emulator);
});
afterAll(() => emulator.close());

const run = (sql: string, settings?: string): Promise<SqlResult> => runSql(ask, "proj", sql, settings);

/** The lines of a result behind its header. */
async function rows(sql: string): Promise<string[]> {
  const { status, format, text } = await run(sql);
  expect([status, format], text).toEqual(["Success", "csv"]);
  return text.split("\n").slice(1, -1);
}

async function failure(sql: string): Promise<string> {
  const { status, text } = await run(sql);
  expect(status).toBe("Failed");
  return text;
}

async function upload(table: string, body: Uint8Array, more = ""): Promise<void> {
  const path = tablePath(emulator, table);
  const id = await createUpload(ask, path, more);
  const target = `${path}?uploadid=${id}${more.replace("&create_partition=true", "")}`;
  expect((await ask("PUT", `${target}&blockid=0`, { headers: tunnelHeaders, body })).status).toBe(200);
  expect((await ask("POST", target, { headers: tunnelHeaders })).status).toBe(200);
}

const numbers = [
  { name: "x", type: "bigint" },
  { name: "note", type: "string" },
] as const;

/** A query that no machine finishes. */
const endless =
  "select count(*) from busy a join busy b on true join busy c on true join busy d on true join busy e on true where a.x * b.x + c.x * d.x + e.x = -1";

async function makeBusy(on: RunningEmulator, client: Ask): Promise<void> {
  await on.createTable("create table busy (x bigint)");
  const path = tablePath(on, "busy");
  const id = await createUpload(client, path);
  const body = encodeRecords(
    [{ name: "x", type: "bigint" }],
    Array.from({ length: 20_000 }, (_, index) => [BigInt(index)]),
  );
  await client("PUT", `${path}?uploadid=${id}&blockid=0`, { headers: tunnelHeaders, body });
  await client("POST", `${path}?uploadid=${id}`, { headers: tunnelHeaders });
}

describe("a query", () => {
  it("sees what was uploaded, and what is uploaded after it", async () => {
    await emulator.createTable("create table seen (x bigint, note string)");
    const some = (from: number): Uint8Array =>
      encodeRecords(
        numbers,
        Array.from({ length: 5000 }, (_, index) => [BigInt(from + index), index % 2 === 0 ? "even" : null]),
      );
    await upload("seen", some(0));
    const asked = "select count(*) as n, sum(x) as total, count(note) from seen";
    expect(await run(asked)).toMatchObject({ text: '"n","total","_c2"\n"5000","12497500","2500"\n' });
    await upload("seen", some(5000));
    expect(await rows(asked)).toEqual(['"10000","49995000","5000"']);
    await upload("seen", some(1), "&overwrite=true");
    expect(await rows(asked)).toEqual(['"5000","12502500","2500"']);
  });

  it("reads partitions, and knows them as columns", async () => {
    await emulator.createTable(
      "create table parts (x bigint, note string) partitioned by (pt string, hh int)",
    );
    for (const [pt, hh, x] of [
      ["a", 1, 1n],
      ["a", 2, 2n],
      ["b", 1, 3n],
    ] as const) {
      await upload(
        "parts",
        encodeRecords(numbers, [[x, "n"]]),
        `&partition=pt=${pt},hh=${hh}&create_partition=true`,
      );
    }
    expect(await rows("select * from parts order by x")).toEqual([
      '"1","n","a","1"',
      '"2","n","a","2"',
      '"3","n","b","1"',
    ]);
    expect(await rows("select x from parts where pt = 'a' and hh > 1")).toEqual(['"2"']);
    expect(await rows("select x from parts where pt in ('b', 'c')")).toEqual(['"3"']);
    expect(await rows("select count(*) from parts where hh = 1")).toEqual(['"2"']);
    expect(await rows("select pt, count(*) from parts group by pt order by pt")).toEqual([
      '"a","2"',
      '"b","1"',
    ]);
    // One table twice, with other partitions each time.
    expect(
      await rows(
        "select l.x, r.x from parts l left join parts r on r.pt = 'b' and l.hh = r.hh where l.pt = 'a' order by 1",
      ),
    ).toEqual(['"1","3"', '"2",\\N']);
  });

  it("reads tables of other schemas and projects by their names", async () => {
    const three = '{"odps.namespace.schema":"true"}';
    expect((await run("create schema sq", three)).status).toBe("Success");
    expect((await run("create table sq.inner_t as select 7 as x", three)).status).toBe("Success");
    expect(await run("select x from sq.inner_t", three)).toMatchObject({ text: '"x"\n"7"\n' });
    expect(await run("select x from proj.sq.inner_t")).toMatchObject({ text: '"x"\n"7"\n' });
  });

  it("gives columns of one name a number", async () => {
    expect(await run("select 1 as a, 2 as a, 3 as A")).toMatchObject({
      text: '"a","a2","A3"\n"1","2","3"\n',
    });
  });

  it("fails with number and place", async () => {
    await emulator.createTable("create table small (x bigint, s string)");
    expect(await failure("select *\nfrom absent")).toBe(
      "ODPS-0130131:[2,6] Table not found - table absent cannot be resolved",
    );
    expect(await failure("select nope from small")).toBe(
      "ODPS-0130071:[1,8] Semantic analysis exception - column nope cannot be resolved",
    );
    expect(await failure("select from small")).toMatch(/^ODPS-0130161:\[1,8\] Parse exception - /);
    expect(await failure("select 9223372036854775807 + 1L")).toMatch(/^ODPS-0121145:Data overflow - /);
    expect(await failure("select date '2024-02-31'")).toMatch(/^ODPS-0123091:Illegal type cast - /);
    expect(await failure("from small insert into small select *")).toMatch(/^ODPS-0130161:\[1,1\]/);
  });

  it("reaches nothing but tables", async () => {
    expect(await failure("select * from read_csv('/etc/passwd')")).toMatch(/^ODPS-01301/);
    expect(await failure("select getenv('HOME')")).toMatch(/^ODPS-0130/);
    expect(await failure("select * from duckdb_settings")).toMatch(/^ODPS-0130131/);
    expect(await failure("select * from `/etc/passwd`")).toMatch(/^ODPS-0130131/);
  });

  it("that ran beside others gives its own rows", async () => {
    await emulator.createTable("create table shared (x bigint, note string)");
    await upload(
      "shared",
      encodeRecords(numbers, [
        [1n, "one"],
        [2n, "two"],
      ]),
    );
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, index) => rows(`select x + ${index} from shared order by x`)),
    );
    expect(results).toEqual(Array.from({ length: 8 }, (_, index) => [`"${1 + index}"`, `"${2 + index}"`]));
  });
});

describe("INSERT", () => {
  it("appends, and overwrites", async () => {
    await emulator.createTable("create table plain (x bigint, note string)");
    expect((await run("insert into plain values (1, 'a'), (2, null)")).text).toBe("");
    await run("insert into plain select x + 10, note from plain");
    expect(await rows("select * from plain order by x")).toEqual([
      '"1","a"',
      '"2",\\N',
      '"11","a"',
      '"12",\\N',
    ]);
    await run("insert overwrite table plain select x, 'kept' from plain where x > 10");
    expect(await emulator.readRows("plain")).toEqual([
      { x: 11n, note: "kept" },
      { x: 12n, note: "kept" },
    ]);
    await run("insert overwrite table plain select * from plain where false");
    expect(await emulator.readRows("plain")).toEqual([]);
  });

  it("creates the partitions it fills, and leaves the others alone", async () => {
    await emulator.createTable("create table daily (x bigint) partitioned by (pt string, hh bigint)");
    await run("insert into daily partition (pt='a', hh=01) values (1)");
    await run("insert into daily partition (pt, hh) values (2, 'a', 1), (3, 'b', 2), (4, null, 3)");
    expect((await run("show partitions daily")).text).toBe(
      "pt=a/hh=1\npt=b/hh=2\npt=__HIVE_DEFAULT_PARTITION__/hh=3\n",
    );
    await run(
      "insert overwrite table daily partition (pt='a', hh) select x * 100, hh from daily where pt = 'a'",
    );
    expect(await rows("select x, pt, hh from daily order by x")).toEqual([
      '"3","b","2"',
      '"4","__HIVE_DEFAULT_PARTITION__","3"',
      '"100","a","1"',
      '"200","a","1"',
    ]);
    await run("insert overwrite table daily partition (pt='b', hh=2) select x from daily where false");
    expect(await emulator.readRows("daily", "pt=b,hh=2")).toEqual([]);
    await run("insert into daily partition (pt='empty', hh=0) select x from daily where false");
    expect(await emulator.readRows("daily", "pt=empty,hh=0")).toEqual([]);
    expect(await failure("insert into daily partition (pt, hh) values (1, '', 1)")).toContain(
      "Expected a value for the partition key pt",
    );
  });

  it("fills columns it does not name with their defaults", async () => {
    await emulator.createTable(
      "create table filled (x bigint, n int default 7, s string default 'none', d decimal(5,2) default -1.5, at datetime default datetime '2024-01-02 03:04:05', free string)",
    );
    await run("insert into filled (x) values (1), (2)");
    const defaults = { n: 7, s: "none", d: "-1.5", at: new Date("2024-01-02T03:04:05Z"), free: null };
    expect(await emulator.readRows("filled")).toEqual([
      { x: 1n, ...defaults },
      { x: 2n, ...defaults },
    ]);
  });

  it("holds rows against the rules of uploads, and writes all or none", async () => {
    await emulator.createTable("create table strict (x tinyint not null, v varchar(3), j json)");
    await run("insert into strict values (1, 'abcdef', json '{\"a\":1}')");
    expect(await emulator.readRows("strict")).toEqual([{ x: 1, v: "abc", j: '{"a":1}' }]);
    expect(await failure("insert into strict values (2, 'a', null), (null, 'b', null)")).toMatch(
      /^ODPS-0121095:Invalid argument - .*column x/,
    );
    expect(await failure("insert into strict values (300, 'a', null)")).toMatch(/^ODPS-01/);
    expect(await failure("insert into strict values (2, 'a', 'no json')")).toMatch(/^ODPS-01/);
    expect(await failure("insert into strict values (2, 'a')")).toBe(
      "ODPS-0130071:[1,13] Semantic analysis exception - expected 3 columns to insert, got 2",
    );
    expect(await emulator.readRows("strict")).toHaveLength(1);
  });

  it("fails plainly on a full disk, and leaves the table as it was", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "queries-"));
    try {
      const fileSystem = faultyFileSystem();
      await using own = await startEmulator({ project: "proj", dataDir, fileSystem });
      const client = clientOf(own);
      await own.createTable("create table t as select 1 as x");
      fileSystem.full = true;
      for (const sql of ["insert overwrite table t values (2)", "create table u as select 2 as x"]) {
        await expect(submitSql(client, "proj", sql)).rejects.toThrow("<Code>DataStoreError</Code>");
      }
      fileSystem.full = false;
      expect(await own.readRows("t")).toEqual([{ x: 1 }]);
      expect((await runSql(client, "proj", "insert into t values (3)")).status).toBe("Success");
      expect(await own.readRows("t")).toEqual([{ x: 1 }, { x: 3 }]);
      await expect.poll(() => readdir(join(dataDir, "blocks"))).toHaveLength(2);
    } finally {
      await rm(dataDir, { recursive: true });
    }
  });

  it("leaves tables with a primary key to upserts", async () => {
    await emulator.createTable(
      "create table keyed (k bigint not null primary key, v string) tblproperties ('transactional'='true')".replace(
        " primary key, v string)",
        ", v string, primary key (k))",
      ),
    );
    expect(await failure("insert into keyed values (1, 'a')")).toContain("has a primary key");
  });
});

describe("CREATE TABLE AS", () => {
  it("makes table and rows in one step", async () => {
    const made = await run(
      "create table made lifecycle 3 comment 'made' as select 1 as Id, cast(1.25 as decimal(5,2)) as price, array('a') as tags, null as nothing",
    );
    expect(made).toMatchObject({ status: "Success", text: "" });
    expect(await emulator.readRows("made")).toEqual([{ id: 1, price: "1.25", tags: ["a"], nothing: null }]);
    expect((await run("show create table made")).text).toContain("`tags` ARRAY<STRING>");
    expect(await failure("create table made as select 2 as id")).toMatch(
      /^ODPS-0130141: Object already exists/,
    );
    expect((await run("create table if not exists made as select nonsense from absent")).status).toBe(
      "Success",
    );
    expect(await emulator.readRows("made")).toHaveLength(1);
    expect(await failure("create table unmade as select nope from made")).toMatch(/^ODPS-0130071/);
    expect((await ask("GET", "/projects/proj/tables/unmade")).status).toBe(404);
  });
});

describe("a job", () => {
  it("runs beside the requests that ask for it, and keeps nobody else waiting", async () => {
    await makeBusy(emulator, ask);
    const instance = await submitSql(ask, "proj", endless);
    const path = `/projects/proj/instances/${instance}`;
    const status = await ask("GET", path);
    expect(status.text).toContain("<Instance><Status>Running</Status></Instance>");
    expect(status.headers.get("x-odps-end-time")).toBe("");
    expect((await ask("GET", `${path}?taskstatus`)).text).toMatch(/<Status>Running<\/Status><Histories\/>/);
    expect((await ask("GET", `${path}?result`)).text).toContain('<Result Format="text"></Result>');
    const early = await ask("POST", `${path}?downloads`, { headers: tunnelHeaders });
    expect([early.status, early.json()["Code"]]).toEqual([400, "InstanceNotTerminate"]);
    await emulator.createTable("create table meanwhile (x bigint, note string)");
    await upload("meanwhile", encodeRecords(numbers, [[1n, null]]));
    expect(await rows("select x from meanwhile")).toEqual(['"1"']);
    emulator.clock.advance(11 * 60_000);
    expect((await endOfSql(ask, "proj", instance)).text).toBe(
      "ODPS-0123144:Fuxi job failed - the query took longer than 10 minutes",
    );
  });

  it("that the emulator stopped with has failed when it is back", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "queries-"));
    try {
      const first = await startEmulator({ project: "proj", dataDir });
      const before = clientOf(first);
      await makeBusy(first, before);
      const instance = await submitSql(before, "proj", endless);
      const done = await runSql(before, "proj", "select x from busy where x < 3 order by x");
      await first.close();
      const second = await startEmulator({ project: "proj", dataDir });
      const after = clientOf(second);
      expect(await endOfSql(after, "proj", instance)).toMatchObject({
        status: "Failed",
        text: "ODPS-0123144:Fuxi job failed - the emulator stopped while the job ran",
      });
      expect(await endOfSql(after, "proj", done.instance)).toEqual(done);
      await second.close();
    } finally {
      await rm(dataDir, { recursive: true });
    }
  });

  it("is forgotten with its rows after 48 hours", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "queries-"));
    const clock = createAdjustableClock();
    try {
      await using own = await startEmulator({ project: "proj", dataDir, clock });
      const client = clientOf(own);
      const { instance } = await runSql(client, "proj", "select 1 as x");
      const session = await client("POST", `/projects/proj/instances/${instance}?downloads`, {
        headers: tunnelHeaders,
      });
      expect(session.status).toBe(200);
      expect(await readdir(join(dataDir, "blocks"))).toHaveLength(1);
      clock.advance(48 * 3_600_000);
      await runSql(client, "proj", "set a=b");
      await expect.poll(() => readdir(join(dataDir, "blocks"))).toEqual([]);
      expect((await client("GET", `/projects/proj/instances/${instance}`)).status).toBe(404);
    } finally {
      await rm(dataDir, { recursive: true });
    }
  });

  it("of several statements gives the rows of its last query", async () => {
    await emulator.createTable("create table script (x bigint)");
    const { text } = await run(
      "insert into script values (1); select 'first'; insert into script values (2); select sum(x) as s from script;",
    );
    expect(text).toBe('"s"\n"3"\n');
    expect(await failure("select 1; select nope")).toMatch(/^ODPS-0130071/);
  });

  it("shows at most 10,000 rows as text", async () => {
    await emulator.createTable("create table long (x bigint, note string)");
    await upload(
      "long",
      encodeRecords(
        numbers,
        Array.from({ length: 10_001 }, (_, index) => [BigInt(index), null]),
      ),
    );
    expect((await run("select x from long")).text.split("\n")).toHaveLength(10_002);
  });

  it("needs a permission for what it reads and what it changes", async () => {
    await using guarded = await startEmulator({
      project: "proj",
      projects: ["other"],
      tables: ["create table t as select 1 as x"],
      accessKeys: [
        { accessKeyId: "reader", accessKeySecret: "r", permissions: { proj: "read" } },
        { accessKeyId: "stranger", accessKeySecret: "s", permissions: { other: "write" } },
      ],
    });
    const reader = clientOf({ ...guarded, accessKeyId: "reader", accessKeySecret: "r" });
    const stranger = clientOf({ ...guarded, accessKeyId: "stranger", accessKeySecret: "s" });
    expect((await runSql(reader, "proj", "select x from t")).text).toBe('"x"\n"1"\n');
    expect((await runSql(reader, "proj", "insert into t values (2)")).text).toMatch(/^ODPS-0130013:/);
    expect((await runSql(reader, "proj", "create table u as select 1 as x")).text).toMatch(/^ODPS-0130013:/);
    expect((await runSql(stranger, "other", "select x from proj.t")).text).toMatch(/^ODPS-0130013:/);
    expect(await guarded.readRows("t")).toEqual([{ x: 1 }]);
  });
});
