import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { ColumnBatch } from "../src/arrow/columns/column-data.ts";
import { decodeColumns, RecordColumnsDecoder } from "../src/arrow/columns/record-columns-decoder.ts";
import {
  CodecError,
  type ColumnSpec,
  type DecodeOptions,
  encodeRecords,
  RecordPack,
  RecordStreamDecoder,
} from "../src/index.ts";
import { loadDecodeKernel } from "../src/kernel/decode-kernel.ts";
import { layOf } from "../src/kernel/layout-plan.ts";
import { type LaidOut, layoutWith } from "../src/kernel/record-layout.ts";
import { planColumns } from "../src/record/type-plan.ts";
import { ByteSource } from "../src/wire/byte-source.ts";
import { anyScalarTable, anyTable } from "./arbitrary-rows.ts";
import { generateTable, Random } from "./generated-rows.ts";
import { fromHex, goldenCases, goldenRows } from "./golden-values.ts";
import { withChecksumsMadeRight } from "./right-checksums.ts";

/** Where the checksum of a record begins: the record ends with a tag of four bytes and it. */
function checksumOf(bytes: Uint8Array, record: number): number {
  let at = -1;
  for (let seen = 0; seen <= record; seen++) {
    do at = bytes.indexOf(0x80, at + 1);
    while (bytes[at + 1] !== 0xc0 || bytes[at + 2] !== 0xff || bytes[at + 3] !== 0x7f);
  }
  return at + 4;
}

/** With the kernel loaded, decoders use it from the first byte on. */
beforeAll(() => {
  expect(loadDecodeKernel()).toBeDefined();
});

