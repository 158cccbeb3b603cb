import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startWorkplace, type Workplace } from "./workplace.ts";

let place: Workplace;
beforeEach(async () => {
  place = await startWorkplace([
    "create table sales (id bigint, amount decimal(10,2)) partitioned by (dt string, region string)",
    "create table days (id bigint, born date) partitioned by (day string, hour tinyint)",
    `create table everything (
      tiny tinyint, small smallint, whole int, big bigint, single float, twice double, yes boolean, words string,
      fixed char(5), short varchar(5), raw binary, price decimal(38,10), day date, at datetime, exact timestamp,
      wall timestamp_ntz, doc json, tags array<string>, scores map<string,int>, point struct<x:double,label:string>)
      partitioned by (pt bigint)`,
    "create table plain (id bigint)",
  ]);
});
afterEach(() => place[Symbol.asyncDispose]());

const world = (): { homeDirectory: string; now: () => number } => ({
  homeDirectory: place.folder,
  now: Date.now,
});
const mctunnel = (...argv: string[]) => place.mctunnelIn(world(), ...argv);
const rowsOf = (table: string, partition: string) => place.emulator.readRows(table, partition);
const byDate = ["--partition-by", "dt,region", "--create-partition"];

/** Of 20,000 rows each is in the partition of its day, once. */
async function expectThreeDays(): Promise<void> {
  for (const day of [0, 1, 2]) {
    const rows = (await rowsOf("sales", `dt=d${day},region=cn`)) as { id: bigint }[];
    const ids = Array.from({ length: 20_000 }, (_, id) => id).filter((id) => id % 3 === day);
    expect(rows.map(({ id }) => Number(id)).sort((one, other) => one - other)).toEqual(ids);
  }
}

const sales =
  "id,amount,dt,region\n1,1.5,2024-01-01,cn\n2,,2024-01-02,cn\n3,3.25,2024-01-01,cn\n4,4,2024-01-01,eu\n";

