import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync, zstdCompressSync } from "node:zlib";
import type { ColumnSpec } from "@maxcompute-tunnel/codec";
import { rejection } from "@maxcompute-tunnel/testkit";
import { isWriterError } from "@maxcompute-tunnel/writer";
import { describe, expect, it } from "vitest";
import { type FileReject, isFilesError, openFileSource } from "../src/index.ts";
import { readBlocks, request, rowsOf, scratch } from "./support.ts";

function fixture(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
}

/** `name type, name type`, commas within types without a blank behind them. */
function table(text: string): ColumnSpec[] {
  return text.split(", ").map((column) => {
    const at = column.indexOf(" ");
    return { name: column.slice(0, at), type: column.slice(at + 1) };
  });
}

const everyType = table(
  "b boolean, i8 tinyint, i16 smallint, i32 int, i64 bigint, u8 bigint, u16 bigint, u32 bigint, u64 decimal(20,0), " +
    "f32 float, f64 double, d9 decimal(9,2), d18 decimal(18,2), d38 decimal(38,18), day date, ms datetime, " +
    "us timestamp, ns timestamp, clock timestamp_ntz, s string, bin binary, fixed binary, dict string, " +
    "list array<bigint>, lists array<array<string>>, map map<string,int>, " +
    "struct struct<x:bigint,y:struct<z:array<string>>>, people array<struct<n:string,t:array<int>>>",
);

const usual = {
  b: true,
  i8: 1,
  i16: 1,
  i32: 1,
  i64: 1n,
  u8: 1n,
  u16: 1n,
  u32: 1n,
  u64: "1",
  f32: 1.5,
  f64: 1.5,
  d9: "1.25",
  d18: "1.25",
  d38: "1.500000000000000000",
  day: "2020-02-29",
  ms: new Date(1),
  us: { seconds: 0n, nanos: 1000 },
  ns: { seconds: 0n, nanos: 1 },
  clock: { seconds: 0n, nanos: 1000 },
  s: "plain",
  bin: new Uint8Array(0),
  fixed: Uint8Array.of(97, 98, 99),
  dict: "x",
  list: [1n, null, 3n],
  lists: [["a"], [], null, ["b", null]],
  map: [
    ["k", 1],
    ["l", null],
  ],
  struct: { x: 1n, y: { z: ["p", null] } },
  people: [
    { n: "a", t: [1, 2] },
    { n: null, t: null },
  ],
};
const extreme = {
  b: false,
  i8: -128,
  i16: -32768,
  i32: -2147483648,
  i64: 9223372036854775807n,
  u8: 255n,
  u16: 65535n,
  u32: 4294967295n,
  u64: "18446744073709551615",
  f32: Math.fround(-0.1),
  f64: 1e300,
  d9: "-9999999.99",
  d18: "-9999999999999999.99",
  d38: "-99999999999999999999.999999999999999999",
  day: "0001-01-01",
  ms: new Date(-62135596800000),
  us: { seconds: 253402300799n, nanos: 999_999_000 },
  ns: { seconds: -1n, nanos: 999_999_999 },
  clock: { seconds: -1n, nanos: 999_999_000 },
  s: "日本 \u{1f600}",
  bin: Uint8Array.of(0, 255),
  fixed: Uint8Array.of(0, 1, 2),
  dict: "y",
  list: [],
  lists: [null],
  map: [],
  struct: { x: null, y: null },
  people: [],
};
const nulls = { ...Object.fromEntries(everyType.map(({ name }) => [name, null])), lists: [], people: [null] };

