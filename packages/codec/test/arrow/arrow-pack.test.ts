import {
  Binary,
  Bool,
  type DataType,
  DateDay,
  DateMillisecond,
  Decimal,
  Dictionary,
  DurationMicrosecond,
  Field,
  FixedSizeBinary,
  FixedSizeList,
  Float16,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  IntervalYearMonth,
  LargeUtf8,
  List,
  Map_,
  makeData,
  RecordBatch,
  Struct,
  Table,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  tableFromArrays,
  tableFromIPC,
  tableToIPC,
  Uint8,
  Uint32,
  Uint64,
  Utf8,
  Utf8View,
  vectorFromArray,
} from "apache-arrow";
import { beforeAll, describe, expect, it } from "vitest";
import { ArrowPack, type ArrowPackOptions } from "../../src/arrow/index.ts";
import { loadColumnsKernel } from "../../src/arrow/kernel/columns-kernel.ts";
import {
  type CodecError,
  type ColumnSpec,
  decodeRecords,
  encodeRecords,
  isCodecError,
} from "../../src/index.ts";

beforeAll(() => {
  expect(loadColumnsKernel()).toBeDefined();
});

const engines = ["auto", "js"] as const;
const utf8Field = new Field("item", new Utf8(), true);
const entries = new Struct<{ key: DataType; value: DataType }>([
  new Field("key", new Utf8(), false),
  new Field("value", new Int32(), true),
]);
const second = 1_700_000_000n;

/** Types of the table and of Arrow, the values Arrow is given, and what rows say for the same. */
const readings: readonly (readonly [
  odps: string,
  arrow: DataType,
  given: readonly unknown[],
  meant: readonly unknown[],
])[] = [
  ["tinyint", new Int8(), [-128, 0, null, 127], [-128, 0, null, 127]],
  ["smallint", new Int16(), [-32768, null, 32767], [-32768, null, 32767]],
  ["int", new Int32(), [-(2 ** 31), 2 ** 31 - 1], [-(2 ** 31), 2 ** 31 - 1]],
  ["int", new Uint8(), [0, 255], [0, 255]],
  ["bigint", new Int64(), [-(2n ** 63n) + 1n, 2n ** 63n - 1n], [-(2n ** 63n) + 1n, 2n ** 63n - 1n]],
  ["bigint", new Uint32(), [0, 2 ** 32 - 1], [0, 2 ** 32 - 1]],
  ["bigint", new Uint64(), [0n, 2n ** 63n - 1n], [0n, 2n ** 63n - 1n]],
  ["bigint", new Float64(), [-0, 3, 2 ** 52], [0, 3, 2 ** 52]],
  ["double", new Float64(), [0.1, -1e300, Number.NaN, null], [0.1, -1e300, Number.NaN, null]],
  ["double", new Int64(), [2n ** 53n, -1n], [2 ** 53, -1]],
  ["float", new Float32(), [0.5, -1e38], [0.5, -1e38]],
  ["float", new Float64(), [0.1, 1], [0.1, 1]],
  ["double", new Float16(), [1.5, -0.25, 65504], [1.5, -0.25, 65504]],
  ["boolean", new Bool(), [true, null, false, true], [true, null, false, true]],
  ["string", new Utf8(), ["", "a", "杭州", null, "😀"], ["", "a", "杭州", null, "😀"]],
  ["string", new LargeUtf8(), ["x".repeat(700), "y"], ["x".repeat(700), "y"]],
  [
    "string",
    new Utf8View(),
    ["short", "longer than twelve bytes", null],
    ["short", "longer than twelve bytes", null],
  ],
  ["varchar(2)", new Utf8(), ["😀😀", "ab"], ["😀😀", "ab"]],
  ["json", new Utf8(), ['{"a":1}', "null"], ['{"a":1}', "null"]],
  ["binary", new Binary(), [Uint8Array.of(0, 255), null], [Uint8Array.of(0, 255), null]],
  [
    "binary",
    new FixedSizeBinary(2),
    [Uint8Array.of(1, 2), Uint8Array.of(3, 4)],
    [Uint8Array.of(1, 2), Uint8Array.of(3, 4)],
  ],
  ["decimal(10,2)", new Utf8(), ["1.50", "-3"], ["1.50", "-3"]],
  ["decimal(20,0)", new Int64(), [-12n, 9007199254740993n], ["-12", "9007199254740993"]],
  ["date", new DateDay(), [new Date("2024-02-29"), new Date("0001-01-01")], ["2024-02-29", "0001-01-01"]],
  ["date", new DateMillisecond(), [new Date("9999-12-31")], ["9999-12-31"]],
  [
    "datetime",
    new TimestampMillisecond(),
    [1_700_000_000_123, -1, null],
    [new Date(1_700_000_000_123), new Date(-1), null],
  ],
  ["datetime", new TimestampSecond("Asia/Shanghai"), [1_700_000_000_000], [new Date(1_700_000_000_000)]],
  [
    "timestamp",
    new TimestampMicrosecond("Asia/Shanghai"),
    [1_700_000_000_123],
    [{ seconds: second, nanos: 123_000_000 }],
  ],
  ["timestamp", new TimestampNanosecond(), [-1], [{ seconds: -1n, nanos: 999_000_000 }]],
  [
    "timestamp_ntz",
    new TimestampMillisecond("UTC"),
    [1_700_000_000_001],
    [{ seconds: second, nanos: 1_000_000 }],
  ],
  [
    "interval_day_time",
    new DurationMicrosecond(),
    [-1n, 1_500_000n],
    [
      { seconds: -1n, nanos: 999_999_000 },
      { seconds: 1n, nanos: 500_000_000 },
    ],
  ],
  ["array<string>", new List(utf8Field), [["a", null], [], null], [["a", null], [], null]],
  ["array<string>", new FixedSizeList(2, utf8Field), [["a", "b"], null], [["a", "b"], null]],
  [
    "map<string,int>",
    new Map_(new Field("entries", entries, false)),
    [{ a: 1, b: 2 }],
    [
      [
        ["a", 1],
        ["b", 2],
      ],
    ],
  ],
  [
    "struct<x:int,note:string,gone:bigint>",
    new Struct([new Field("Note", new Utf8(), true), new Field("X", new Int32(), true)]),
    [{ X: 1, Note: "n" }, null],
    [{ x: 1, note: "n" }, null],
  ],
  ["vector(float,2)", new FixedSizeList(2, new Field("item", new Float32(), true)), [[1, 2]], [[1, 2]]],
  ["string", new Dictionary(new Utf8(), new Int32()), ["a", "b", null, "a"], ["a", "b", null, "a"]],
];

