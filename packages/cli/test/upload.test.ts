import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startWorkplace, type Workplace } from "./workplace.ts";

let place: Workplace;
beforeAll(async () => {
  place = await startWorkplace([
    `create table everything (
      tiny tinyint, small smallint, whole int, big bigint, single float, twice double, yes boolean, words string,
      fixed char(5), short varchar(5), raw binary, price decimal(10,2), day date, at datetime, exact timestamp,
      wall timestamp_ntz, doc json, tags array<string>, scores map<string,int>, point struct<x:double,label:string>)`,
    "create table people (id bigint not null, name string, born date)",
    "create table sales (id bigint, amount decimal(10,2)) partitioned by (dt string)",
    "create table times (at datetime, exact timestamp)",
    "create table files (raw binary)",
  ]);
});
afterAll(() => place[Symbol.asyncDispose]());

const everything = {
  tiny: -128,
  small: 32767,
  whole: -2147483648,
  big: 9007199254740993n,
  single: 1.5,
  twice: 0.1,
  yes: true,
  words: 'é, "quoted"\nline',
  fixed: "ab",
  short: "abcdé",
  raw: Uint8Array.of(0, 255),
  price: "12345678.9",
  day: "2024-02-29",
  at: new Date("2024-05-06T07:08:09.123Z"),
  exact: { seconds: -1n, nanos: 999_999_999 },
  wall: { seconds: 0n, nanos: 1 },
  doc: '{"n":1.10}',
  tags: ["a", null],
  scores: [["x", 1]],
  point: { x: 1.5, label: null },
};

