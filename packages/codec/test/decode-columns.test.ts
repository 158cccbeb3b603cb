import { tableFromIPC } from "apache-arrow";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  ArrowPack,
  arrowFields,
  type ColumnBatch,
  type DecodeColumnsOptions,
  decodeColumns,
  encodeArrowStream,
  RecordColumnsDecoder,
} from "../src/arrow/index.ts";
import { CodecError, type ColumnSpec, encodeRecords } from "../src/index.ts";
import { loadDecodeKernel } from "../src/kernel/decode-kernel.ts";
import { anyScalarTable, anyTable } from "./arbitrary-rows.ts";
import { generateTable, Random } from "./generated-rows.ts";
import { withChecksumsMadeRight } from "./right-checksums.ts";

/** With the kernel loaded, decoders use it from the first byte on. */
beforeAll(() => {
  expect(loadDecodeKernel()).toBeDefined();
});

const columns = [
  { name: "id", type: "bigint" },
  { name: "small", type: "tinyint" },
  { name: "ratio", type: "double" },
  { name: "ok", type: "boolean" },
  { name: "text", type: "string" },
  { name: "price", type: "decimal(10,2)" },
  { name: "long", type: "decimal(38,10)" },
  { name: "legacy", type: "decimal" },
  { name: "day", type: "date" },
  { name: "at", type: "datetime" },
  { name: "exact", type: "timestamp" },
  { name: "lasting", type: "interval_day_time" },
  { name: "months", type: "interval_year_month" },
  { name: "tags", type: "array<struct<x:int,y:string>>" },
  { name: "counts", type: "map<string,bigint>" },
  { name: "place", type: "vector(float,3)" },
  { name: "raw", type: "binary" },
];

const rows: readonly (readonly unknown[])[] = [
  [
    9007199254740993n,
    -5,
    0.1,
    true,
    "höx 東京",
    "-12.5",
    "1234567890123456789012345678.0123456789",
    "-7.000000000000000001",
    "1969-12-31",
    new Date(1_700_000_000_123),
    "2024-01-02T03:04:05.123456789Z",
    { seconds: -5n, nanos: 7 },
    -13,
    [{ x: 1, y: "a" }, null, { x: null, y: "b" }],
    [
      ["k", 1n],
      ["l", null],
    ],
    [1, 2, 0.5],
    Uint8Array.of(0, 255),
  ],
  [],
];