describe("values of Arrow columns", () => {
  it.each(readings)("%s from %s", (odps, arrow, given, meant) => {
    const columns = [{ name: "c", type: odps }];
    const expected = encodeRecords(columns, meant.map((value) => [value]) as never);
    const vector = vectorFromArray([...given], arrow);
    for (const kernel of engines) {
      expect(packed(columns, new Table({ c: vector }), { kernel }).equals(expected)).toBe(true);
    }
  });

  it("decimals, exactly, with zeros dropped that the column has no room for", () => {
    const type = new Decimal(20, 76, 256);
    const words = (value: bigint) =>
      Array.from({ length: 8 }, (_, at) => Number((value >> BigInt(32 * at)) & 0xffffffffn));
    const unit = 10n ** 20n;
    const values = [15n * (unit / 10n), -unit * 12345678901234567890123456789n, 0n, -(unit / 100n)];
    const data = makeData({ type, length: 4, nullCount: 0, data: Uint32Array.from(values.flatMap(words)) });
    const columns = [{ name: "c", type: "decimal(38,2)" }];
    const expected = ["1.50", "-12345678901234567890123456789.00", "0.00", "-0.01"];
    for (const kernel of engines) {
      const pack = new ArrowPack(columns, { kernel });
      pack.append(new RecordBatch({ c: data }));
      expect(rowsOf(columns, Buffer.concat(pack.seal().chunks))).toEqual(expected.map((c) => ({ c })));
    }
  });

  it("months of an interval", () => {
    const data = makeData({
      type: new IntervalYearMonth(),
      length: 2,
      nullCount: 0,
      data: Int32Array.of(14, -1),
    });
    const columns = [{ name: "c", type: "interval_year_month" }];
    const pack = new ArrowPack(columns);
    pack.append(new RecordBatch({ c: data }));
    expect(rowsOf(columns, Buffer.concat(pack.seal().chunks))).toEqual([{ c: 14 }, { c: -1 }]);
  });

  it("are those that apache-arrow reads, over many batches, after a way through IPC", () => {
    const count = 20_000;
    const numbers = Array.from({ length: count }, (_, index) => index);
    const table = tableFromArrays({
      id: BigInt64Array.from(numbers, (index) => BigInt(index) * 7919n),
      price: Float64Array.from(numbers, Math.sqrt),
      name: numbers.map((index) => (index % 10 === 0 ? null : `name ${index % 1000}`)),
    });
    const read = tableFromIPC(tableToIPC(table));
    const columns = [
      { name: "id", type: "bigint" },
      { name: "price", type: "double" },
      { name: "name", type: "string" },
    ];
    const theirs = read.toArray().map((row) => [row.id, row.price, row.name]);
    expect(packed(columns, read).equals(encodeRecords(columns, theirs as never))).toBe(true);
  });
});