describe("decoding with the kernel and without", () => {
  it("gives the same rows of any scalar types, whole and in pieces, also read as other columns", () => {
    fc.assert(
      fc.property(anyScalarTable, anyScalarTable, sizes, options, (table, other, pieces, chosen) => {
        const bytes = encodeRecords(lenient(table.columns), encodable(table), { checks: "wire" });
        expectSame(table.columns, bytes, pieces, chosen);
        expectSame(other.columns, bytes, pieces, chosen);
      }),
      { numRuns: 150 },
    );
  });

  it("gives the same rows of any nested types", () => {
    fc.assert(
      fc.property(anyTable, anyTable, sizes, options, ({ columns, rows }, other, pieces, chosen) => {
        const bytes = encodeRecords(columns, [...rows, ...rows]);
        expectSame(columns, bytes, pieces, chosen);
        expectSame(other.columns, bytes, pieces, chosen);
      }),
      { numRuns: 100 },
    );
  });

  it("gives the same error for bytes changed, left out or put in anywhere", () => {
    fc.assert(
      fc.property(
        fc.oneof(anyScalarTable, anyTable),
        changes,
        sizes,
        options,
        (table, changed, pieces, chosen) => {
          const bytes = encodeRecords(lenient(table.columns), encodable(table), { checks: "wire" });
          expectSame(table.columns, withChanges(bytes, changed), pieces, chosen);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("gives the same error for such bytes when their checksums are made right again", () => {
    let otherErrors = 0;
    let none = 0;
    fc.assert(
      fc.property(fc.oneof(anyScalarTable, anyTable), changes, options, (table, changed, chosen) => {
        const bytes = encodeRecords(lenient(table.columns), encodable(table), { checks: "wire" });
        const right = withChecksumsMadeRight(table.columns, withChanges(bytes, changed));
        const { error } = expectSame(table.columns, right, [1_000_000], chosen);
        if (error === undefined) none++;
        else if (error.code !== "checksum-mismatch") otherErrors++;
      }),
      { numRuns: 300 },
    );
    expect(otherErrors).toBeGreaterThan(20);
    expect(none).toBeGreaterThan(20);
  });

  it("gives the same under any limits", () => {
    const limit = fc.integer({ min: 1, max: 300 });
    fc.assert(
      fc.property(
        fc.oneof(anyScalarTable, anyTable),
        limit,
        limit,
        (table, maxFieldBytes, maxRecordBytes) => {
          const bytes = encodeRecords(lenient(table.columns), encodable(table), { checks: "wire" });
          expectSame(table.columns, bytes, [1000], { maxFieldBytes, maxRecordBytes });
        },
      ),
      { numRuns: 80 },
    );
  });

  it("gives the same of many rows of generated tables", () => {
    let rowCount = 0;
    // MAXCOMPUTE_TEST_ROWS makes it go on, in other tables, for as many rows as one likes.
    const wanted = Number(process.env["MAXCOMPUTE_TEST_ROWS"] ?? 60_000);
    for (let seed = 1; rowCount < wanted; seed++) {
      const random = new Random(seed);
      const table = generateTable(random);
      const pack = new RecordPack<readonly unknown[]>(lenient(table.columns), { checks: "wire" });
      for (let row = 0; row < 3000; row++) {
        try {
          pack.append(table.row(random));
        } catch (error) {
          if (!(error instanceof CodecError)) throw error;
        }
      }
      rowCount += pack.recordCount;
      expectSameRows(
        table.columns,
        Buffer.concat(pack.seal().chunks),
        random.pick([65_536, 20_000, 1_000_000]),
      );
    }
    expect(rowCount).toBeGreaterThanOrEqual(wanted);
  });

  it.each([
    ...goldenCases("record-packs"),
    ...goldenCases("server-captures"),
    ...goldenCases("download-streams"),
  ])("gives the rows of $name", (golden) => {
    for (const kernel of ["auto", "js"] as const) {
      const seen = decode(golden.schema, fromHex(golden.hex), [1_000_000], { kernel, rowShape: "array" });
      expect(seen.error).toBeUndefined();
      expect(seen.rows).toEqual(goldenRows(golden));
    }
  });
});

describe("the kernel", () => {
  it("takes the checksums that PyODPS's compiled writer sends sign-extended", () => {
    const columns = [{ name: "n", type: "bigint" }];
    const bytes = encodeRecords(columns, [[1], [2], [3], [4], [5], [6], [7], [8]]);
    const seen = expectSame(columns, signExtended(bytes), [1_000_000]);
    expect(seen.rows).toHaveLength(8);
  });

  it("gives rows with a column named __proto__, and columns named as numbers", () => {
    const columns = [
      { name: "__proto__", type: "string" },
      { name: "constructor", type: "bigint" },
      { name: "7", type: "bigint" },
    ];
    const bytes = encodeRecords(columns, Array(3000).fill(["p", 1n, 2n]));
    const { rows } = expectSame(columns, bytes, [1_000_000]);
    for (const row of [rows[0], rows[2999]] as object[]) {
      expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
      expect(Object.getOwnPropertyDescriptor(row, "__proto__")?.value).toBe("p");
      expect(Object.keys(row).sort()).toEqual(["7", "__proto__", "constructor"]);
    }
  });

  it("gives rows of many columns, and of many tables in turn", () => {
    const tables = [...Array(20).keys(), 60, 150, 700].map((extra) =>
      Array.from({ length: extra + 1 }, (_, index) => ({ name: `c${extra}_${index}`, type: "bigint" })),
    );
    for (const columns of tables) {
      const rows = Array.from({ length: 40 }, (_, row) =>
        columns.map((_column, index) => BigInt(row * index)),
      );
      expectSame(columns, encodeRecords(columns, rows), [1_000_000]);
    }
  });

  it("gives out copies: what was pushed may be used again, and rows do not share bytes", () => {
    const columns = [
      { name: "b", type: "binary" },
      { name: "s", type: "string" },
    ];
    const bytes = encodeRecords(
      columns,
      Array.from({ length: 2000 }, (_, row) => [Uint8Array.of(row), `s${row}`]),
    );
    const decoder = new RecordStreamDecoder<{ b: Uint8Array; s: string }>(columns);
    const rows = decoder.push(bytes);
    bytes.fill(0);
    rows[0]!.b.fill(99);
    decoder.push(new Uint8Array(0));
    expect(rows[1]).toEqual({ b: Uint8Array.of(1), s: "s1" });
    expect(rows[1]!.b.buffer.byteLength).toBe(1);
  });

  it("finds each wrong checksum among many records, and gives those before it", () => {
    const columns = [
      { name: "n", type: "bigint" },
      { name: "s", type: "string" },
    ];
    const whole = encodeRecords(
      columns,
      Array.from({ length: 900 }, (_, row) => [row % 3 === 0 ? null : row, row % 5 === 0 ? null : `s${row}`]),
    );
    for (const wrong of [[0], [1], [449], [899], [15, 16], [300, 700]]) {
      const bytes = whole.slice();
      for (const row of wrong) bytes[checksumOf(bytes, row)]! ^= 1;
      for (const pieces of [[1_000_000], [4096]]) expectSame(columns, bytes, pieces);
      const batches: number[] = [];
      const decoder = new RecordColumnsDecoder(columns, { batchRows: 1 });
      expect(() => {
        for (let at = 0; at < bytes.length; at++) {
          batches.push(...decoder.push(bytes.subarray(at, at + 1)).map(({ numRows }) => numRows));
        }
      }).toThrow(expect.objectContaining({ code: "checksum-mismatch", row: wrong[0] }));
      expect(batches).toHaveLength(wrong[0]!);
    }
  });

  it("takes pieces that end anywhere in a record", () => {
    const columns = [
      { name: "n", type: "bigint" },
      { name: "s", type: "string" },
      { name: "d", type: "decimal(18,4)" },
    ];
    const rows = Array.from({ length: 400 }, (_, row) => [
      BigInt(row) ** 6n,
      "é".repeat(row % 40),
      `${row}.5`,
    ]);
    const bytes = encodeRecords(columns, rows);
    for (let piece = 1000; piece < 1100; piece++) {
      expect(expectSame(columns, bytes, [piece]).rows).toHaveLength(400);
    }
  });

  it("keeps short texts apart that differ by what is behind them, and those that take each other's place", () => {
    const columns = [{ name: "s", type: "string" }];
    const alike = [
      "",
      "a",
      "a\0",
      "a\0\0",
      "\0",
      "aaaaaaaa",
      "aaaaaaaa\0",
      "twelve bytes",
      "thirteen byte",
      "東京",
      "東京\0",
    ];
    const rows = Array.from({ length: 30_000 }, (_, row) => [
      row % 2 === 0 ? alike[(row >> 1) % alike.length]! : row % 7 === 0 ? null : `k${(row * 7919) % 6007}`,
    ]);
    const bytes = encodeRecords(columns, rows);
    const decoder = new RecordStreamDecoder(columns, { rowShape: "array" });
    expect(decoder.push(bytes)).toEqual(rows);
    expectSame(columns, bytes, [5000]);
  });

  it("takes texts of every script and length around the steps that they are decoded in", () => {
    const columns = [
      { name: "a", type: "string" },
      { name: "b", type: "varchar(60000)" },
    ];
    const units = ["x", "é", "東", "😀", "\ufeff"];
    const rows = Array.from({ length: 3000 }, (_, index) => [
      units[index % 5]!.repeat(index % 97),
      index % 50 === 0 ? `${"x".repeat(2030 + index / 50)}é` : "plain",
    ]);
    const { rows: decoded } = expectSame(columns, encodeRecords(columns, rows), [70_000], {
      rowShape: "array",
    });
    expect(decoded).toEqual(rows);
  });

  it("looks at decimals of every length like the plain path, right and wrong ones", () => {
    const parts = [
      "",
      "-",
      "0",
      "00",
      "7",
      "42",
      "-0",
      "1234567",
      "12345678",
      "9".repeat(15),
      "3".repeat(16),
    ];
    const tails = ["", ".", ".5", ".50", ".125", ".-5", ".5.", " ", "e3", "a", ".0000000000000"];
    for (const type of [
      "decimal(10,2)",
      "decimal(18,0)",
      "decimal(38,13)",
      "decimal(38,18)",
      "decimal(38,30)",
    ]) {
      for (const text of parts.flatMap((part) => tails.map((tail) => part + tail))) {
        const bytes = encodeRecords([{ name: "d", type: "string" }], [[text], ["1"]]);
        const { rows, error } = expectSame([{ name: "d", type }], bytes, [1_000_000], {});
        expect(rows.length > 0 || error !== undefined, `${type} ${text}`).toBe(true);
        const [withKernel, plain] = (["auto", "js"] as const).map((kernel) =>
          numberOrError(() => decodeColumns([{ name: "d", type }], bytes, { kernel })),
        );
        expect(withKernel, `${type} ${text}`).toBe(plain);
        const scale = Number(/,(\d+)/.exec(type)![1]);
        const [, sign, whole, fraction = ""] = /^(-?)(\d{1,8})(?:\.(\d+))?$/.exec(text) ?? [];
        if (whole !== undefined && fraction.length <= scale) {
          const digits = `${sign}${whole}${fraction.padEnd(scale, "0")}`;
          expect(withKernel, `${type} ${text}`).toBe(`${BigInt(digits)}`);
        }
      }
    }
  });

  it("takes no text for UTF-8 that is not, wherever in it that stands", () => {
    const leads = [0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef];
    leads.push(0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff);
    const seconds = [0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0];
    const rests = [[], [0x80], [0xbf, 0x80], [0x80, 0x41], [0x80, 0x80, 0x80]];
    const sequences = leads.flatMap((lead) => [
      [lead],
      ...seconds.flatMap((second) => rests.map((rest) => [lead, second, ...rest])),
    ]);
    const fatal = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const seen = { right: 0, wrong: 0 };
    for (const before of [0, 12, 13, 14, 15, 30]) {
      for (const behind of [0, 17]) {
        for (const sequence of sequences) {
          const bytes = [
            ...Array<number>(before).fill(0x61),
            ...sequence,
            ...Array<number>(behind).fill(0x62),
          ];
          const text = Uint8Array.from(bytes);
          const pack = encodeRecords([{ name: "s", type: "binary" }], [[text]]);
          const { rows, error } = decode([{ name: "s", type: "string" }], pack, [1000], {
            rowShape: "array",
          });
          let expected: string | undefined;
          try {
            expected = fatal.decode(text);
            seen.right++;
          } catch {
            seen.wrong++;
          }
          expect(error?.code).toBe(expected === undefined ? "bad-utf8" : undefined);
          expect((rows[0] as unknown[] | undefined)?.[0], `${bytes}`).toBe(expected);
        }
      }
    }
    expect(seen).toEqual({ right: 1116, wrong: 9372 });
  });

  it("takes records of many columns of every kind, with NULLs anywhere, and numbers of any length", () => {
    const kinds: readonly [string, (bits: number) => unknown][] = [
      ["bigint", (bits) => (bits % 2 === 0 ? 1n : -1n) * 2n ** BigInt(bits % 63) - BigInt(bits % 3)],
      ["string", (bits) => "é".repeat(bits % 2) + "x".repeat(bits * 5)],
      ["decimal(18,4)", (bits) => `-${"9".repeat(1 + (bits % 14))}.${"1".repeat(1 + (bits % 4))}`],
      ["timestamp", (bits) => ({ seconds: 2n ** BigInt(bits % 33), nanos: 2 ** (bits % 30) - 1 })],
      ["double", (bits) => bits / 3],
      ["float", (bits) => bits / 4],
      ["tinyint", (bits) => bits - 64],
      ["boolean", (bits) => bits % 2 === 0],
      ["binary", (bits) => Uint8Array.from({ length: bits * 3 }, (_, at) => at + bits)],
      ["smallint", (bits) => bits * 500 - 32_000],
      ["datetime", (bits) => new Date(2 ** (bits % 47))],
    ];
    const columns = Array.from({ length: 140 }, (_, at) => ({ name: `c${at}`, type: kinds[at % 11]![0] }));
    const rows = Array.from({ length: 120 }, (_, row) =>
      columns.map((_column, at) => ((row * at) % 7 === 3 ? null : kinds[at % 11]![1]((row + at) % 127))),
    );
    const bytes = encodeRecords(columns, rows);
    for (const pieces of [[1 << 20], [50_000]]) {
      const { rows: decoded } = expectSame(columns, bytes, pieces, { rowShape: "array" });
      expect(decoded).toHaveLength(120);
    }
    const batches = (["auto", "js"] as const).map((kernel) => {
      const decoder = new RecordColumnsDecoder(columns, { kernel });
      return [decoder.push(bytes), decoder.flush()];
    });
    expect(batches[0]).toEqual(batches[1]);
  });

  it.each([
    ["plain ones", ["bigint", "string"]],
    ["such as have to be looked at field by field", ["bigint", "array<bigint>"]],
  ])("takes all records of many columns, %s", (_name, types) => {
    const columns = Array.from({ length: 300 }, (_, at) => ({ name: `c${at}`, type: types[at % 2]! }));
    const value = (at: number) => (types[at % 2] === "bigint" ? BigInt(at) : at % 4 === 1 ? "text" : null);
    const row = columns.map(({ type }, at) => (type === "array<bigint>" ? [BigInt(at)] : value(at)));
    const bytes = encodeRecords(columns, [row, row, row]);
    let rows = 0;
    const takeRun = ({ rowCount }: LaidOut): boolean => {
      rows += rowCount;
      return true;
    };
    const limits = { maxFieldBytes: 1000, maxRecordBytes: 100_000 };
    const layout = layoutWith(
      loadDecodeKernel()!,
      planColumns(columns, "wire"),
      { layOf, limits },
      { takeRun },
    )!;
    const source = new ByteSource();
    source.load(bytes, bytes.length, 0);
    expect(layout.take(source, -1)).toBe(3);
    expect(rows).toBe(3);
  });

  it("keeps to its memory with records of many megabytes, which are read without it", () => {
    const columns = [
      { name: "n", type: "bigint" },
      { name: "s", type: "string" },
    ];
    const large = "x".repeat(8 * 1024 * 1024);
    const rows = Array.from({ length: 300 }, (_, index) => [
      BigInt(index),
      index % 100 === 50 ? large : "small",
    ]);
    const { rows: decoded } = expectSame(columns, encodeRecords(columns, rows), [1 << 20], {
      rowShape: "array",
    });
    expect(decoded).toHaveLength(300);
    expect(loadDecodeKernel()!.memory.bytes.length).toBeLessThan(16 * 1024 * 1024);
  });
});

const sizes = fc.oneof(
  fc.constant([1_000_000]),
  fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 8 }),
);
const options: fc.Arbitrary<DecodeOptions> = fc.record({
  rowShape: fc.constantFrom("object", "array"),
  invalidUtf8: fc.constantFrom("error", "bytes"),
});
const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }), fc.nat(2)), { maxLength: 3 });

