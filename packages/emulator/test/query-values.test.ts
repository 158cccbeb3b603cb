import {
  type ColumnSpec,
  decodeRecords,
  encodeRecords,
  parseColumns,
  unframeArrow,
} from "@maxcompute-tunnel/codec";
import { batchRows, readBatches } from "@maxcompute-tunnel/testkit/arrow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningEmulator, startEmulator } from "../src/index.ts";
import { type Answer, type Ask, clientOf, createUpload, tablePath, tunnelHeaders } from "./support/client.ts";
import { runSql } from "./support/sql.ts";

let emulator: RunningEmulator;
let ask: Ask;

beforeAll(async () => {
  emulator = await startEmulator({ project: "proj" });
  ask = clientOf(emulator);
  await emulator.createTable(
    `create table all_types (${columns.map(({ name, type }) => `${name} ${type}`).join(", ")})`,
  );
  await upload("all_types", columns, rows);
});
afterAll(() => emulator.close());

const instant = (seconds: bigint, nanos: number) => ({ seconds, nanos });
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));

/** Every type that queries read, with what is the smallest and the largest of it. */
const values: Readonly<Record<string, readonly [type: string, ...rows: unknown[]]>> = {
  id: ["bigint", 1n, 2n, 3n],
  ti: ["tinyint", -128, 127, null],
  si: ["smallint", -32_768, 32_767, null],
  i: ["int", -2_147_483_648, 2_147_483_647, null],
  bi: ["bigint", -9_223_372_036_854_775_807n, 9_223_372_036_854_775_807n, null],
  f: ["float", 1.5, Number.NaN, null],
  d: ["double", 5e-324, Number.NEGATIVE_INFINITY, null],
  b: ["boolean", true, false, null],
  s: ["string", "quotes \"'` \\ and\nlines\t中😀", "\0", null],
  empty: ["string", "", "\\N", null],
  c: ["char(5)", "ab", "中文字", null],
  v: ["varchar(10)", "cd", "", null],
  bin: ["binary", hex("00017f80ff"), hex(""), null],
  big: ["decimal(38,18)", "12345678901234567890.123456789012345678", "-0.000000000000000001", null],
  price: ["decimal(10,2)", "99999999.99", "-0.5", null],
  bare: ["decimal", "1.000000000000000001", "-7", null],
  whole: ["decimal(38,0)", "99999999999999999999999999999999999999", "0", null],
  da: ["date", "0001-01-01", "9999-12-31", null],
  dt: ["datetime", new Date("1969-12-31T23:59:59.999Z"), new Date("9999-12-31T23:59:59.999Z"), null],
  ts: ["timestamp", instant(-1n, 999_999_999), instant(9_223_372_035n, 999_999_999), null],
  tn: ["timestamp_ntz", instant(-9_223_372_036n, 1), instant(0n, 1), null],
  day: ["interval_day_time", instant(93_784n, 1000), instant(-1n, 500_000_000), null],
  months: ["interval_year_month", 14, -13, null],
  doc: ["json", '{"a": 1, "b": [true, null]}', "[]", null],
  arr: ["array<bigint>", [1n, null, -3n], [], null],
  texts: ["array<string>", ["a\0", null, ""], [], null],
  m: [
    "map<string,bigint>",
    [
      ["k", 1n],
      ["", null],
    ],
    [],
    null,
  ],
  st: [
    "struct<x:bigint,y:string,z:decimal(5,1)>",
    { x: 7n, y: null, z: "2.5" },
    { x: null, y: null, z: null },
    null,
  ],
  deep: [
    "array<struct<at:timestamp,tags:array<string>,by:map<int,array<date>>>>",
    [
      { at: instant(1n, 2), tags: ["x", null], by: [[1, ["2024-02-29", null]]] },
      null,
      { at: null, tags: null, by: null },
    ],
    [],
    null,
  ],
};

const columns: readonly ColumnSpec[] = Object.entries(values).map(([name, [type]]) => ({ name, type }));
const rows = [1, 2, 3].map((row) => Object.values(values).map((column) => column[row]));
/** Columns that the Arrow library of this test reads whatever client asks. */
const inArrow = columns
  .filter(({ type }) => !/interval|decimal$|decimal\(38,0\)/.test(type))
  .map(({ name }) => name);

async function upload(
  table: string,
  schema: readonly ColumnSpec[],
  content: readonly (readonly unknown[])[],
): Promise<void> {
  const path = tablePath(emulator, table);
  const id = await createUpload(ask, path);
  const stored = await ask("PUT", `${path}?uploadid=${id}&blockid=0`, {
    headers: tunnelHeaders,
    body: encodeRecords(schema, content),
  });
  expect([stored.status, stored.text]).toEqual([200, ""]);
  await ask("POST", `${path}?uploadid=${id}`, { headers: tunnelHeaders });
}