describe("every type", () => {
  it.each([
    "every-type.none.parquet",
    "every-type.snappy.parquet",
    "every-type.gzip.parquet",
    "every-type.brotli.parquet",
    "every-type.zstd.parquet",
    "every-type.lz4.parquet",
    "every-type.v2.parquet",
    "every-type.none.arrow",
    "every-type.lz4.arrow",
    "every-type.zstd.arrow",
  ])("of %s comes out as it is", async (name) => {
    const blocks = await readBlocks([fixture(name)], everyType, { workers: 1 });
    expect(rowsOf(everyType, blocks)).toEqual([usual, extreme, nulls]);
  });

  it.each(["null", "deflate", "snappy", "zstandard"])(
    "of Avro packed as %s comes out as it is",
    async (codec) => {
      const columns = [
        ...everyType.filter(({ name }) =>
          "b i32 i64 f32 f64 d38 d9 day ms us clock s bin dict list map".split(" ").includes(name),
        ),
        { name: "struct", type: "struct<x:bigint,k:string>" },
      ];
      const path = fixture(`every-type.${codec}.avro`);
      const rows = rowsOf(columns, await readBlocks([path], columns, { workers: 1 }));
      const pick = (row: object): object =>
        Object.fromEntries(columns.map(({ name }) => [name, (row as Record<string, unknown>)[name]]));
      expect(rows).toEqual([
        { ...pick(usual), ms: new Date(1), struct: { x: 1n, k: "y" } },
        { ...pick(extreme), struct: { x: null, k: null } },
        Object.fromEntries(columns.map(({ name }) => [name, null])),
      ]);
    },
  );

  it("reads the timestamps of 96 bits that old writers made", async () => {
    const columns = table("us timestamp, clock timestamp_ntz");
    const rows = rowsOf(columns, await readBlocks([fixture("int96.parquet")], columns, { workers: 1 }));
    expect(rows).toEqual([
      { us: usual.us, clock: usual.clock },
      { us: extreme.us, clock: extreme.clock },
      { us: null, clock: null },
    ]);
  });

  it("writes UUIDs as they are usually written", async () => {
    const columns = table("id string");
    const rows = rowsOf(columns, await readBlocks([fixture("uuid.parquet")], columns, { workers: 1 }));
    expect(rows).toEqual([
      { id: "00000000-0000-0000-0000-000000000001" },
      { id: "00000000-0000-0000-0000-000000000002" },
    ]);
  });
});

const manyColumns = table(
  "id bigint, name string, kind string, price decimal(12,2), flag boolean, tags array<string>, score float",
);
const many = Array.from({ length: 3000 }, (_, i) => ({
  id: BigInt(i),
  name: i % 7 === 0 ? null : `row ${i}`,
  kind: i % 1000 < 500 ? "red" : `kind ${i % 5}`,
  price: i % 3 === 0 ? null : (i / 100).toFixed(2),
  flag: i % 11 === 0 ? null : i % 2 === 0,
  tags: i % 13 === 0 ? null : Array.from({ length: i % 4 }, (_, j) => `t${j}`),
  score: i / 8,
}));