describe("columns of a batch", () => {
  const table = new Table({
    ID: vectorFromArray([1, 2], new Int32()),
    extra: vectorFromArray(["x", "y"], new Utf8()),
  });
  const columns = [
    { name: "note", type: "string" },
    { name: "id", type: "int" },
  ];

  it("are found by name, in any case; those missing are NULL", () => {
    expect(rowsOf(columns, packed(columns, table, { unknownColumns: "ignore" }))).toEqual([
      { note: null, id: 1 },
      { note: null, id: 2 },
    ]);
  });

  it("that the table does not have are refused", () => {
    expect(refusal(() => packed(columns, table))).toMatchObject({ code: "unknown-property", value: "extra" });
  });

  it("are taken by position", () => {
    const other = [
      { name: "a", type: "bigint" },
      { name: "b", type: "string" },
      { name: "c", type: "date" },
    ];
    expect(rowsOf(other, packed(other, table, { match: "position" }))).toEqual([
      { a: 1n, b: "x", c: null },
      { a: 2n, b: "y", c: null },
    ]);
    const one = [{ name: "a", type: "bigint" }];
    expect(refusal(() => packed(one, table, { match: "position" })).code).toBe("too-many-values");
  });

  it("that cannot stand for their column are refused before any row", () => {
    const types = [{ name: "id", type: "date" }];
    const error = refusal(() => packed(types, table, { unknownColumns: "ignore" }));
    expect(error.message).toBe("column id: Expected an Arrow type that can stand for date, got Arrow Int32");
    const local = new Table({ c: vectorFromArray([1], new TimestampMillisecond("Asia/Shanghai")) });
    expect(refusal(() => packed([{ name: "c", type: "timestamp_ntz" }], local)).code).toBe("wrong-type");
  });

  it("must be there when they are NOT NULL", () => {
    const strict = [{ name: "note", type: "string", nullable: false }];
    for (const kernel of engines) {
      const error = refusal(() => packed(strict, table, { unknownColumns: "ignore", kernel }));
      expect([error.code, error.row, error.column]).toEqual(["null-not-allowed", 0, "note"]);
    }
  });
});

describe("rows that do not fit", () => {
  const columns = [
    { name: "id", type: "bigint" },
    { name: "n", type: "tinyint" },
  ];
  const table = new Table({
    id: vectorFromArray([1n, 2n, 3n, 4n, 5n], new Int64()),
    n: vectorFromArray([1, 2, 300, 4, -129], new Int16()),
  });

  it.each(engines)("are told by row and column, and the others kept (%s)", (kernel) => {
    const pack = new ArrowPack(columns, { kernel });
    const [batch] = table.batches;
    const first = refusal(() => pack.append(batch!));
    expect(first.message).toBe("row 2, column n: Expected a tinyint from -128 to 127, got 300");
    expect([first.row, first.column, pack.recordCount]).toEqual([2, "n", 2]);
    expect(refusal(() => pack.append(batch!, 3)).row).toBe(4);
    expect(rowsOf(columns, Buffer.concat(pack.seal().chunks)).map((row) => row["n"])).toEqual([1, 2, 4]);
  });

  it("are never rounded: a time finer than its column, a number that is not whole", () => {
    const datetimes = [{ name: "c", type: "datetime" }];
    expect(refusal(() => packed(datetimes, nanos(1_000_001n))).code).toBe("inexact");
    const half = new Table({ c: vectorFromArray([1.5], new Float64()) });
    expect(refusal(() => packed([{ name: "c", type: "bigint" }], half)).code).toBe("inexact");
  });

  it("outside a batch are refused", () => {
    const pack = new ArrowPack(columns);
    expect(refusal(() => pack.append(table.batches[0]!, 0, 6)).code).toBe("invalid-option");
    expect(refusal(() => pack.append(table.batches[0]!, -1)).code).toBe("invalid-option");
  });
});

describe("buffers that are not as they should be", () => {
  const int64 = { typeId: 2, bitWidth: 64, isSigned: true };
  const utf8 = { typeId: 5 };

  it.each(engines)("are refused, not read beyond (%s)", (kernel) => {
    const short = {
      type: int64,
      length: 3,
      offset: 0,
      nullCount: 0,
      values: new BigInt64Array(2),
      children: [],
    };
    const wild = {
      type: utf8,
      length: 2,
      offset: 0,
      nullCount: 0,
      values: new Uint8Array(4),
      valueOffsets: Int32Array.of(0, 9, 4),
      children: [],
    };
    for (const [type, child] of [
      ["bigint", short],
      ["string", wild],
    ] as const) {
      const batch = {
        numRows: child.length,
        schema: { fields: [{ name: "c", type: child.type }] },
        data: { children: [child] },
      };
      const error = refusal(() => new ArrowPack([{ name: "c", type }], { kernel }).append(batch));
      expect([error.code, error.row, error.column]).toEqual(["bad-length", 0, "c"]);
    }
  });
});

function nanos(value: bigint): Table {
  const type = new TimestampNanosecond();
  const data = makeData({ type, length: 1, nullCount: 0, data: BigInt64Array.of(value) });
  return new Table(new RecordBatch({ c: data }));
}

function packed(columns: readonly ColumnSpec[], table: Table, options: ArrowPackOptions = {}): Buffer {
  const pack = new ArrowPack(columns, options);
  for (const batch of table.batches) pack.append(batch);
  return Buffer.concat(pack.seal().chunks);
}

function rowsOf(columns: readonly ColumnSpec[], bytes: Uint8Array): Record<string, unknown>[] {
  return [...decodeRecords(columns, bytes)] as Record<string, unknown>[];
}

function refusal(run: () => unknown): CodecError {
  try {
    run();
  } catch (error) {
    if (isCodecError(error)) return error;
    throw error;
  }
  throw new Error("Expected a CodecError");
}