/** Opens a download of a query's rows. */
async function open(
  sql: string,
  more = "",
): Promise<{ path: string; id: string; session: Record<string, unknown> }> {
  const { instance, status, text } = await runSql(ask, "proj", sql);
  expect(status, text).toBe("Success");
  const path = `/projects/proj/instances/${instance}`;
  const created = await ask("POST", `${path}?downloads${more}`, { headers: tunnelHeaders });
  expect(created.status).toBe(200);
  const session = created.json();
  return { path, id: String(session["DownloadID"]), session };
}

function read(
  { path, id }: { path: string; id: string },
  more = "",
  headers: Record<string, string> = {},
): Promise<Answer> {
  return ask("GET", `${path}?data&downloadid=${id}${more}`, { headers: { ...tunnelHeaders, ...headers } });
}

function schemaOf(session: Record<string, unknown>): ColumnSpec[] {
  return (session["Schema"] as { columns: ColumnSpec[] }).columns.map(({ name, type }) => ({ name, type }));
}

describe("every type", () => {
  it("comes through SELECT as it was uploaded, and is shown as what it was declared as", async () => {
    const download = await open("select * from all_types order by id");
    expect(download.session["RecordCount"]).toBe(3);
    expect(schemaOf(download.session)).toEqual(columns);
    const answer = await read(download, "&rowrange=(0,3)");
    // The service pads CHAR with blanks.
    const sent = rows.map((row) =>
      row.map((value, at) =>
        columns[at]?.type === "char(5)" && value !== null ? String(value).padEnd(5) : value,
      ),
    );
    expect(decodeRecords(columns, answer.bytes, { rowShape: "array" })).toEqual(sent);
  });

  it("comes through INSERT as it was uploaded", async () => {
    await emulator.createTable("create table copied like all_types");
    const { text } = await runSql(ask, "proj", "insert into copied select * from all_types");
    expect(text).toBe("");
    const read = await emulator.readRows("copied");
    expect(read.map((row) => Object.values(row))).toEqual(rows);
    await runSql(ask, "proj", "create table made as select * from all_types");
    expect((await emulator.readRows("made")).map((row) => Object.values(row))).toEqual(rows);
  });

  it("comes as Arrow batches", async () => {
    const list = inArrow.join(", ");
    const download = await open(`select ${list} from all_types order by id`);
    const schema = schemaOf(download.session);
    const answer = await read(download, "&arrow", { "user-agent": "pyodps/0.13.2" });
    expect(answer.status).toBe(200);
    const asStructs = schema.map(({ name, type }) => ({
      name,
      type: /^timestamp/.test(type) ? "struct<sec:bigint,nano:int>" : type === "json" ? "string" : type,
    }));
    const received = readBatches(parseColumns(asStructs), unframeArrow(answer.bytes)).flatMap((batch) =>
      batchRows(parseColumns(asStructs), batch),
    );
    const at = (name: string): unknown[] => received.map((row) => row[inArrow.indexOf(name)]);
    expect(received).toHaveLength(3);
    expect(at("bi")).toEqual(["-9223372036854775807", "9223372036854775807", null]);
    expect(at("ts")).toEqual([["-1", 999_999_999], ["9223372035", 999_999_999], null]);
    expect(at("tn")).toEqual([["-9223372036", 1], ["0", 1], null]);
    expect(at("s")).toEqual(values["s"]?.slice(1));
    expect(at("arr")).toEqual([["1", null, "-3"], [], null]);
  });

  it("is shown as text", async () => {
    const { format, text } = await runSql(ask, "proj", "select * from all_types where id <> 2 order by id");
    expect(format).toBe("csv");
    const [header, ...lines] = text.split("\n");
    expect(header).toBe(columns.map(({ name }) => `"${name}"`).join(","));
    const shown = lines.join("\n");
    for (const part of [
      '"1","-128","-32768","-2147483648","-9223372036854775807","1.5","5e-324","true",',
      `"quotes ""'\` \\ and\nlines\t中😀","",`,
      '"12345678901234567890.123456789012345678","99999999.99","1.000000000000000001",',
      '"0001-01-01","1969-12-31 23:59:59.999","1969-12-31 23:59:59.999999999","1677-09-21 00:12:44.000000001",',
      '"1 02:03:04.000001000","1-2","{""a"": 1, ""b"": [true, null]}","[1,\\N,-3]",',
    ]) {
      expect(shown).toContain(part);
    }
    expect(lines.at(-2)).toBe(`"3"${",\\N".repeat(columns.length - 1)}`);
  });

  it("counts and adds up exactly", async () => {
    const { text } = await runSql(
      ask,
      "proj",
      "select count(*), count(s), sum(price), sum(big), max(bi), min(da), max(dt), max(ts), min(price) from all_types",
    );
    expect(text.split("\n")[1]).toBe(
      '"3","2","99999999.49","12345678901234567890.123456789012345677","9223372036854775807","0001-01-01",' +
        '"9999-12-31 23:59:59.999","2262-04-11 23:47:15.999999999","-0.5"',
    );
  });
});