describe("a load by --partition-by", () => {
  it("puts each row into the partition that its fields name, and lists the partitions", async () => {
    place.write("sales.csv", sales);
    const { exitCode, out, err } = await mctunnel("upload", "sales.csv", "proj.sales", ...byDate);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(out).toMatch(
      /^Loaded 4 rows into 3 partitions of proj\.sales; each partition at once\.\n {2}dt=2024-01-01,region=cn {2}2 rows {2}session \w+\n {2}dt=2024-01-02,region=cn {3}1 row {2}session \w+\n {2}dt=2024-01-01,region=eu {3}1 row {2}session \w+\n/,
    );
    expect(await rowsOf("sales", "dt=2024-01-01,region=cn")).toEqual([
      { id: 1n, amount: "1.50" },
      { id: 3n, amount: "3.25" },
    ]);
    expect(await rowsOf("sales", "dt=2024-01-02,region=cn")).toEqual([{ id: 2n, amount: null }]);
    expect(await rowsOf("sales", "dt=2024-01-01,region=eu")).toEqual([{ id: 4n, amount: "4.00" }]);
    // What was done is kept track of partition by partition, and nothing is left to go on with.
    const history = JSON.parse((await mctunnel("history", "--json")).out);
    expect(history.loads.map(({ state }: { state: string }) => state)).toEqual(["done", "done", "done"]);
    const one = history.loads.find(({ rows }: { rows: number }) => rows === 1);
    expect((await mctunnel("resume", one.id)).out).toBe(`Load ${one.id} is done: 1 row is committed.\n`);
  });

  it("takes keys by position, by --map and as --set", async () => {
    place.write("bare.csv", "7,1,2024-03-01,cn\n8,2,2024-03-01,us\n");
    expect((await mctunnel("upload", "bare.csv", "proj.sales", ...byDate)).exitCode).toBe(0);
    expect(await rowsOf("sales", "dt=2024-03-01,region=us")).toEqual([{ id: 8n, amount: "2.00" }]);
    place.write("named.csv", "id,Tag,amount\n9,2024-03-02,1\n");
    const mapped = await mctunnel(
      ...["upload", "named.csv", "proj.sales", ...byDate, "--map", "Tag=dt", "--set", "region=中 文"],
    );
    expect(mapped.err).toBe("");
    expect(await rowsOf("sales", "dt=2024-03-02,region=中 文")).toEqual([{ id: 9n, amount: "1.00" }]);
  });

  it("brings every type there exactly, also where rows of partitions take turns", async () => {
    const row = `"{""x"":1.5,""label"":null}","{""x"":1}","[""a"",null]","{""n"":1.10}",1970-01-01 00:00:00.000000001,1969-12-31 23:59:59.999999999,2024-05-06 07:08:09.123,2024-02-29,1234567890123456789012345678.0123456789,AP8=,abcdé,ab,"é, ""quoted""\nline",TRUE,0.1,1.5,9007199254740993,-2147483648,32767,-128`;
    const header =
      "point,scores,tags,doc,wall,exact,at,day,price,raw,short,fixed,words,yes,twice,single,big,whole,small,tiny,pt";
    const lines = Array.from({ length: 30 }, (_, at) => `${at % 5 === 0 ? ",".repeat(19) : row},0${at % 3}`);
    place.write("all.csv", `${[header, ...lines].join("\n")}\n`);
    const dealt = await mctunnel(
      "upload",
      "all.csv",
      "proj.everything",
      "--partition-by",
      "pt",
      "--create-partition",
    );
    expect(dealt.err).toBe("");
    place.write("one.csv", `${[header.replace(/,pt$/, ""), row].join("\n")}\n`);
    await mctunnel("upload", "one.csv", "proj.everything/pt=9", "--create-partition");
    const [full] = await rowsOf("everything", "pt=9");
    const empty = Object.fromEntries(Object.keys(full!).map((name) => [name, null]));
    for (const pt of [0, 1, 2]) {
      const wanted = Array.from({ length: 30 }, (_, at) => at)
        .filter((at) => at % 3 === pt)
        .map((at) => (at % 5 === 0 ? empty : full));
      expect(await rowsOf("everything", `pt=${pt}`)).toEqual(wanted);
    }
  });

  it("routes by a column of the table, which stays in the row, and by dates and numbers as they are meant", async () => {
    place.write("days.csv", "id,born,hour\n1,2024-02-29,07\n2,2024-02-29,7\n3,1969-12-31,-1\n");
    const run = await mctunnel(
      "upload",
      "days.csv",
      "proj.days",
      "--partition-by",
      "hour,day=born",
      "--create-partition",
    );
    expect(run.err).toBe("");
    expect(await rowsOf("days", "day=2024-02-29,hour=7")).toEqual([
      { id: 1n, born: "2024-02-29" },
      { id: 2n, born: "2024-02-29" },
    ]);
    expect(await rowsOf("days", "day=1969-12-31,hour=-1")).toHaveLength(1);
  });

  it("replaces only the partitions that rows go to with --overwrite", async () => {
    place.write("sales.csv", sales);
    await mctunnel("upload", "sales.csv", "proj.sales", ...byDate);
    place.write("new.csv", "5,5,2024-01-01,cn\n");
    const { out } = await mctunnel("upload", "new.csv", "proj.sales", ...byDate, "--overwrite");
    expect(out).toContain("Replaced the contents of 1 partition of proj.sales with 1 row");
    expect(await rowsOf("sales", "dt=2024-01-01,region=cn")).toEqual([{ id: 5n, amount: "5.00" }]);
    expect(await rowsOf("sales", "dt=2024-01-01,region=eu")).toHaveLength(1);
  });

  it("stays within a small memory, and every row arrives once", async () => {
    const lines = Array.from({ length: 40_000 }, (_, id) => `${id},${id % 100},d${id % 37},r${id % 2}\n`);
    place.write("many.csv", lines.join(""));
    const { exitCode, out } = await mctunnel(
      ...[
        "upload",
        "many.csv",
        "proj.sales",
        ...byDate,
        "--memory",
        "4MiB",
        "--block-size",
        "4KiB",
        "--json",
      ],
    );
    const report = JSON.parse(out);
    expect({ exitCode, rows: report.rows, count: report.partitions.length }).toEqual({
      exitCode: 0,
      rows: 40_000,
      count: 74,
    });
    expect(report.blocks).toBeGreaterThan(74);
    const ids: bigint[] = [];
    for (const { partition } of report.partitions) {
      const rows = (await rowsOf("sales", partition)) as { id: bigint }[];
      for (const { id } of rows)
        if (`dt=d${Number(id) % 37},region=r${Number(id) % 2}` !== partition) throw new Error(`${id}`);
      ids.push(...rows.map(({ id }) => id));
    }
    expect(new Set(ids).size).toBe(40_000);
    expect(ids).toHaveLength(40_000);
  });
});