describe("many pages, row groups and record batches", () => {
  it.each([
    "rows.dictionary.parquet",
    "rows.overflow.parquet",
    "rows.delta.parquet",
    "rows.none.arrows",
    "rows.lz4.arrows",
    "rows.zstd.arrows",
  ])("of %s give every row once, in blocks of any size", async (name) => {
    for (const blockBytes of [10_000, 16 * 1024 * 1024]) {
      const blocks = await readBlocks([fixture(name)], manyColumns, { workers: 1, blockBytes });
      expect(rowsOf(manyColumns, blocks)).toEqual(many);
      expect(blocks.map(({ range }) => range.unit)).not.toContain("bytes");
      expect(blocks.map(({ range, rows }) => range.end - range.start - rows)).toEqual(blocks.map(() => 0));
    }
  });

  it("are read by several threads as by one", async () => {
    const path = fixture("rows.dictionary.parquet");
    const options = { blockBytes: 10_000 };
    const one = await readBlocks([path], manyColumns, { ...options, workers: 1 });
    const three = await readBlocks([path], manyColumns, { ...options, workers: 3 });
    expect(three.map(({ range, checksum }) => [range, checksum])).toEqual(
      one.map(({ range, checksum }) => [range, checksum]),
    );
    expect(one.length).toBe(3);
  });

  it("of Parquet get no more threads than memory allows", async () => {
    const threadsFor = async (name: string, memoryBytes: number) => {
      await using source = await openFileSource([fixture(name)], { workers: 4, memoryBytes });
      return source.threads;
    };
    expect(await threadsFor("rows.dictionary.parquet", 128 * 1024 * 1024)).toBe(2);
    expect(await threadsFor("rows.dictionary.parquet", 1024 * 1024)).toBe(1);
    expect(await threadsFor("rows.none.arrows", 1024 * 1024)).toBe(4);
  });

  it("are counted as read to the last byte", async () => {
    const path = fixture("rows.dictionary.parquet");
    let read = 0;
    await readBlocks([path], manyColumns, {
      workers: 1,
      onRead: (bytes) => {
        read += bytes;
      },
    });
    expect(read).toBe((await readFile(path)).byteLength);
  });

  it.each(["rows.dictionary.parquet", "rows.none.arrows"])(
    "of %s go on where an upload stopped",
    async (name) => {
      const options = { workers: 1, blockBytes: 10_000 };
      const all = await readBlocks([fixture(name)], manyColumns, options);
      const stored = all
        .filter((_, index) => index % 3 !== 1)
        .map(({ range, sourceChecksum, rows, rejected }, blockId) => {
          return { ...range, sourceChecksum, rows, rejected, blockId, bytes: 0 };
        });
      const rest = await readBlocks([fixture(name)], manyColumns, options, { stored });
      const rows = [...rowsOf(manyColumns, rest)] as { id: bigint }[];
      const isStored = (id: number): boolean => stored.some(({ start, end }) => id >= start && id < end);
      expect(rows).toEqual(many.filter((_, id) => !isStored(id)));
      const wrong = stored.map((range, index) => (index === 1 ? { ...range, sourceChecksum: 1 } : range));
      const error = await rejection(
        readBlocks([fixture(name)], manyColumns, options, { stored: wrong }),
        isWriterError,
      );
      expect(error).toMatchObject({ code: "source-changed" });
      const again = [all[1]!.range];
      const before = stored.slice(0, 1);
      const made = await readBlocks([fixture(name)], manyColumns, options, { stored: before, again });
      expect(made[0]).toMatchObject({ range: all[1]!.range, checksum: all[1]!.checksum });
    },
  );

  it("of an Avro file come once, packed again or not", async () => {
    const columns = table("id bigint, name string");
    const expected = many.map(({ id, name }) => ({ id, name }));
    const bytes = await readFile(fixture("rows.avro"));
    await using folder = await scratch();
    const packed = await folder.write("a.avro.zst", zstdCompressSync(bytes));
    for (const path of [fixture("rows.avro"), packed]) {
      const blocks = await readBlocks([path], columns, { workers: 2, blockBytes: 5000 });
      expect(rowsOf(columns, blocks)).toEqual(expected);
    }
  });
});

describe("columns", () => {
  const columns = table("ID bigint, label string, pt string, n bigint, w boolean");
  const source = fixture("rows.dictionary.parquet");

  it("are found by name in any case, renamed, left out and filled with constants", async () => {
    const blocks = await readBlocks([source], columns, {
      workers: 1,
      map: { name: "label" },
      constants: { pt: "2020", n: "7", w: "true" },
      unknownFields: "ignore",
    });
    expect(rowsOf(columns, blocks).slice(0, 2)).toEqual([
      { ID: 0n, label: null, pt: "2020", n: 7n, w: true },
      { ID: 1n, label: "row 1", pt: "2020", n: 7n, w: true },
    ]);
  });

  it("that the table lacks are refused by name", async () => {
    const error = await rejection(
      readBlocks([source], table("id bigint, names string"), { workers: 1 }),
      isFilesError,
    );
    expect([error.code, error.message]).toEqual([
      "unknown-column",
      `${source}: the file has a column "name", which is no column of the table; did you mean names?`,
    ]);
  });

  it("of a type that cannot stand for the table's are refused before any row", async () => {
    const wrong = manyColumns.map((column) =>
      column.name === "tags" ? { ...column, type: "bigint" } : column,
    );
    const error = await rejection(readBlocks([source], wrong, { workers: 1 }), isFilesError);
    expect(error).toMatchObject({ code: "wrong-type", column: "tags" });
  });
});

