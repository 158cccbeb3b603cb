import { decodeRecords, encodeRecords } from "@maxcompute-tunnel/codec";
// @boundaries-ignore parsers are fuzzed in their sources
import {
  batchMessages,
  framedMessages,
  sentColumns,
} from "../../../../packages/emulator/src/tunnel/arrow/arrow-stream.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import {
  type ArrowConventions,
  conventionsOf,
  previewConventions,
} from "../../../../packages/emulator/src/tunnel/arrow/conventions.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { arrowCases } from "../../../../packages/emulator/test/support/arrow-golden.ts";

/** An Arrow body, what its columns are, and how its client lays them out. */
export interface ArrowSeed {
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly nullable: boolean;
    readonly comment: string;
  }[];
  readonly conventions: ArrowConventions;
  readonly framed: Uint8Array;
}

/** Bodies that PyODPS sent, and some that no client in use happens to send: other layouts, and values at the ends of their ranges. */
export async function arrowSeeds(): Promise<readonly ArrowSeed[]> {
  const conventions = conventionsOf("pyodps/0.13.2");
  const golden = arrowCases()
    .filter(({ framed }) => framed.length < 6000)
    .map(({ schema, framed }) => ({ columns: described(schema), conventions, framed }));
  const made = await Promise.all(tables.flatMap((table) => layouts.map((layout) => seedOf(table, layout))));
  return [...golden, ...made];
}

/** Java's; Go's, without decimals of 256 bits; and times as structs, at every depth and in columns only. */
const layouts: readonly ArrowConventions[] = [
  conventionsOf("JavaSDK Revision:57 Version:0.57.0"),
  conventionsOf("odps-go-sdk/0.4"),
  previewConventions("odps-go-sdk/0.4"),
  { ...conventionsOf("pyodps/0.13.2"), timestamps: "struct-columns" },
];

type Table = readonly [type: string, values: readonly unknown[]][];

const long = 2n ** 63n - 1n;
const tables: readonly Table[] = [
  [
    ["bigint", [long, -long, 2n ** 53n, -1n, null]],
    ["float", [1.5, -0, Number.NaN, Number.POSITIVE_INFINITY, null]],
    ["json", ['{"a":[1]}', "null", '"é"', "1", null]],
    ["geography", [Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(255), Uint8Array.of(0), null]],
    ["vector(float,2)", [[1, 2], [0, -1], [0.5, 1], [3, 4], null]],
    ["vector(double,1)", [[1], [0], [0.5], [3], null]],
  ],
  [
    ["decimal", ["123456789012345678.5", "-0.000000000000000001", "9007199254740993", "0", null]],
    ["decimal(38,0)", ["9".repeat(20), `-${"9".repeat(20)}`, "9007199254740993", "-1", null]],
    ["decimal(20,10)", ["1234567890.0123456789", "-1.5", "922337203.6854775808", "0.1", null]],
    ["decimal(18,2)", ["9007199254740.93", "-92233720368547.75", "100.00", "-0.01", null]],
  ],
  [
    ["timestamp", instants()],
    ["timestamp_ntz", instants()],
    ["interval_day_time", wholeMilliseconds()],
    ["interval_year_month", [1, -1, 119_988, 0, null]],
    ["date", ["1970-01-01", "9999-12-31", "0001-01-01", "1970-01-01", null]],
    ["datetime", [new Date(0), new Date(-1), new Date(253_402_300_799_999), new Date(5), null]],
  ],
  // The quotient of doubles is one too much for some of these, and one too little for others.
  [["timestamp", farInstants()]],
  [
    ["array<timestamp>", [instants(), [], null]],
    [
      "map<string,array<decimal(38,18)>>",
      [
        [
          ["a", ["1.5", null]],
          ["b", null],
        ],
        [],
        null,
      ],
    ],
    [
      "struct<a:struct<b:timestamp_ntz,c:json>,d:map<bigint,boolean>>",
      [
        [
          [{ seconds: 1n, nanos: 2 }, "1"],
          [
            [1n, true],
            [-1n, null],
          ],
        ],
        [null, null],
        null,
      ],
    ],
  ],
];

function instants(): readonly unknown[] {
  return [
    { seconds: 0n, nanos: 0 },
    { seconds: -1n, nanos: 999_999_999 },
    { seconds: 9_000_000_000n, nanos: 1 },
    { seconds: -9_000_000_000n, nanos: 123_456_789 },
    null,
  ];
}

function farInstants(): readonly unknown[] {
  return Array.from({ length: 24 }, (_, index) => ({
    seconds: (index % 2 === 0 ? 1n : -1n) * (9_223_372_035n - BigInt(index * 7919)),
    nanos: index % 3 === 0 ? 999_999_999 : index % 3,
  }));
}

/** What days and milliseconds can hold. */
function wholeMilliseconds(): readonly unknown[] {
  return [
    { seconds: 0n, nanos: 0 },
    { seconds: -1n, nanos: 999_000_000 },
    { seconds: 86_401n, nanos: 1_000_000 },
    { seconds: -86_401n, nanos: 0 },
    null,
  ];
}

async function seedOf(table: Table, conventions: ArrowConventions): Promise<ArrowSeed> {
  const columns = described(table.map(([type], index) => ({ name: `c${index}`, type })));
  const count = table[0]![1].length;
  const rows = Array.from({ length: count }, (_, row) => table.map(([, values]) => values[row]));
  // The emulator sends rows as it has read them.
  const read = decodeRecords(columns, encodeRecords(columns, rows), { rowShape: "array" });
  const parts: Uint8Array[] = [];
  const batches = batchMessages([oneBatch(read as unknown[][])], sentColumns(columns, columns, conventions));
  for await (const part of framedMessages(batches)) parts.push(part);
  return { columns, conventions, framed: Buffer.concat(parts) };
}

async function* oneBatch(
  rows: readonly (readonly unknown[])[],
): AsyncGenerator<readonly (readonly unknown[])[]> {
  yield rows;
}

function described(
  schema: readonly { readonly name: string; readonly type: string }[],
): ArrowSeed["columns"] {
  return schema.map(({ name, type }) => ({ name, type, nullable: true, comment: "" }));
}