describe("a load by --partition-by of rows that a module makes", () => {
  const dealt = (input: string, module: string, ...more: string[]) =>
    mctunnel("upload", input, "proj.sales", ...byDate, "--transform", module, ...more);

  it("deals out what the module says, one row, several or none of each record", async () => {
    place.write(
      "deal.mjs",
      `export default ({ n, day }) =>
        n === "2" ? null : ["cn", "eu"].map((region) => ({ id: n, amount: "1.5", DT: day.slice(0, 10), region }));`,
    );
    place.write("in.csv", "n,day\n1,2024-01-01T07\n2,2024-01-01T08\n3,2024-01-02T09\n");
    const { exitCode, err, out } = await dealt("in.csv", "deal.mjs", "--json");
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    const report = JSON.parse(out);
    expect(report).toMatchObject({ rows: 4, partitionBy: ["dt", "region"], compression: "none" });
    expect(report.sentBytes).toBe(report.encodedBytes);
    for (const region of ["cn", "eu"]) {
      expect(await rowsOf("sales", `dt=2024-01-01,region=${region}`)).toEqual([{ id: 1n, amount: "1.50" }]);
      expect(await rowsOf("sales", `dt=2024-01-02,region=${region}`)).toEqual([{ id: 3n, amount: "1.50" }]);
    }
  });

  it.each([
    [
      '{ id: 1, dt: "a/b", region: "cn" }',
      "record 1 does not fit: column dt: expected a value that a partition can have",
    ],
    [
      '{ id: 1, dt: "", region: "cn" }',
      "record 1 does not fit: column dt: expected a value that a partition can have",
    ],
    ['{ id: 1, region: "cn" }', "record 1 does not fit: column dt: expected a value, got none"],
    ['{ id: 1, dt: null, region: "cn" }', "record 1 does not fit: column dt: expected a value, got none"],
    [
      '{ id: 1, dt: new Uint8Array([97, 47]), region: "cn" }',
      "record 1 does not fit: column dt: expected a value that a partition can have",
    ],
  ])("refuses a row without a partition to go to: %s", async (row, message) => {
    place.write("no.mjs", `export default () => (${row});`);
    place.write("in.csv", "n\n1\n");
    const { exitCode, err } = await dealt("in.csv", "no.mjs");
    expect({ exitCode, err }).toEqual({ exitCode: 3, err: expect.stringContaining(message) });
    expect(err).toContain("Nothing was committed");
  });

  it("is gone on with where it stopped, with the same module only", async () => {
    const text =
      'export default ({ id }) => ({ id, dt: "d" + (id % 3), region: "cn", amount: String(id % 100) });';
    place.write("r.mjs", text);
    place.write("many.csv", `id\n${Array.from({ length: 20_000 }, (_, id) => `${id}\n`).join("")}`);
    place.emulator.faults.add({
      match: { action: "put block" },
      nth: 25,
      effect: { kind: "answer", status: 403, code: "NoPermission" },
    });
    const first = await dealt("many.csv", "r.mjs", "--block-size", "4KiB", "--retries", "0");
    expect(first.exitCode).toBe(4);
    place.emulator.faults.clear();
    place.write("r.mjs", `${text} `);
    expect(await mctunnel("resume", "--last")).toMatchObject({
      exitCode: 7,
      err: expect.stringContaining("The inputs have changed since this load began"),
    });
    place.write("r.mjs", text);
    const { exitCode, out } = await mctunnel("resume", "--last", "--json");
    const report = JSON.parse(out);
    expect({ exitCode, rows: report.rows }).toEqual({ exitCode: 0, rows: 20_000 });
    expect(report.keptBlocks).toBeGreaterThan(10);
    await expectThreeDays();
  });
});