describe("rows that do not fit", () => {
  it.each(["rows.dictionary.parquet", "rows.none.arrows"])(
    "of %s are left out and told by number",
    async (name) => {
      const narrow = manyColumns.map((column) =>
        column.name === "id" ? { ...column, type: "tinyint" } : column,
      );
      const rejects: FileReject[] = [];
      const options = {
        workers: 1,
        blockBytes: 10_000,
        onReject: (reject: FileReject) => rejects.push(reject),
      };
      const blocks = await readBlocks([fixture(name)], narrow, { ...options, maxRejects: 3000 });
      expect(rowsOf(narrow, blocks).length).toBe(128);
      expect(rejects.map(({ record }) => record)).toEqual(Array.from({ length: 2872 }, (_, at) => at + 128));
      expect(rejects[1]).toMatchObject({ column: "id", code: "out-of-range", value: "129", isRow: true });
      expect(JSON.parse(rejects[1]!.raw)).toMatchObject({ id: "129", name: "row 129", tags: ["t0"] });
      const error = await rejection(readBlocks([fixture(name)], narrow, { workers: 1 }), isFilesError);
      expect(error.message).toMatch(/: row 129: column id: expected .*, got 128\.$/);
    },
  );
});

describe("the format", () => {
  it("is told by first bytes, whatever the name says", async () => {
    await using folder = await scratch();
    const paths = [
      await folder.write("a.csv", await readFile(fixture("uuid.parquet"))),
      await folder.write("b.parquet", await readFile(fixture("rows.none.arrows"))),
      await folder.write("c", await readFile(fixture("every-type.none.arrow"))),
      await folder.write("d.bin.gz", gzipSync(await readFile(fixture("rows.avro")))),
      await folder.write("e.csv", "a,b\n"),
      await folder.write("f.csv", "PAR1,b\n"),
    ];
    await using source = await openFileSource(paths, { workers: 1 });
    const formats = await source.formats();
    expect(formats.map(({ format, formatBy }) => [format, formatBy])).toEqual([
      ["parquet", "content"],
      ["arrow", "content"],
      ["arrow", "content"],
      ["avro", "content"],
      ["csv", "name"],
      ["csv", "name"],
    ]);
  });

  it("Parquet has to be a file", async () => {
    await using folder = await scratch();
    const path = await folder.write("a.parquet.gz", gzipSync(await readFile(fixture("uuid.parquet"))));
    await using source = await openFileSource([path], { workers: 1 });
    const error = await rejection(
      source
        .blocks(request(table("id string")))
        [Symbol.asyncIterator]()
        .next(),
      isFilesError,
    );
    expect(error.message).toBe(
      `${path}: Parquet is read from its end, so it has to be a file, and not packed again.`,
    );
  });
});

describe("patterns of texts", () => {
  it.each(["every-type.none.parquet", "every-type.none.arrow", "every-type.null.avro"])(
    "reject rows by their number: %s",
    async (name) => {
      const rejects: FileReject[] = [];
      const columns = table("s string");
      const blocks = await readBlocks([fixture(name)], columns, {
        unknownFields: "ignore",
        workers: 1,
        maxRejects: 1000,
        onReject: (reject) => rejects.push(reject),
        conversion: { patterns: [{ column: "s", pattern: "^plain$", expected: "plain" }] },
      });
      const rows = rowsOf(columns, blocks);
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) expect((row as { s: string | null }).s ?? "plain").toBe("plain");
      expect(rejects.length).toBeGreaterThan(0);
      for (const reject of rejects) {
        expect(reject).toMatchObject({ column: "s", code: "invalid-text", reason: "plain", isRow: true });
        expect(JSON.parse(reject.raw).s).not.toBe("plain");
      }
    },
  );
});
