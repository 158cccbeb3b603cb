import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../test/golden-values.ts";
import { CodecError } from "../errors.ts";
import type { RowInput } from "../schema/row.ts";
import type { RecordPackOptions } from "./options.ts";
import { decodeRecords } from "./record-decoder.ts";
import { encodeRecords, RecordPack } from "./record-pack.ts";

const columns = [
  { name: "id", type: "bigint" },
  { name: "name", type: "string" },
];
/** `three_records` of the golden files. */
const threeRecords =
  "080212016180c0ff7fea91d2b205080480c0ff7fa3b6a6c30812016380c0ff7ffb939bbe04f0ffff7f06f8ffff7fddebefdf08";
const emptyPack = "f0ffff7f00f8ffff7f00";

describe("RecordPack", () => {
  it("takes rows as arrays, shorter arrays, and objects in any case and order", () => {
    const rows: RowInput[] = [[1, "a"], [2n], { NAME: "c" }];
    expect(toHex(encodeRecords(columns, rows))).toBe(threeRecords);
    expect(
      toHex(
        encodeRecords(columns, [
          { name: "a", id: 1 },
          { ID: 2, name: undefined },
          { id: null, Name: "c" },
        ]),
      ),
    ).toBe(threeRecords);
  });

  it("is left as it was by a row that fails, wherever in the row that is", () => {
    const wide = [...columns, { name: "tags", type: "array<struct<n:string,v:int>>" }];
    const bad: RowInput[] = [
      ["x"],
      [1, 2],
      [1, "\ud800"],
      [1, "a", [{ n: "x", v: 1 }, { v: 2 ** 31 }]],
      [1, "a", [], "more"],
      { id: 1, name: "a", extra: 1 },
      [1, "y".repeat(100_000), "not an array"],
    ];
    for (const chunkBytes of [1, 16, 1024 * 1024]) {
      const pack = new RecordPack(wide, { chunkBytes });
      const add = (row: RowInput): void => {
        for (const row of bad) {
          const { byteLength, recordCount } = pack;
          expect(() => pack.append(row)).toThrow(CodecError);
          expect([pack.byteLength, pack.recordCount]).toEqual([byteLength, recordCount]);
        }
        pack.append(row);
      };
      for (const row of [[1, "a"], [2], [null, "c"]]) add(row);
      expect(toHex(Buffer.concat(pack.seal().chunks))).toBe(threeRecords);
    }
  });

  it("counts its bytes as they will be, drained or not", () => {
    const pack = new RecordPack(columns);
    pack.append([1, "a"]);
    expect(pack.byteLength).toBe(14);
    expect(pack.drain().map(toHex)).toEqual(["080212016180c0ff7fea91d2b205"]);
    expect(pack.drain()).toEqual([]);
    pack.append([2]);
    pack.append([null, "c"]);
    expect([pack.byteLength, pack.recordCount]).toEqual([37, 3]);
    const sealed = pack.seal();
    expect(toHex(Buffer.concat(sealed.chunks))).toBe(threeRecords.slice(28));
    expect(sealed).toMatchObject({ byteLength: 37, recordCount: 3, checksum: 2348545501 });
  });

  it("is empty and ready after it was sealed or cleared", () => {
    const pack = new RecordPack(columns);
    pack.append([7, "lost"]);
    pack.clear();
    expect([pack.byteLength, pack.recordCount]).toEqual([0, 0]);
    for (let turn = 0; turn < 2; turn++) {
      expect(toHex(Buffer.concat(pack.seal().chunks))).toBe(emptyPack);
      for (const row of [[1, "a"], [2], [null, "c"]]) pack.append(row);
      expect(toHex(Buffer.concat(pack.seal().chunks))).toBe(threeRecords);
    }
  });

  it("gives out chunks that it never touches again", () => {
    const pack = new RecordPack(columns, { chunkBytes: 64 });
    const seen: [Uint8Array, string][] = [];
    for (let id = 0; id < 100; id++) {
      pack.append([id, `row ${id}`]);
      for (const chunk of pack.drain()) seen.push([chunk, toHex(chunk)]);
    }
    pack.seal();
    expect(seen).toHaveLength(100);
    for (const [chunk, hex] of seen) expect(toHex(chunk)).toBe(hex);
  });

  it("uses the memory of chunks again that were given back, and of no others", () => {
    const pack = new RecordPack(columns, { chunkBytes: 64 });
    const fill = () => {
      for (let id = 0; id < 100; id++) pack.append([id, `row ${id}`]);
      return pack.seal().chunks;
    };
    const kept = fill();
    const bytes = toHex(Buffer.concat(kept));
    const given = fill();
    const memory = new Set(given.map((chunk) => chunk.buffer));
    pack.recycle(given);
    const again = fill();
    expect(again.length).toBeGreaterThan(10);
    expect(again.filter((chunk) => !memory.has(chunk.buffer))).toEqual([]);
    expect(toHex(Buffer.concat(again))).toBe(bytes);
    expect(toHex(Buffer.concat(kept))).toBe(bytes);
    const fresh = fill();
    expect(fresh.filter((chunk) => memory.has(chunk.buffer))).toEqual([]);
  });

  it("cuts a pack of many rows into chunks of the size asked for", () => {
    const pack = new RecordPack(columns, { chunkBytes: 65_536 });
    for (let id = 0; id < 20_000; id++) pack.append([id, "twenty characters …"]);
    const { chunks, byteLength } = pack.seal();
    expect(chunks.every((chunk) => chunk.length <= 65_536)).toBe(true);
    expect(chunks.slice(1, -1).every((chunk) => chunk.length > 65_436)).toBe(true);
    expect(chunks.reduce((sum, chunk) => sum + chunk.length, 0)).toBe(byteLength);
  });

  it("writes NaN the same whatever its bits", () => {
    const odd = new Float64Array(new BigUint64Array([0xfff8_0000_0000_0001n]).buffer)[0];
    const types = [
      { name: "d", type: "double" },
      { name: "f", type: "float" },
    ];
    expect(toHex(encodeRecords(types, [[odd, odd]]))).toBe(
      toHex(encodeRecords(types, [[Number.NaN, Number.NaN]])),
    );
    expect(toHex(encodeRecords(types, [[odd, odd]])).slice(0, 28)).toBe("09000000000000f87f150000c07f");
  });

  it("refuses options and schemas that make no sense", () => {
    expect(() => new RecordPack(columns, { chunkBytes: 0 })).toThrow(
      "Expected chunkBytes to be a whole number",
    );
    expect(
      () =>
        new RecordPack([
          { name: "a", type: "int" },
          { name: "A", type: "int" },
        ]),
    ).toThrow("column A: Expected names that differ");
    expect(() => new RecordPack([{ name: "", type: "int" }])).toThrow("column 1: Expected a name");
    expect(() => new RecordPack([{ name: "a", type: "array<nope>" }])).toThrow(
      "column a: Expected a column type",
    );
  });
});