describe("values that are no partition", () => {
  const hostile = [
    "",
    "../x",
    "a/b",
    "a,b",
    "a=b",
    "it's",
    'say ""no""',
    "a\nb",
    "a\r\nb",
    " a",
    "a\u00a0",
    "\u0007",
  ];

  it("are rejected with file, line and column, and nothing of them reaches the service", async () => {
    const lines = hostile.map((value, id) => `${id},1,"${value}",cn\n`);
    place.write("hostile.csv", `id,amount,dt,region\n${lines.join("")}99,1,ünï-%?#&+ ..,cn\n`);
    const first = await mctunnel("upload", "hostile.csv", "proj.sales", ...byDate);
    expect(first.exitCode).toBe(3);
    expect(first.err).toContain("hostile.csv:2:5: column dt: expected a value that a partition can have");
    expect(first.err).toContain("Nothing was committed");
    const { exitCode, out } = await mctunnel(
      ...["upload", "hostile.csv", "proj.sales", ...byDate, "--max-rejects", "20", "--json"],
    );
    const report = JSON.parse(out);
    expect({ exitCode, rejected: report.rejected }).toEqual({ exitCode: 11, rejected: hostile.length });
    expect(report.partitions.map(({ partition }: { partition: string }) => partition)).toEqual([
      "dt=ünï-%?#&+ ..,region=cn",
    ]);
    expect(await rowsOf("sales", "dt=ünï-%?#&+ ..,region=cn")).toHaveLength(1);
  });

  it("are NULL, too, and what is no number for a key that is one", async () => {
    place.write(
      "bad.jsonl",
      '{"born":"2024-01-01","hour":1}\n{"born":null,"hour":1}\n{"born":"2024-01-01","hour":"x"}\n{"born":"2024-01-01"}\n{"born":"2024-01-01","hour":128}\n',
    );
    const { exitCode, err } = await mctunnel(
      ...[
        "upload",
        "bad.jsonl",
        "proj.days",
        "--partition-by",
        "day=born,hour",
        "--create-partition",
        "--max-rejects",
        "9",
      ],
    );
    expect(exitCode).toBe(11);
    expect(err.split("\n").filter((line) => line.startsWith("rejected:"))).toEqual([
      expect.stringMatching(/^rejected: bad\.jsonl:2:\d+: column born: expected a value/),
      expect.stringMatching(/^rejected: bad\.jsonl:3:\d+: column hour: expected/),
      expect.stringMatching(/^rejected: bad\.jsonl:4:\d+: column hour: expected a value/),
      expect.stringMatching(/^rejected: bad\.jsonl:5:\d+: column hour: expected/),
    ]);
  });
});

describe("check with --partition-by", () => {
  it("says how many rows would go where, and sends nothing", async () => {
    place.write("sales.csv", `${sales}5,1,,cn\n`);
    const before = place.emulator.requests.length;
    const { exitCode, out } = await mctunnel(
      "check",
      "sales.csv",
      "proj.sales",
      "--partition-by",
      "dt,region",
    );
    expect(exitCode).toBe(3);
    expect(out).toContain("4 rows would go into proj.sales; nothing was sent.");
    expect(out).toContain("    dt=2024-01-01,region=cn  2 rows\n    dt=2024-01-02,region=cn   1 row\n");
    expect(out).toContain("1 record would be rejected");
    expect(place.emulator.requests.slice(before).every(({ method }) => method === "GET")).toBe(true);
    const dry = await mctunnel(
      "upload",
      "sales.csv",
      "proj.sales",
      ...byDate,
      "--dry-run",
      "--max-rejects",
      "1",
      "--json",
    );
    expect(JSON.parse(dry.out).partitions).toHaveLength(3);
  });
});