function withChanges(bytes: Uint8Array, changed: readonly (readonly [number, number, number])[]): Uint8Array {
  const list = [...bytes];
  for (const [at, byte, removed] of changed) list.splice(at % list.length, removed, byte);
  return Uint8Array.from(list);
}

function lenient(columns: readonly ColumnSpec[]): readonly ColumnSpec[] {
  return columns.map(({ name, type }) => ({ name, type }));
}

function encodable({
  columns,
  rows,
}: {
  columns: readonly ColumnSpec[];
  rows: readonly (readonly unknown[])[];
}) {
  return rows.filter((row) => {
    try {
      encodeRecords(lenient(columns), [row], { checks: "wire", kernel: "js" });
      return true;
    } catch {
      return false;
    }
  });
}

/** The same pack with checksums of 2^31 and more as ten bytes. */
function signExtended(bytes: Uint8Array): Uint8Array {
  const hex = Buffer.from(bytes).toString("hex");
  // The record's end, then a checksum of five bytes whose last has its fourth bit set.
  const long = hex.replaceAll(
    /80c0ff7f((?:[89a-f][0-9a-f]){4})0([89a-f])/g,
    (_all, head: string, last: string) => {
      const fifth = (0x80 | 0x70 | Number.parseInt(last, 16)).toString(16);
      return `80c0ff7f${head}${fifth}ffffffff01`;
    },
  );
  expect(long.length).toBeGreaterThan(hex.length);
  return fromHex(long);
}