describe("columns of a pack", () => {
  it.each(["auto", "js"] as const)(
    "have the values that went in, read by apache-arrow (kernel: %s)",
    (kernel) => {
      const bytes = encodeRecords(columns, Array(700).fill(rows).flat());
      const batches = decodeColumns(columns, bytes, { kernel, batchRows: 1000 });
      expect(batches.map((batch) => batch.numRows)).toEqual([1000, 400]);
      const table = tableFromIPC(encodeArrowStream(arrowFields(columns), batches));
      expect(table.schema.fields.map((field) => `${field.name}: ${field.type}`)).toEqual([
        "id: Int64",
        "small: Int8",
        "ratio: Float64",
        "ok: Bool",
        "text: Utf8",
        "price: Decimal[10e+2]",
        "long: Decimal[38e+10]",
        "legacy: Decimal[54e+18]",
        "day: Date32<DAY>",
        "at: Timestamp<MILLISECOND, UTC>",
        "exact: Timestamp<NANOSECOND, UTC>",
        "lasting: Struct<{sec:Int64, nano:Int32}>",
        "months: Interval<YEAR_MONTH>",
        "tags: List<Struct<{x:Int32, y:Utf8}>>",
        "counts: Map<{key:Utf8, value:Int64}>",
        "place: FixedSizeList[3]<Float32>",
        "raw: Binary",
      ]);
      expect(table.numRows).toBe(1400);
      for (const row of [0, 998, 1000, 1398]) {
        const value = (name: string) => table.getChild(name)?.get(row);
        expect(value("id")).toBe(9007199254740993n);
        expect([value("small"), value("ratio"), value("ok"), value("text")]).toEqual([
          -5,
          0.1,
          true,
          "höx 東京",
        ]);
        expect(wholeNumber(value("price"))).toBe(-1250n);
        expect(wholeNumber(value("long"))).toBe(12345678901234567890123456780123456789n);
        expect(wholeNumber(value("legacy"))).toBe(-7_000_000_000_000_000_001n);
        expect(Number(value("day"))).toBe(-86_400_000);
        expect(Number(value("at"))).toBe(1_700_000_000_123);
        expect({ ...value("lasting").toJSON() }).toEqual({ sec: -5n, nano: 7 });
        expect(JSON.stringify(value("tags"))).toBe('[{"x":1,"y":"a"},null,{"x":null,"y":"b"}]');
        expect([...value("counts")].map(([key, each]: [string, bigint | null]) => [key, each])).toEqual([
          ["k", 1n],
          ["l", null],
        ]);
        expect([...value("place")]).toEqual([1, 2, 0.5]);
        expect([...value("raw")]).toEqual([0, 255]);
      }
      const [batch] = batches as [ColumnBatch];
      expect(batch.data.children[10]?.values?.[0]).toBe(1_704_164_645_123_456_789n);
      expect(batch.data.children[12]?.values?.[0]).toBe(-13);
      for (const { name } of columns) {
        for (const row of [1, 999, 1399]) expect(table.getChild(name)?.get(row)).toBeNull();
      }
    },
  );

  it("are the same with the kernel and without, of any types, whole and in pieces, and so are errors", () => {
    fc.assert(
      fc.property(
        fc.oneof(anyScalarTable, anyTable),
        anyScalarTable,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 2 }),
        fc.constantFrom([1_000_000], [61, 300]),
        fc.record({
          batchRows: fc.integer({ min: 1, max: 20 }),
          instants: fc.constantFrom("nanoseconds", "fields"),
        }),
        (table, other, changes, pieces, options) => {
          const bytes = packOf(table);
          expectSame(table.columns, bytes, pieces, options);
          expectSame(other.columns, bytes, pieces, options);
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
          expectSame(table.columns, withChecksumsMadeRight(table.columns, bytes), pieces, options);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("become the pack they came from", () => {
    let rowCount = 0;
    for (let seed = 1; rowCount < 20_000; seed++) {
      const random = new Random(seed);
      const table = generateTable(random);
      const generated = Array.from({ length: 1500 }, () => table.row(random));
      const all = table.columns.map(({ name, type }) => ({ name, type }));
      const bytes = packOf({ columns: all, rows: generated });
      let batches: ColumnBatch[];
      try {
        batches = decodeColumns(all, bytes, { instants: "fields", batchRows: 700 });
      } catch (error) {
        // Texts that are not UTF-8, keys that are NULL: Arrow does not have them.
        expect(["bad-utf8", "null-not-allowed", "inexact", "out-of-range"]).toContain(
          (error as CodecError).code,
        );
        continue;
      }
      rowCount += batches.reduce((sum, batch) => sum + batch.numRows, 0);
      const packed = batches.map((batch) => {
        const pack = new ArrowPack(all, { checks: "wire", match: "position" });
        pack.append(batch);
        return decodeColumns(all, Buffer.concat(pack.seal().chunks), { instants: "fields" });
      });
      expect(packed.flat()).toEqual(batches);
    }
  });

  it("are refused where Arrow cannot hold them, saying where", () => {
    const refusal = (type: string, value: unknown, options: DecodeColumnsOptions = {}): unknown => {
      const column = [{ name: "c", type }];
      const fitting = [{ name: "c", type: type.replace("decimal(4,2)", "decimal") }];
      const bytes = encodeRecords(fitting, [[null], [value]]);
      return (["auto", "js"] as const).map((kernel) => {
        try {
          decodeColumns(column, bytes, { ...options, kernel });
          return "taken";
        } catch (error) {
          const { code, row, path, offset } = error as CodecError;
          return { code, row, path, offset };
        }
      });
    };
    const place = { row: 1, path: "c", offset: expect.any(Number) as number };
    expect(refusal("decimal(4,2)", "1.234")).toEqual(Array(2).fill({ code: "inexact", ...place }));
    expect(refusal("decimal(4,2)", "123")).toEqual(Array(2).fill({ code: "out-of-range", ...place }));
    expect(refusal("string", Uint8Array.of(255))).toEqual(Array(2).fill({ code: "bad-utf8", ...place }));
    expect(refusal("timestamp", "2500-01-01T00:00:00Z")).toEqual(
      Array(2).fill({ code: "out-of-range", ...place }),
    );
    expect(refusal("timestamp", "2500-01-01T00:00:00Z", { instants: "fields" })).toEqual(["taken", "taken"]);
    expect(refusal("map<string,int>", [[null, 1]])).toEqual(
      Array(2).fill({ code: "null-not-allowed", ...place, path: "c[key 0]" }),
    );
    expect(refusal("array<decimal(4,2)>", ["1", "1.234"])).toEqual(
      Array(2).fill({ code: "inexact", ...place, path: "c[1]" }),
    );
  });

  it("take the edges of what nanoseconds reach", () => {
    const exact = [{ name: "c", type: "timestamp" }];
    const edges = [
      { seconds: -9_223_372_037n, nanos: 145_224_192 },
      { seconds: 9_223_372_036n, nanos: 854_775_807 },
    ];
    const [batch] = decodeColumns(
      exact,
      encodeRecords(
        exact,
        edges.map((edge) => [edge]),
      ),
    );
    expect(batch?.data.children[0]?.values).toEqual(new BigInt64Array([-(2n ** 63n), 2n ** 63n - 1n]));
  });

  it("come in smaller batches when they are large", () => {
    const text = [{ name: "s", type: "string" }];
    const bytes = encodeRecords(text, Array(100).fill(["x".repeat(100_000)]));
    const decoder = new RecordColumnsDecoder(text, { batchBytes: 1_000_000 });
    const batches = decoder.push(bytes);
    decoder.end();
    expect(batches.length).toBeGreaterThanOrEqual(8);
    expect(batches.reduce((sum, batch) => sum + batch.numRows, decoder.flush()?.numRows ?? 0)).toBe(100);
    expect(decoder.flush()).toBeUndefined();
  });

  it("make a stream also where there are none", () => {
    expect(tableFromIPC(encodeArrowStream(arrowFields(columns), [])).schema.fields).toHaveLength(17);
  });
});

function packOf(table: {
  columns: readonly ColumnSpec[];
  rows: readonly (readonly unknown[])[];
}): Uint8Array {
  const all = table.columns.map(({ name, type }) => ({ name, type }));
  const rows = table.rows.filter((row) => {
    try {
      encodeRecords(all, [row], { checks: "wire", kernel: "js" });
      return true;
    } catch {
      return false;
    }
  });
  return encodeRecords(all, rows, { checks: "wire" });
}

/** Words, least significant first. */
function wholeNumber(words: Uint32Array): bigint {
  const value = [...words].reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n);
  return BigInt.asIntN(words.length * 32, value);
}

function expectSame(
  all: readonly ColumnSpec[],
  bytes: Uint8Array,
  pieces: readonly number[],
  options: DecodeColumnsOptions,
): void {
  const [withKernel, plain] = (["auto", "js"] as const).map((kernel) => {
    const batches: unknown[] = [];
    try {
      const decoder = new RecordColumnsDecoder(all, { ...options, kernel });
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const end = at + pieces[turn % pieces.length]!;
        batches.push(...decoder.push(bytes.subarray(at, end)));
        at = end;
      }
      const summary = decoder.end();
      return { batches: [...batches, decoder.flush()], summary };
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      return { batches, error: { ...error, message: error.message } };
    }
  });
  expect(withKernel).toEqual(plain);
}