describe("a value that a column does not take", () => {
  it.each<[string, string, unknown, string]>([
    ["tinyint", "out-of-range", 128, "row 0, column c: Expected a tinyint from -128 to 127, got 128"],
    ["tinyint", "inexact", 1.5, "row 0, column c: Expected a whole number for tinyint, got 1.5"],
    ["smallint", "out-of-range", -32_769n, "got -32769n"],
    ["int", "wrong-type", "7", 'Expected a whole number for int, got "7"'],
    ["int", "inexact", Number.NaN, "got NaN"],
    [
      "bigint",
      "inexact",
      2 ** 53,
      "Expected a bigint, or a number that is a safe integer, got 9007199254740992",
    ],
    ["bigint", "out-of-range", 2n ** 63n, "Expected a bigint from -(2^63-1) to 2^63-1"],
    ["bigint", "out-of-range", -(2n ** 63n), "got -9223372036854775808n"],
    ["bigint", "out-of-range", 2n ** 200n, "…"],
    ["bigint", "wrong-type", "1", 'got "1"'],
    ["float", "out-of-range", 3.5e38, "Expected a number within ±3.4028234663852886e38, got 3.5e+38"],
    ["float", "wrong-type", 1n, "Expected a number, got 1n"],
    ["double", "wrong-type", "1", "Expected a number"],
    ["boolean", "wrong-type", 1, "Expected true or false, got 1"],
    ["string", "wrong-type", 5, "Expected a string, or its UTF-8 bytes, got 5"],
    ["string", "invalid-text", "a\udc00", "Expected text without lone surrogates"],
    ["char(2)", "too-long", "abc", "Expected at most 2 characters for char(2)"],
    ["varchar(2)", "too-long", "中中中", "Expected at most 2 characters"],
    ["varchar(2)", "too-long", fromHex("e4b8ade4b8ade4b8ad"), "Uint8Array of 9 bytes"],
    ["binary", "wrong-type", "text", 'Expected a Uint8Array, got "text"'],
    [
      "decimal(4,2)",
      "inexact",
      "1.234",
      'Expected decimal(4,2) of at most 2 digits after the point, got "1.234"',
    ],
    ["decimal(4,2)", "out-of-range", "123", "of at most 2 digits before the point"],
    ["decimal(4,2)", "inexact", 0.5, "Expected decimal(4,2) as text, a bigint or a safe integer, got 0.5"],
    ["date", "invalid-text", "2020-02-30", "Expected a date such as 2024-02-29"],
    ["date", "out-of-range", "0000-01-01", "Expected a date from 0001-01-01 to 9999-12-31"],
    ["date", "inexact", new Date(1), "Expected a Date at midnight UTC, got Date 1970-01-01T00:00:00.001Z"],
    ["date", "wrong-type", 19_000, "got 19000"],
    ["datetime", "invalid-text", "2024-01-01T00:00:00", "(this one has none)"],
    ["datetime", "inexact", "2024-01-01T00:00:00.0001Z", "Expected at most 3 digits of a second"],
    [
      "datetime",
      "out-of-range",
      253_402_300_800_000,
      "Expected a datetime from 0000-12-31 to 9999-12-31 UTC",
    ],
    ["datetime", "out-of-range", 2n ** 63n, "Expected a datetime"],
    ["datetime", "inexact", 0.5, "Expected whole milliseconds, got 0.5"],
    ["datetime", "invalid-text", new Date(Number.NaN), "Expected a valid Date, got an invalid Date"],
    ["timestamp", "inexact", "2024-01-01T00:00:00.0000000001Z", "Expected at most 9 digits of a second"],
    [
      "timestamp",
      "out-of-range",
      { seconds: 0n, nanos: 1_000_000_000 },
      "Expected nanos from 0 to 999999999",
    ],
    ["timestamp", "out-of-range", { seconds: 253_402_300_800n, nanos: 0 }, "Expected a time from 0000-12-31"],
    ["timestamp", "wrong-type", 5, "Expected { seconds, nanos }, a Date or a time with a zone, got 5"],
    ["timestamp_ntz", "invalid-text", "2024-01-01T00:00:00Z", "(this one has one)"],
    ["timestamp_ntz", "wrong-type", new Date(0), "Expected { seconds, nanos } or a time without a zone"],
    ["interval_day_time", "wrong-type", "1 day", "Expected { seconds, nanos }"],
    ["interval_day_time", "out-of-range", { seconds: 2n ** 63n, nanos: 0 }, "Expected seconds of 64 bits"],
    ["interval_year_month", "out-of-range", 119_989, "from -119988 to 119988"],
    ["json", "invalid-text", "{a: 1}", 'Expected JSON text, got "{a: 1}"'],
    [
      "json",
      "inexact",
      { a: [Number.NaN] },
      "Expected JSON numbers that are finite and not bigints, got NaN",
    ],
    ["json", "wrong-type", 5n, "got 5n"],
    ["json", "wrong-type", () => 1, "got a function"],
    ["vector(float,2)", "wrong-length", [1], "Expected 2 elements for vector(float,2), got an array of 1"],
    ["array<int>", "wrong-type", { 0: 1 }, "Expected an array for array<int>, got an object {0}"],
    ["map<int,int>", "wrong-type", { 1: 2 }, "Expected [key, value] entries or a Map for map<int,int>"],
    ["map<string,int>", "wrong-type", [["a"]], "Expected entries that are [key, value], got an array of 1"],
    ["struct<a:int>", "too-many-values", [1, 2], "Expected at most 1 values for struct<a:int>"],
    ["struct<a:int>", "unknown-property", { b: 1 }, 'Expected properties that are fields, got "b"'],
    ["struct<a:int>", "wrong-type", "x", "Expected an object or an array for struct<a:int>"],
  ])("%s: %s", (type, code, value, message) => {
    const error = errorOf([{ name: "c", type }], [value]);
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
    expect(error).toMatchObject({ row: 0, column: "c" });
  });

  it.each<[string, unknown, string]>([
    ["array<struct<id:int,name:varchar(1)>>", [{}, {}, {}, { name: "ab" }], "tags[3].name"],
    ["map<string,array<int>>", { a: [1], b: [1, "x"] }, "tags[value 1][1]"],
    [
      "map<int,int>",
      [
        [1, 2],
        ["x", 2],
      ],
      "tags[key 1]",
    ],
    ["struct<a:struct<b:date>>", { a: { b: 1 } }, "tags.a.b"],
    ["vector(double,2)", [1, "x"], "tags[1]"],
    ["array<timestamp>", ["2024-01-01T00:00:00Z", { seconds: 0n, nanos: -1 }], "tags[1]"],
  ])("%s is found inside nested values", (type, value, path) => {
    const schema = [{ name: "tags", type }];
    const pack = new RecordPack(schema);
    pack.append([null]);
    expect(errorOf(schema, [value])).toMatchObject({ path, column: "tags" });
    expect(() => pack.append([value])).toThrow(`row 1, column ${path}: Expected`);
  });

  it("is shortened in the message", () => {
    const error = errorOf([{ name: "c", type: "date" }], ["x".repeat(10_000)]);
    expect(error.value).toBe(`"${"x".repeat(60)}…"`);
    expect(error.message.length).toBeLessThan(200);
  });

  it("is NULL where that is not allowed, also when it was left out", () => {
    const schema = [{ name: "id", type: "int", nullable: false }];
    for (const row of [[null], [], {}, { ID: undefined }]) {
      expect(errorOf(schema, row)).toMatchObject({
        code: "null-not-allowed",
        column: "id",
        value: expect.any(String),
      });
    }
  });

  it("is too large for a field or a record", () => {
    const limits = { maxFieldBytes: 10, maxRecordBytes: 30 };
    for (const value of ["x".repeat(11), "中中中中", new Uint8Array(11), "é".repeat(6)]) {
      expect(errorOf([{ name: "c", type: "string" }], [value], limits).code).toBe("field-too-large");
    }
    const wide = ["a", "b", "c", "d"].map((name) => ({ name, type: "string" }));
    expect(errorOf(wide, ["1234567890", "1234567890", "1234567890"], limits)).toMatchObject({
      code: "record-too-large",
      row: 0,
      expected: "a record of at most 30 bytes",
    });
    expect(encodeRecords(wide, [["1234567890", "1234567"]], limits).length).toBeGreaterThan(30);
  });

  it("may be a row of another kind altogether", () => {
    for (const row of [5, "row", null, undefined]) {
      expect(errorOf(columns, row as unknown as RowInput)).toMatchObject({
        code: "wrong-type",
        column: undefined,
      });
    }
    expect(errorOf(columns, [1, 2, 3]).message).toBe("row 0: Expected at most 2 values, got an array of 3");
    expect(errorOf(columns, { id: 1, nmae: "typo" }).message).toBe(
      'row 0: Expected properties that are columns, got "nmae"',
    );
    expect(errorOf(columns, { id: 1, Id: 2 }).code).toBe("duplicate-property");
  });
});