describe("a load", () => {
  it("brings every type from CSV into the table exactly", async () => {
    place.write(
      "all.csv",
      `${Object.keys(everything).reverse().join(",")}\n` +
        `"{""x"":1.5,""label"":null}","{""x"":1}","[""a"",null]","{""n"":1.10}",1970-01-01 00:00:00.000000001,1969-12-31 23:59:59.999999999,2024-05-06 07:08:09.123,2024-02-29,12345678.90,AP8=,abcdé,ab,"é, ""quoted""\nline",TRUE,0.1,1.5,9007199254740993,-2147483648,32767,-128\r\n` +
        `${",".repeat(19)}\n`,
    );
    const { exitCode, err } = await place.mctunnel("upload", "all.csv", "proj.everything", "--overwrite");
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    const [full, empty] = await place.emulator.readRows("everything");
    expect(full).toEqual({
      ...everything,
      fixed: expect.stringMatching(/^ab *$/),
      price: expect.stringMatching(/^12345678\.90?$/),
    });
    expect(Object.values(empty!)).toEqual(new Array(20).fill(null));
  });

  it("brings every type from JSON lines into the table exactly", async () => {
    place.write(
      "all.jsonl",
      '{"tiny":-128,"small":32767,"whole":-2147483648,"big":9007199254740993,"single":1.5,"twice":0.1,"yes":true,' +
        '"words":"é, \\"quoted\\"\\nline","fixed":"ab","short":"abcdé","raw":"AP8=","price":12345678.90,' +
        '"day":"2024-02-29","at":"2024-05-06T07:08:09.123Z","exact":"1969-12-31T23:59:59.999999999Z",' +
        '"wall":"1970-01-01 00:00:00.000000001","doc":{"n":1.10},"tags":["a",null],"scores":{"x":1},' +
        '"point":{"x":1.5}}\n{}\n',
    );
    const { exitCode, err } = await place.mctunnel("upload", "all.jsonl", "proj.everything", "--overwrite");
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    const [full, empty] = await place.emulator.readRows("everything");
    expect(full).toEqual({
      ...everything,
      fixed: expect.stringMatching(/^ab *$/),
      price: expect.stringMatching(/^12345678\.90?$/),
    });
    expect(Object.values(empty!)).toEqual(new Array(20).fill(null));
  });

  it("puts several files into one session, in the order of the command line", async () => {
    place.write("p1.csv", "id,name\n1,a\n2,b\n");
    place.write("p2.csv", "name,id\nc,3\n");
    place.write("p3.jsonl", '{"id":4}\n');
    const { exitCode, out } = await place.mctunnel(
      "upload",
      "p1.csv",
      "p2.csv",
      "p3.jsonl",
      "proj.people",
      "--overwrite",
    );
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^Replaced the contents of proj\.people with 4 rows from 3 files\.\n/);
    expect(await place.emulator.readRows("people")).toEqual([
      { id: 1n, name: "a", born: null },
      { id: 2n, name: "b", born: null },
      { id: 3n, name: "c", born: null },
      { id: 4n, name: null, born: null },
    ]);
  });

  it("adds rows unless told to replace", async () => {
    place.write("one.csv", "7,x,\n");
    await place.mctunnel("upload", "one.csv", "proj.people", "--overwrite");
    await place.mctunnel("upload", "one.csv", "proj.people");
    expect(await place.emulator.readRows("people")).toHaveLength(2);
    await place.mctunnel("upload", "one.csv", "proj.people", "--overwrite");
    expect(await place.emulator.readRows("people")).toHaveLength(1);
  });

  it("cuts blocks at the size that was said and reports everything as JSON", async () => {
    const rows = Array.from({ length: 5000 }, (_, index) => `${index},name ${index},2024-01-01`);
    place.write("many.csv", `${rows.join("\n")}\n`);
    const { exitCode, out, err } = await place.mctunnel(
      ...[
        "upload",
        "many.csv",
        "proj.people",
        "--overwrite",
        "--block-size",
        "20KiB",
        "--parallel",
        "3",
        "--compress",
        "none",
        "--json",
      ],
    );
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    const summary = JSON.parse(out);
    expect(summary).toEqual({
      ok: true,
      command: "upload",
      exitCode: 0,
      outcome: "committed",
      project: "proj",
      table: "people",
      load: expect.stringMatching(/^upload-20260101t000000z-[0-9a-f]{8}$/),
      sessionId: expect.any(String),
      rows: 5000,
      rejected: 0,
      files: [{ file: "many.csv", format: "csv", bytes: 127_780, rows: 5000 }],
      readBytes: 127_780,
      encodedBytes: expect.any(Number),
      sentBytes: summary.encodedBytes,
      compression: "none",
      blocks: summary.blockIds.length,
      blockIds: expect.any(Array),
      keptBlocks: 0,
      retries: 0,
      requestIds: expect.any(Array),
      overwrite: true,
      confirmedBy: "answer",
      durationMs: expect.any(Number),
    });
    expect(summary.requestIds).toHaveLength(summary.blocks + 1);
    expect(summary.blocks).toBeGreaterThan(5);
    expect(out.endsWith("}\n")).toBe(true);
    const loaded = await place.emulator.readRows("people");
    expect(loaded.map(({ id }) => id).sort((a, b) => Number(a) - Number(b))).toEqual(
      rows.map((_, index) => BigInt(index)),
    );
  });

  it.each(["--compress", "--compress=zstd", "--compress=none"])(
    "sends what it sends with %s",
    async (flag) => {
      place.write("packed.csv", `${"1,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,\n".repeat(2000)}`);
      const { exitCode, out } = await place.mctunnel(
        "upload",
        flag,
        "packed.csv",
        "proj.people",
        "--overwrite",
        "--json",
      );
      expect(exitCode).toBe(0);
      const { encodedBytes, sentBytes } = JSON.parse(out);
      if (flag === "--compress=none") expect(sentBytes).toBe(encodedBytes);
      else expect(sentBytes).toBeLessThan(encodedBytes / 2);
      expect(await place.emulator.readRows("people")).toHaveLength(2000);
    },
  );

  it("reads a file of many pieces without losing or mixing anything", async () => {
    const name = (index: number): string =>
      `n${index}${index % 7 === 0 ? ',"é"\n' : ""}${"漢".repeat(index % 50)}`;
    const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    const rows = Array.from({ length: 20_000 }, (_, index) => `${index},${quoted(name(index))},\r\n`);
    place.write("pieces.csv", `\ufeffid,name,born\n${rows.join("")}`);
    const { exitCode } = await place.mctunnel(
      "upload",
      "pieces.csv",
      "proj.people",
      "--overwrite",
      "--block-size",
      "200K",
    );
    expect(exitCode).toBe(0);
    const loaded = await place.emulator.readRows("people");
    loaded.sort((a, b) => Number(a["id"]) - Number(b["id"]));
    expect(loaded).toEqual(rows.map((_, index) => ({ id: BigInt(index), name: name(index), born: null })));
  });

  it("loads nothing from an empty file, and says so", async () => {
    place.write("empty.csv", "");
    const { exitCode, out } = await place.mctunnel("upload", "empty.csv", "proj.people");
    expect(exitCode).toBe(0);
    expect(out).toContain("there were no rows to load");
  });

  it("writes nothing with --quiet", async () => {
    place.write("one.csv", "7,x,\n");
    expect(await place.mctunnel("upload", "-q", "one.csv", "proj.people")).toMatchObject({
      exitCode: 0,
      out: "",
      err: "",
    });
  });
});