describe("what --partition-by refuses before anything is sent", () => {
  it.each([
    [["proj.sales", "--partition-by", "dt"], "expected all partition keys of proj.sales once, got dt"],
    [["proj.sales", "--partition-by", "dt,dt"], "expected all partition keys of proj.sales once"],
    [["proj.sales", "--partition-by", "dt,hour"], "does not say where region comes from"],
    [["proj.sales", "--partition-by", "dt=nothing,region"], "nothing is no column of proj.sales"],
    [["proj.sales", "--partition-by", "dt=amount,region"], "column amount is a decimal(10,2)"],
    [["proj.sales/dt=1", "--partition-by", "dt,region"], "name the table alone"],
    [["proj.plain", "--partition-by", "dt"], "table proj.plain has no partitions"],
  ])("%j", async (argv, message) => {
    place.write("sales.csv", sales);
    const { exitCode, err } = await mctunnel("upload", "sales.csv", ...argv);
    expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringContaining(message) });
    expect(place.emulator.requests.every(({ method }) => method === "GET")).toBe(true);
  });

  it("more partitions than are allowed, with nothing committed", async () => {
    place.write("sales.csv", sales);
    const { exitCode, err } = await mctunnel(
      "upload",
      "sales.csv",
      "proj.sales",
      ...byDate,
      "--max-partitions",
      "2",
    );
    expect(exitCode).toBe(2);
    expect(err).toContain("The rows go to more than 2 partitions");
    expect(await rowsOf("sales", "dt=2024-01-01,region=cn").catch(() => [])).toEqual([]);
  });
});