describe("values that need no change", () => {
  it.each<[string, unknown, unknown]>([
    ["bigint", 2 ** 53 - 1, 9007199254740991n],
    ["bigint", -(2 ** 53) + 1, -9007199254740991n],
    ["int", 7n, 7],
    ["int", -0, 0],
    ["char(2)", "😀😀", new TextEncoder().encode("😀😀")],
    ["decimal(10,2)", 12n, "12"],
    ["decimal(10,2)", 12, "12"],
    ["date", new Date(86_400_000), "1970-01-02"],
    ["datetime", "2024-01-01T08:00:00.123+08:00", new Date(1_704_067_200_123)],
    ["datetime", 1_704_067_200_123n, new Date(1_704_067_200_123)],
    ["datetime", -1, new Date(-1)],
    ["timestamp", new Date(-1), { seconds: -1n, nanos: 999_000_000 }],
    ["timestamp", "1969-12-31T23:59:59.5Z", { seconds: -1n, nanos: 500_000_000 }],
    ["timestamp", { seconds: 5, nanos: 0 }, { seconds: 5n, nanos: 0 }],
    ["timestamp_ntz", "1970-01-01T00:00:00.000000001", { seconds: 0n, nanos: 1 }],
    ["json", { a: [1, "x", null] }, '{"a":[1,"x",null]}'],
    ["json", false, "false"],
    [
      "map<string,int>",
      { a: 1, b: null },
      [
        ["a", 1],
        ["b", null],
      ],
    ],
    ["map<string,int>", new Map([["a", 1]]), [["a", 1]]],
    ["struct<a:int,B:int>", { b: 2 }, [null, 2]],
    ["vector(float,2)", Float32Array.of(0.5, -1), [0.5, -1]],
    ["vector(double,2)", Float64Array.of(0.1, -1), [0.1, -1]],
  ])("%s: %o and %o are the same", (type, one, other) => {
    const schema = [{ name: "c", type }];
    expect(toHex(encodeRecords(schema, [[one]]))).toBe(toHex(encodeRecords(schema, [[other]])));
  });

  it("pass as official clients send them where a server takes rows in, which still holds the rest to its rules", () => {
    const schema = [
      { name: "b", type: "bigint" },
      { name: "j", type: "json" },
      { name: "c", type: "char(2)" },
    ];
    const received: RecordPackOptions = { checks: "received" };
    const rows = Array.from({ length: 100 }, () => [-(2n ** 63n), "{not json", "ab"]);
    expect(decodeRecords(schema, encodeRecords(schema, rows, received), { rowShape: "array" })).toEqual(rows);
    expect(() => encodeRecords(schema, [[1n, "1", "abc"]], received)).toThrow("at most 2 characters");
  });

  it("pass as they are where a server hands on what it stored", () => {
    const wire: RecordPackOptions = { checks: "wire" };
    for (const [type, value] of [
      ["bigint", -(2n ** 63n)],
      ["char(2)", "padded  "],
      ["json", "{not json"],
      ["json", fromHex("ff")],
      ["datetime", new Date(8_640_000_000_000_000)],
      ["timestamp", { seconds: 2n ** 62n, nanos: 0 }],
      ["interval_year_month", 1_000_000],
    ] as const) {
      const schema = [{ name: "c", type, nullable: false }];
      expect(encodeRecords(schema, [[value], [null]], wire).length).toBeGreaterThan(10);
      expect(() => encodeRecords(schema, [[value], [null]])).toThrow(CodecError);
    }
  });
});

function errorOf(
  schema: ConstructorParameters<typeof RecordPack>[0],
  row: RowInput,
  options?: RecordPackOptions,
): CodecError {
  try {
    new RecordPack(schema, options).append(row);
  } catch (error) {
    if (error instanceof CodecError) return error;
    throw error;
  }
  throw new Error("Expected a CodecError");
}

it.each(["id bigint", null, { id: "bigint" }, [null], ["id"], [{ type: "bigint" }]])(
  "refuses %j for columns with an error of its own",
  (columns) => {
    expect(() => new RecordPack(columns as never)).toThrow(
      expect.objectContaining({ name: "CodecError", code: "invalid-schema" }),
    );
  },
);