describe("a value that queries cannot hold", () => {
  it.each([
    ["timestamp", instant(10_000_000_000_000n / 1000n, 0), "the time 10000000000 seconds from 1970"],
    ["interval_day_time", instant(1n, 5), "the interval of 1 seconds and 5 nanoseconds"],
    ["string", hex("ff"), "a text that is not UTF-8"],
  ])(
    "of the type %s is an error where it is asked for, and no matter where it is not",
    async (type, value, problem) => {
      const schema = [
        { name: "id", type: "bigint" },
        { name: "x", type },
      ];
      const table = `odd_${type}`;
      await emulator.createTable(`create table ${table} (id bigint, x ${type})`);
      await upload(table, schema, [[1n, value]]);
      const asked = await runSql(ask, "proj", `select * from ${table}`);
      expect(asked).toMatchObject({
        status: "Failed",
        text: expect.stringContaining(`Data overflow - queries cannot hold ${problem}`),
      });
      expect(asked.text).toMatch(/\(column x\)$/);
      expect(await runSql(ask, "proj", `select id, count(*) from ${table} group by id`)).toMatchObject({
        text: '"id","_c1"\n"1","1"\n',
      });
    },
  );

  it("is one that 64 bits are too few for", async () => {
    const { text } = await runSql(ask, "proj", "select sum(x) from (values (9223372036854775807), (1)) t(x)");
    expect(text).toBe("ODPS-0121145:Data overflow - 9223372036854775808 does not fit into a BIGINT");
  });
});

describe("the rows of a query", () => {
  it("are read by range and by column, compressed as asked for", async () => {
    const download = await open("select id, s, d from all_types order by id");
    const schema = [
      { name: "d", type: "double" },
      { name: "id", type: "bigint" },
    ];
    const asked = await read(download, `&rowrange=${encodeURIComponent("(1,5)")}&columns=d,id`, {
      "accept-encoding": "deflate",
    });
    expect(asked.headers.get("content-encoding")).toBe("deflate");
    expect(decodeRecords(schema, asked.bytes, { rowShape: "array" })).toEqual([
      [Number.NEGATIVE_INFINITY, 2n],
      [null, 3n],
    ]);
    expect((await read(download, "&columns=nope")).json()["Code"]).toBe("InvalidColumnSpec");
    expect((await read(download, "&rowrange=(a,b)")).json()["Code"]).toBe("InvalidRowRange");
    const reloaded = await ask("GET", `${download.path}?downloadid=${download.id}`, {
      headers: tunnelHeaders,
    });
    expect(reloaded.json()).toEqual(download.session);
  });

  it("are 10,000 at most where the limit is asked for", async () => {
    await emulator.createTable("create table many (x bigint)");
    const schema = [{ name: "x", type: "bigint" }];
    await upload(
      "many",
      schema,
      Array.from({ length: 10_005 }, (_, index) => [BigInt(index)]),
    );
    const all = await open("select x from many");
    expect(all.session["RecordCount"]).toBe(10_005);
    expect(decodeRecords(schema, (await read(all)).bytes)).toHaveLength(10_005);
    const limited = await open("select x from many", "&instance_tunnel_limit_enabled");
    expect(limited.session["RecordCount"]).toBe(10_000);
    expect(decodeRecords(schema, (await read(limited, "&rowrange=(9998,10)")).bytes)).toHaveLength(2);
    expect(decodeRecords(schema, (await read(limited, "&rowrange=(10002,10)")).bytes)).toEqual([]);
  });

  it("outlive the tables they came from", async () => {
    await emulator.createTable("create table gone as select 5 as x");
    const download = await open("select x from gone");
    await runSql(ask, "proj", "drop table gone");
    expect(decodeRecords([{ name: "x", type: "int" }], (await read(download)).bytes)).toEqual([{ x: 5 }]);
  });

  it("are refused with the service's codes where there are none", async () => {
    const code = async (target: string, method = "POST"): Promise<unknown> => {
      const answer = await ask(method, target, { headers: tunnelHeaders });
      return [answer.status, answer.json()["Code"]];
    };
    const listed = await runSql(ask, "proj", "show tables");
    const failed = await runSql(ask, "proj", "select nope");
    const path = "/projects/proj/instances";
    expect(await code(`${path}/${listed.instance}?downloads`)).toEqual([400, "InstanceTypeNotSupported"]);
    expect(await code(`${path}/${failed.instance}?downloads`)).toEqual([400, "TaskFailed"]);
    expect(await code(`${path}/20240101?downloads`)).toEqual([404, "NoSuchInstance"]);
    const download = await open("select 1 as x");
    expect(await code(`${download.path}?data&downloadid=nope`, "GET")).toEqual([404, "NoSuchDownload"]);
    const other = await open("select 2 as x");
    expect(await code(`${download.path}?data&downloadid=${other.id}`, "GET")).toEqual([
      404,
      "NoSuchDownload",
    ]);
    emulator.clock.advance(24 * 3_600_000);
    expect(await code(`${download.path}?data&downloadid=${download.id}`, "GET")).toEqual([
      404,
      "NoSuchDownload",
    ]);
  });
});