describe("a load by --partition-by that fails", () => {
  const commits = (): number =>
    place.emulator.requests.filter(({ action }) => action === "commit upload").length;

  it("commits nothing when one partition's blocks do not arrive", async () => {
    place.write("sales.csv", sales);
    await mctunnel("upload", "sales.csv", "proj.sales", ...byDate, "--overwrite");
    place.write("more.csv", "10,1,2024-01-01,cn\n11,1,2024-01-01,nowhere\n");
    const { exitCode, err } = await mctunnel(
      "upload",
      "more.csv",
      "proj.sales",
      "--partition-by",
      "dt,region",
    );
    expect({ exitCode, err }).toEqual({ exitCode: 8, err: expect.stringContaining("--create-partition") });
    expect(err).toContain("Nothing was committed: proj.sales is as it was.");
    expect(await rowsOf("sales", "dt=2024-01-01,region=cn")).toHaveLength(2);
  });

  it.each([1, 2, 3])(
    "commits nothing when block %i of three, sent at the very end, is refused",
    async (nth) => {
      place.write("sales.csv", sales);
      place.emulator.faults.add({
        match: { action: "put block" },
        nth,
        effect: { kind: "answer", status: 403, code: "NoPermission" },
      });
      const { exitCode, out } = await mctunnel(
        "upload",
        "sales.csv",
        "proj.sales",
        ...byDate,
        "--retries",
        "0",
        "--json",
      );
      expect(exitCode).toBe(4);
      expect(commits()).toBe(0);
      for (const { committed } of JSON.parse(out).partitions) expect(committed).toBe(false);
    },
  );

  it("says which partitions are in when a commit fails, and the next command loads only the others", async () => {
    place.write("sales.csv", sales);
    place.emulator.faults.add({
      match: { action: "commit upload" },
      nth: 2,
      effect: { kind: "answer", status: 403, code: "NoPermission" },
    });
    const first = await mctunnel("upload", "sales.csv", "proj.sales", ...byDate, "--json", "--retries", "0");
    const report = JSON.parse(first.out);
    expect(report.ok).toBe(false);
    const states = report.partitions.map(({ committed }: { committed: boolean }) => committed);
    expect(states.filter((state: boolean) => state)).toHaveLength(2);
    expect(states.filter((state: boolean) => !state)).toHaveLength(1);
    const out = report.partitions.find(({ committed }: { committed: boolean }) => !committed).partition;
    expect(first.err).toContain(`Not committed: ${out}.`);
    expect(first.err).toContain("Committed, whole: dt=");
    expect(report.error.next).toMatch(/^mctunnel resume upload-/);
    expect(await rowsOf("sales", out).catch(() => [])).toEqual([]);

    place.emulator.faults.clear();
    const sent = commits();
    const again = await mctunnel(...report.error.next.split(" ").slice(1), "--json");
    expect(again.err).toBe("");
    expect(commits() - sent).toBe(1);
    expect(
      JSON.parse(again.out)
        .partitions.map((one: { outcome: string }) => one.outcome)
        .sort(),
    ).toEqual(["already-committed", "already-committed", "committed"]);
    expect(await rowsOf("sales", "dt=2024-01-01,region=cn")).toHaveLength(2);
    expect(await rowsOf("sales", "dt=2024-01-01,region=eu")).toHaveLength(1);
    expect(await rowsOf("sales", "dt=2024-01-02,region=cn")).toHaveLength(1);
  });

  it("keeps the blocks that the server has, and sends only the others when it goes on", async () => {
    const lines = Array.from({ length: 20_000 }, (_, id) => `${id},${id % 100},d${id % 3},cn\n`);
    place.write("many.csv", lines.join(""));
    place.emulator.faults.add({
      match: { action: "put block" },
      nth: 25,
      effect: { kind: "answer", status: 403, code: "NoPermission" },
    });
    const upload = ["upload", "many.csv", "proj.sales", ...byDate, "--block-size", "4KiB", "--retries", "0"];
    const first = await mctunnel(...upload, "--json");
    expect(first.exitCode).toBe(4);
    expect(first.err).toContain(
      "Nothing was committed: proj.sales is as it was (partitions may have been created",
    );
    place.emulator.faults.clear();
    const { exitCode, out } = await mctunnel("resume", "--last", "--json");
    const report = JSON.parse(out);
    expect({ exitCode, rows: report.rows }).toEqual({ exitCode: 0, rows: 20_000 });
    expect(report.keptBlocks).toBeGreaterThan(10);
    await expectThreeDays();
  });

  it("is done once under the name of a job, and refuses other inputs for what is left of it", async () => {
    place.write("sales.csv", sales);
    place.emulator.faults.add({
      match: { action: "commit upload" },
      nth: 1,
      effect: { kind: "answer", status: 403, code: "NoPermission" },
    });
    const upload = ["upload", "sales.csv", "proj.sales", ...byDate, "--job", "today", "--retries", "0"];
    expect((await mctunnel(...upload)).exitCode).not.toBe(0);
    place.emulator.faults.clear();
    place.write("sales.csv", sales.replace("3.25", "4.25"));
    const changed = await mctunnel(...upload);
    expect({ exitCode: changed.exitCode, err: changed.err }).toEqual({
      exitCode: 7,
      err: expect.stringContaining("The inputs have changed since this load began"),
    });
    const purge = await mctunnel("purge", "--older-than", "0s", "--yes", "--json");
    expect(JSON.parse(purge.out).removed).toEqual([]);
  });

  it("does nothing when the job is done, and says so", async () => {
    place.write("sales.csv", sales);
    const upload = ["upload", "sales.csv", "proj.sales", ...byDate, "--job", "today"];
    expect((await mctunnel(...upload)).exitCode).toBe(0);
    const sent = place.emulator.requests.filter(({ method }) => method !== "GET").length;
    const again = await mctunnel(...upload);
    expect(again.out).toContain(
      "4 rows had been committed to 3 partitions of proj.sales before; nothing was done.",
    );
    expect(place.emulator.requests.filter(({ method }) => method !== "GET")).toHaveLength(sent);
    expect(existsSync(join(place.folder, ".local/state/mctunnel"))).toBe(true);
    expect(readdirSync(join(place.folder, ".local/state/mctunnel"))).toHaveLength(3);
  });
});
