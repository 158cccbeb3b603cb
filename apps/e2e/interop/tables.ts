import type { ColumnSpec } from "maxcompute-tunnel";

/** A table of the interop runs with the rows that go into it. */
export interface SampleTable {
  readonly columns: readonly ColumnSpec[];
  /** In schema order, as our library takes them. The first column numbers the rows. */
  readonly rows: readonly (readonly unknown[])[];
}

const instant = (seconds: bigint, nanos: number) => ({ seconds, nanos });
const hex = (text: string) => Uint8Array.from(Buffer.from(text, "hex"));

/** Types that every client writes and reads, with their extremes, in a row of NULLs too. */
export const scalars: SampleTable = {
  columns: columns({
    id: "bigint",
    ti: "tinyint",
    si: "smallint",
    i: "int",
    bi: "bigint",
    f: "float",
    d: "double",
    b: "boolean",
    s: "string",
    c: "char(5)",
    v: "varchar(10)",
    bin: "binary",
    dec: "decimal(38,18)",
    price: "decimal(10,2)",
    da: "date",
    dt: "datetime",
    ts: "timestamp",
    tn: "timestamp_ntz",
  }),
  rows: [
    [
      1n,
      127,
      32767,
      2147483647,
      9223372036854775807n,
      1.5,
      Math.PI,
      true,
      "阿里云 ODPS 😀",
      "ab",
      "cd",
      hex("00017f80ff"),
      "12345678901234567890.123456789012345678",
      "99999999.99",
      "2024-02-29",
      new Date("2024-01-01T00:00:00.123Z"),
      instant(1704067200n, 123456789),
      instant(1704067200n, 1),
    ],
    [
      2n,
      -128,
      -32768,
      -2147483648,
      -9223372036854775807n,
      -0.5,
      -1e300,
      false,
      "",
      "",
      "",
      hex(""),
      "-0.000000000000000001",
      "-0.01",
      "0001-01-01",
      new Date("1969-12-31T23:59:59.999Z"),
      instant(-1n, 999999999),
      instant(-86400n, 0),
    ],
    [3n, ...Array<null>(17).fill(null)],
    [
      4n,
      0,
      0,
      0,
      0n,
      0,
      5e-324,
      true,
      "quotes \"'` and\nlines\tand \\",
      "abcde",
      "0123456789",
      hex("ff".repeat(300)),
      "0",
      "100",
      "9999-12-31",
      new Date("9999-12-31T00:00:00.000Z"),
      instant(9223372035n, 999999999),
      instant(0n, 0),
    ],
    [
      5n,
      1,
      -1,
      1,
      -1n,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      false,
      "long ".repeat(2000),
      "z",
      "z",
      hex("00"),
      "1.5",
      "1.5",
      "1970-01-01",
      new Date(0),
      instant(0n, 0),
      instant(1n, 500000000),
    ],
  ],
};

/** Nested values: empty, NULL, NULL inside, several levels. */
export const nested: SampleTable = {
  columns: columns({
    id: "bigint",
    arr: "array<bigint>",
    texts: "array<string>",
    m: "map<string,bigint>",
    st: "struct<x:bigint,y:string,z:double>",
    deep: "array<struct<id:bigint,tags:array<string>>>",
  }),
  rows: [
    [
      1n,
      [1n, null, -3n],
      ["a", "", "中"],
      [["k1", 1n]],
      { x: 7n, y: null, z: 2.5 },
      [{ id: 1n, tags: ["x", "y"] }, null, { id: 2n, tags: null }],
    ],
    [2n, [], [], [], { x: null, y: null, z: null }, []],
    [3n, null, null, null, null, null],
    [
      4n,
      [9223372036854775807n],
      [null],
      [
        ["a", 1n],
        ["b", 2n],
      ],
      { x: 1n, y: "y", z: -0.5 },
      [{ id: null, tags: [] }],
    ],
  ],
};

/** {@link nested} without the map, which one client's Arrow code leaves out. */
export const nestedWithoutMap: SampleTable = without(nested, "m");

/** Both intervals; whole seconds, because one client cannot make others. */
export const intervals: SampleTable = {
  columns: columns({ id: "bigint", span: "interval_day_time", months: "interval_year_month" }),
  rows: [
    [1n, instant(93784n, 0), 14],
    [2n, instant(-1n, 0), -13],
    [3n, null, null],
  ],
};

/** An interval with a fraction of a second. */
export const fractionalIntervals: SampleTable = {
  columns: columns({ id: "bigint", span: "interval_day_time" }),
  rows: [
    [1n, instant(93784n, 5)],
    [2n, instant(-1n, 500000000)],
  ],
};

/** JSON documents. */
export const documents: SampleTable = {
  columns: columns({ id: "bigint", doc: "json" }),
  rows: [
    [1n, '{"a": 1, "b": [true, null], "c": "中"}'],
    [2n, "[]"],
    [3n, null],
  ],
};

/** A partitioned table's data columns. */
export const sales: SampleTable = {
  columns: columns({ id: "bigint", item: "string" }),
  rows: [
    [1n, "pear"],
    [2n, null],
    [3n, "梨"],
  ],
};

/** Rows with a primary key. */
export const keyed: SampleTable = {
  columns: columns({ id: "bigint", name: "string" }),
  rows: Array.from({ length: 40 }, (_, index) => [BigInt(index), `name ${index}`]),
};

/** Enough rows for several buffers of the smallest size that every client allows. */
export const many: SampleTable = {
  columns: columns({ id: "bigint", note: "string" }),
  rows: Array.from({ length: 20_000 }, (_, index) => [
    BigInt(index),
    `note for row number ${index}`.repeat(5),
  ]),
};

function columns(types: Readonly<Record<string, string>>): readonly ColumnSpec[] {
  return Object.entries(types).map(([name, type]) => ({ name, type }));
}

function without(table: SampleTable, name: string): SampleTable {
  const index = table.columns.findIndex((column) => column.name === name);
  return {
    columns: table.columns.filter((_, at) => at !== index),
    rows: table.rows.map((row) => row.filter((_, at) => at !== index)),
  };
}

/** The rows in two blocks, as near to halves as they go. */
export function inBlocks<T>(rows: readonly T[]): readonly (readonly T[])[] {
  const half = Math.ceil(rows.length / 2);
  return [rows.slice(0, half), rows.slice(half)];
}
