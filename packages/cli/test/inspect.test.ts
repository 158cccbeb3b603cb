import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { type ColumnSpec, encodeRecords, frameArrow } from "@maxcompute-tunnel/codec";
import { nodeLz4, nodeSnappy } from "@maxcompute-tunnel/writer/node";
import { type Table, tableFromArrays, tableToIPC } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../src/run.ts";
import { recordingIo } from "./recording-io.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mctunnel-inspect-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function inspect(
  bytes: Uint8Array,
  ...flags: string[]
): Promise<{ exitCode: number; out: string; err: string }> {
  writeFileSync(join(folder, "body"), bytes);
  const io = recordingIo({ cwd: folder });
  const exitCode = await run(["inspect", "body", ...flags], io);
  return { exitCode, out: io.out(), err: io.err() };
}

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));

/** Rows (1,'a'), (2,NULL), (NULL,'c') of bigint and string, as the official clients write them. */
const threeRecords = hex(
  "08 02 12 01 61 80c0ff7f ea91d2b205 08 04 80c0ff7f a3b6a6c308 12 01 63 80c0ff7f fb939bbe04 f0ffff7f 06 f8ffff7f ddebefdf08",
);

describe("a record pack", () => {
  it("without a schema shows records, checksum, guessed columns and rows", async () => {
    const { exitCode, out, err } = await inspect(threeRecords);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(out).toBe(
      `body: record pack, not compressed, 51 B
  3 records; every checksum is right, the last is 0x8bfbf5dd
  columns, guessed from the bytes:
      1  _1  bigint  (1 NULL; or tinyint, smallint, int, date, datetime, interval_year_month)
      2  _2  string  (1 NULL; or char, varchar, decimal, json, binary)
  first 3 rows:
      0  _1=1  _2="a"
      1  _1=2  _2=NULL
      2  _1=NULL  _2="c"
`,
    );
  });

  it("with a schema has names and types, and as JSON too", async () => {
    const report = JSON.parse(
      (
        await inspect(
          threeRecords,
          "--schema",
          "id bigint not null, name string comment 'a, b'",
          "--json",
          "--rows",
          "1",
        )
      ).out,
    );
    expect(report).toMatchObject({
      ok: true,
      exitCode: 0,
      command: "inspect",
      format: "record pack",
      compression: "none",
      records: 3,
      checksum: 2_348_545_501,
      columns: [
        { name: "id", type: "bigint", nulls: 1 },
        { name: "name", type: "string", nulls: 1 },
      ],
      rows: [{ id: 1, name: "a" }],
    });
  });

  it("takes the columns of a CREATE TABLE in a file", async () => {
    writeFileSync(
      join(folder, "t.sql"),
      "CREATE TABLE IF NOT EXISTS p.t (`id` BIGINT NOT NULL, d DECIMAL(10,2), tags ARRAY<STRING>) PARTITIONED BY (pt STRING);",
    );
    const columns: ColumnSpec[] = [
      { name: "id", type: "bigint" },
      { name: "d", type: "decimal(10,2)" },
      { name: "tags", type: "array<string>" },
    ];
    const pack = encodeRecords(columns, [{ id: 1n, d: "1.50", tags: ["x", null] }]);
    const { out } = await inspect(pack, "--schema", "@t.sql", "--json");
    expect(JSON.parse(out)).toMatchObject({ ok: true, rows: [{ id: 1, d: "1.50", tags: ["x", null] }] });
  });

  it("is guessed by what makes the checksums right", async () => {
    const columns: ColumnSpec[] = [
      { name: "b", type: "boolean" },
      { name: "f", type: "float" },
      { name: "g", type: "double" },
      { name: "t", type: "timestamp" },
      { name: "a", type: "array<bigint>" },
      { name: "m", type: "map<string,bigint>" },
      { name: "never", type: "bigint" },
      { name: "bytes", type: "binary" },
    ];
    const pack = encodeRecords(columns, [
      {
        b: true,
        f: 1.5,
        g: 2.5,
        t: new Date("2024-05-06T07:08:09.123Z"),
        a: [1n, -2n],
        m: new Map([["k", 7n]]),
        bytes: Uint8Array.of(0xff, 0x00),
      },
      { b: false, g: 3 },
    ]);
    const report = JSON.parse((await inspect(pack, "--json")).out);
    expect(
      report.columns.map(({ type, isSure }: { type: string; isSure: boolean }) => [type, isSure]),
    ).toEqual([
      ["boolean", true],
      ["float", true],
      ["double", true],
      ["timestamp", true],
      ["array<bigint>", true],
      ["map<string,bigint>", true],
      ["string", false],
      ["binary", true],
    ]);
    expect(report.rows[0]).toMatchObject({ _1: true, _2: 1.5, _5: [1, -2], _8: "0xff00" });
    expect(report.fault).toBeUndefined();
  });

  it("is guessed from all its records: a column may come late", async () => {
    const columns: ColumnSpec[] = [
      { name: "id", type: "bigint" },
      { name: "late", type: "timestamp" },
    ];
    const rows = Array.from({ length: 10_000 }, (_, id) => ({
      id: BigInt(id),
      late: id < 9_999 ? null : new Date("2024-05-06T07:08:09Z"),
    }));
    const report = JSON.parse((await inspect(encodeRecords(columns, rows), "--json")).out);
    expect(report).toMatchObject({
      ok: true,
      records: 10_000,
      columns: [
        { type: "bigint", nulls: 0 },
        { type: "timestamp", nulls: 9_999, isSure: true },
      ],
    });
  });

  it.each<[string, (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>]>([
    ["deflate", (bytes) => deflateSync(bytes)],
    ["gzip", (bytes) => gzipSync(bytes)],
    ["zstd", (bytes) => zstdCompressSync(bytes)],
    ["snappy", async (bytes) => Buffer.concat(await (await nodeSnappy()).compress([bytes]))],
    ["lz4", async (bytes) => Buffer.concat(await (await nodeLz4()).compress([bytes]))],
  ])("may be compressed with %s", async (name, compress) => {
    const report = JSON.parse((await inspect(await compress(threeRecords), "--json")).out);
    expect(report).toMatchObject({ ok: true, compression: name, bytes: 51, records: 3 });
  });

  it("that begins like compressed data is read as it is", async () => {
    const columns = Array.from({ length: 15 }, (_, index) => ({ name: `c${index}`, type: "bigint" }));
    // Field 15 and the value 47: 0x785e is divisible by 31, as the first two bytes of a zlib stream are.
    const pack = encodeRecords(columns, [{ c14: 47n }]);
    expect([...pack.subarray(0, 2)]).toEqual([0x78, 0x5e]);
    expect(JSON.parse((await inspect(pack, "--json")).out)).toMatchObject({
      compression: "none",
      records: 1,
    });
  });

  it("shows where it breaks: byte, row, column and the bytes there", async () => {
    const broken = Uint8Array.from(threeRecords);
    broken[4] = 0x62;
    const { exitCode, out, err } = await inspect(broken, "--schema", "id bigint, name string");
    expect(exitCode).toBe(7);
    expect(err).toMatch(/^error: body breaks at byte 9: row 0, byte 9: Expected the checksum of the record/);
    expect(out).toContain("0 records, whole and right, before it breaks");
    expect(out).toContain(
      `    00000000  08 02 12 01 62 80 c0 ff 7f ea 91 d2 b2 05 08 04  |....b...........|
                                         ^^`,
    );
    const report = JSON.parse((await inspect(broken, "--schema", "id bigint, name string", "--json")).out);
    expect(report).toMatchObject({
      ok: false,
      exitCode: 7,
      fault: { code: "checksum-mismatch", offset: 9, row: 0, dump: expect.any(Array) },
    });
  });

  it("names the column that does not fit its schema", async () => {
    const { out } = await inspect(threeRecords, "--schema", "id string, name string", "--json");
    expect(JSON.parse(out).fault).toMatchObject({ code: "wrong-wire-type", row: 0, column: "id", offset: 0 });
  });

  it("that breaks off shows what came before", async () => {
    const { exitCode, out } = await inspect(threeRecords.subarray(0, 30), "--json");
    expect(exitCode).toBe(7);
    expect(JSON.parse(out)).toMatchObject({ records: 2, fault: { code: "truncated", offset: 30 } });
  });

  it.each([
    [new Uint8Array(0), "missing-footer"],
    [hex("f0ffff7f 00 f8ffff7f 00"), undefined],
    [Buffer.from("hello, this is no pack at all"), expect.any(String)],
  ])("may be anything at all", async (bytes, code) => {
    const report = JSON.parse((await inspect(bytes, "--json")).out);
    expect(report.fault?.code).toEqual(code);
  });
});

describe("an Arrow body", () => {
  const table = tableFromArrays({ id: BigInt64Array.of(1n, 2n, 3n), score: Float64Array.of(1.5, 2.5, 3.5) });

  /** The batches alone: Tunnel sends neither the schema nor an end. */
  function batchesOf(source: Table): Uint8Array {
    const whole = tableToIPC(source, "stream");
    const view = new DataView(whole.buffer, whole.byteOffset, whole.length);
    return whole.subarray(8 + view.getInt32(4, true), whole.length - 8);
  }

  it("shows frames that are right, batches, and rows where the columns are known", async () => {
    const body = frameArrow(batchesOf(table), { chunkBytes: 64 });
    const plain = JSON.parse((await inspect(body, "--json")).out);
    expect(plain).toMatchObject({ ok: true, format: "Arrow body", records: 3, rows: [] });
    expect(plain.batches).toEqual([{ offset: 0, bytes: batchesOf(table).length, rows: 3 }]);
    const { out } = await inspect(body, "--schema", "id bigint, score double");
    expect(out).toContain("3 rows in 1 batch; every checksum is right");
    expect(out).toContain("      1  id=2  score=2.5");
  });

  it("shows where a frame's checksum is wrong", async () => {
    const body = Uint8Array.from(frameArrow(batchesOf(table), { chunkBytes: 64 }));
    body[80] = body[80]! ^ 1;
    const { exitCode, out } = await inspect(body, "--json");
    expect(exitCode).toBe(7);
    expect(JSON.parse(out)).toMatchObject({ ok: false, fault: { code: "checksum-mismatch", offset: 136 } });
  });

  it("may come without frames, and break off", async () => {
    const batches = batchesOf(table);
    expect(JSON.parse((await inspect(batches, "--json")).out)).toMatchObject({
      ok: true,
      format: "Arrow stream without frames",
      records: 3,
    });
    expect(JSON.parse((await inspect(batches.subarray(0, 100), "--json")).out)).toMatchObject({
      ok: false,
      fault: { code: "bad-message", offset: 0 },
    });
  });

  it("with nothing in it is four bytes", async () => {
    expect(JSON.parse((await inspect(hex("00000000"), "--json")).out)).toMatchObject({
      ok: true,
      records: 0,
    });
  });
});

describe("inspect", () => {
  it("says when there is no such file, as JSON too", async () => {
    const io = recordingIo({ cwd: folder });
    expect(await run(["inspect", "missing", "--json"], io)).toBe(7);
    expect(JSON.parse(io.out())).toMatchObject({ ok: false, exitCode: 7, error: { code: "file-not-found" } });
  });

  it.each(["id", "id bigit", "id bigint, id string", "@missing.sql"])(
    "refuses the schema %s",
    async (schema) => {
      const { exitCode, out } = await inspect(threeRecords, "--schema", schema);
      expect(exitCode).toBeGreaterThan(0);
      expect(out).toBe("");
    },
  );

  it("shows what there is of compressed data that breaks off", async () => {
    const columns: ColumnSpec[] = [{ name: "id", type: "bigint" }];
    const rows = Array.from({ length: 20_000 }, (_, id) => ({ id: BigInt(id * id) }));
    const whole = encodeRecords(columns, rows);
    for (const compress of [deflateSync, gzipSync, zstdCompressSync]) {
      const packed = compress(whole);
      const { exitCode, out, err } = await inspect(packed.subarray(0, packed.length / 2), "--json");
      expect(exitCode).toBe(7);
      expect(err).toContain("data is damaged");
      const report = JSON.parse(out);
      expect(report).toMatchObject({
        ok: false,
        damage: expect.stringContaining("damaged"),
        rows: [{ _1: 0 }, { _1: 1 }, { _1: 4 }, {}, {}],
      });
      expect(report.records).toBeGreaterThan(1000);
    }
    const packed = Buffer.concat(await (await nodeSnappy()).compress([whole]));
    packed[packed.length - 1] = packed.at(-1)! ^ 1;
    expect(JSON.parse((await inspect(packed, "--json")).out).records).toBeGreaterThan(1000);
  });

  it("names damaged compressed data", async () => {
    const { exitCode, err } = await inspect(gzipSync(threeRecords).subarray(0, 20));
    expect({ exitCode, err }).toEqual({
      exitCode: 7,
      err: expect.stringContaining("its gzip data is damaged: unexpected end of file"),
    });
  });
});