/** The first number of the first column, which are all of 128 bits; or what was thrown. */
function numberOrError(decodeThem: () => readonly ColumnBatch[]): string {
  try {
    const words = decodeThem()[0]!.data.children[0]!.values as Uint32Array;
    const number = words.subarray(0, 4).reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n);
    return `${BigInt.asIntN(128, number)}`;
  } catch (error) {
    return String(error);
  }
}

interface Seen {
  readonly rows: readonly unknown[];
  readonly counts: readonly unknown[];
  readonly error: { readonly code: string; readonly message: string } | undefined;
  readonly summary: unknown;
}

/** Pushes the bytes through both in the same pieces, and holds everything that can be seen together. */
function expectSame(
  columns: readonly ColumnSpec[],
  bytes: Uint8Array,
  pieces: readonly number[],
  chosen: DecodeOptions = {},
): Seen {
  const withKernel = decode(columns, bytes, pieces, { ...chosen, kernel: "auto" });
  const plain = decode(columns, bytes, pieces, { ...chosen, kernel: "js" });
  expect(withKernel).toEqual(plain);
  return plain;
}

/** The same of many rows, without holding them all together: comparing is slow. */
function expectSameRows(columns: readonly ColumnSpec[], bytes: Uint8Array, piece: number): void {
  const both = (["auto", "js"] as const).map(
    (kernel) => new RecordStreamDecoder(columns, { kernel, rowShape: "array", invalidUtf8: "bytes" }),
  );
  for (let at = 0; at < bytes.length; at += piece) {
    const [withKernel, plain] = both.map((decoder) => decoder.push(bytes.subarray(at, at + piece)));
    expect(digest(withKernel!)).toBe(digest(plain!));
  }
  expect(both[0]!.end()).toEqual(both[1]!.end());
}

function digest(rows: readonly unknown[]): string {
  return JSON.stringify(rows, (_key, value: unknown) => {
    if (typeof value === "bigint") return `${value}n`;
    if (typeof value === "number")
      return Object.is(value, -0) ? "-0" : Number.isFinite(value) ? value : `${value}`;
    return value;
  });
}

function decode(
  columns: readonly ColumnSpec[],
  bytes: Uint8Array,
  pieces: readonly number[],
  chosen: DecodeOptions,
): Seen {
  const decoder = new RecordStreamDecoder<unknown>(columns, chosen);
  const rows: unknown[] = [];
  const counts: unknown[] = [];
  try {
    for (let at = 0, turn = 0; at < bytes.length; turn++) {
      const end = at + pieces[turn % pieces.length]!;
      for (const row of decoder.push(bytes.subarray(at, end))) rows.push(row);
      counts.push([rows.length, decoder.recordCount]);
      at = end;
    }
    return { rows, counts, error: undefined, summary: decoder.end() };
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    return { rows, counts, error: { ...error, message: error.message }, summary: undefined };
  }
}