describe("partitions", () => {
  it("creates a missing one only when told, and gives the exact command otherwise", async () => {
    place.write("s.csv", "1,2.50\n");
    const refused = await place.mctunnel("upload", "s.csv", "proj.sales/dt='2024-05-06'");
    expect(refused.exitCode).toBe(8);
    expect(refused.err).toContain("No rows were sent.");
    expect(refused.err).toContain(
      "next: Create the partition first, or let the load create it: mctunnel upload s.csv 'proj.sales/dt='\\''2024-05-06'\\''' --create-partition\n",
    );
    expect(
      (await place.mctunnel("upload", "s.csv", "proj.sales/dt=2024-05-06", "--create-partition")).exitCode,
    ).toBe(0);
    expect(await place.emulator.readRows("sales", "dt=2024-05-06")).toEqual([
      { id: 1n, amount: expect.stringMatching(/^2\.50?$/) },
    ]);
  });

  it("asks for one on a partitioned table", async () => {
    place.write("s.csv", "1,2.50\n");
    const { exitCode, err } = await place.mctunnel("upload", "s.csv", "proj.sales");
    expect(exitCode).toBe(2);
    expect(err).toContain("next: Name the partition behind the table");
  });

  it("refuses to fill a partition column from a file", async () => {
    place.write("dt.csv", "id,amount,dt\n1,2.50,2024-05-06\n");
    const { exitCode, err } = await place.mctunnel(
      "upload",
      "dt.csv",
      "proj.sales/dt=1",
      "--create-partition",
      "--header",
    );
    expect(exitCode).toBe(7);
    expect(err).toContain(
      'dt.csv:1: the header names "dt", which is no column of the table but a partition column',
    );
  });
});

describe("time zones", () => {
  it("reads times without a zone as UTC, whatever zone the process is in, and says so", async () => {
    place.write("t.csv", "2024-05-06 07:08:09,2024-05-06 07:08:09\n");
    const { out } = await place.mctunnelIn(
      { env: { ...place.env, TZ: "Asia/Tokyo" } },
      "upload",
      "t.csv",
      "proj.times",
      "--overwrite",
    );
    expect(out).toContain("dates and times without a zone were read as UTC");
    expect(await place.emulator.readRows("times")).toEqual([
      { at: new Date("2024-05-06T07:08:09Z"), exact: { seconds: 1_714_979_289n, nanos: 0 } },
    ]);
  });

  it("reads them in the zone that was said, and says which", async () => {
    place.write("t.csv", "2024-05-06 07:08:09,2024-05-06T07:08:09Z\n");
    const { out } = await place.mctunnel(
      "upload",
      "t.csv",
      "proj.times",
      "--overwrite",
      "--time-zone",
      "Asia/Shanghai",
    );
    expect(out).toContain("dates and times without a zone were read as Asia/Shanghai");
    expect(await place.emulator.readRows("times")).toEqual([
      { at: new Date("2024-05-05T23:08:09Z"), exact: { seconds: 1_714_979_289n, nanos: 0 } },
    ]);
  });

  it("refuses a zone that does not exist", async () => {
    place.write("t.csv", "2024-05-06 07:08:09,\n");
    expect(
      await place.mctunnel("upload", "t.csv", "proj.times", "--time-zone", "Nowhere/City"),
    ).toMatchObject({ exitCode: 2 });
  });
});

it("reads binary columns in the spelling that was said, and says which", async () => {
  place.write("raw.csv", "cafe\n");
  const base64 = await place.mctunnel("upload", "raw.csv", "proj.files", "--overwrite");
  expect(base64.out).toContain("binary columns were read as base64");
  expect(await place.emulator.readRows("files")).toEqual([{ raw: Uint8Array.of(0x71, 0xa7, 0xde) }]);
  await place.mctunnel("upload", "raw.csv", "proj.files", "--overwrite", "--binary", "hex");
  expect(await place.emulator.readRows("files")).toEqual([{ raw: Uint8Array.of(0xca, 0xfe) }]);
});
