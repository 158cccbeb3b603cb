import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type ColumnSpec, isCodecError, RecordPack, type RecordPackOptions } from "../src/index.ts";
import { loadKernel } from "../src/kernel/kernel.ts";
import { anyScalarTable, anyTable } from "./arbitrary-rows.ts";
import { goldenCases, goldenRows, toHex } from "./golden-values.ts";

/** With the kernel loaded, packs use it from their first row on. */
beforeAll(() => {
  expect(loadKernel()).toBeDefined();
});

describe("the kernel and the plain path", () => {
  it("give the same bytes and refuse the same rows, of any scalar types", () => {
    let rowCount = 0;
    fc.assert(
      fc.property(
        anyScalarTable,
        fc.boolean(),
        fc.constantFrom("service", "wire"),
        (table, asObjects, checks) => {
          const rows = asObjects ? table.rows.map((row) => asObject(table.columns, row)) : table.rows;
          rowCount += rows.length;
          expectSame(table.columns, rows, { checks });
        },
      ),
      { numRuns: 1500 },
    );
    expect(rowCount).toBeGreaterThan(10_000);
  });

  it("give the same whatever the chunk size, drained, measured or cleared on the way", () => {
    fc.assert(
      fc.property(
        anyScalarTable,
        fc.integer({ min: 1, max: 400 }),
        fc.nat(),
        ({ columns, rows }, chunkBytes, seed) => {
          expectSame(columns, rows, { chunkBytes }, seed);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("give the same under any limits", () => {
    const limit = fc.integer({ min: 1, max: 500 });
    fc.assert(
      fc.property(anyScalarTable, limit, limit, ({ columns, rows }, maxFieldBytes, maxRecordBytes) => {
        expectSame(columns, rows, { maxFieldBytes, maxRecordBytes });
      }),
      { numRuns: 200 },
    );
  });

  it("give the same with nested columns", () => {
    fc.assert(
      fc.property(anyTable, ({ columns, rows }) => {
        expectSame(columns, rows);
      }),
      { numRuns: 100 },
    );
  });

  it.each([...goldenCases("record-packs"), ...goldenCases("server-captures")])(
    "give the bytes of $name",
    (golden) => {
      for (const kernel of ["auto", "js"] as const) {
        const pack = new RecordPack(golden.schema, { kernel });
        for (const row of goldenRows(golden)) pack.append(row);
        expect(toHex(Buffer.concat(pack.seal().chunks))).toBe(golden.hex);
      }
    },
  );
});

describe("rows that are seldom seen", () => {
  it("hold whole numbers as far from 0 as their type lets them be, and further", () => {
    const columns = [
      { name: "t", type: "datetime" },
      { name: "n", type: "bigint" },
      { name: "i", type: "int" },
    ];
    const far = [0, -0, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 51, 2 ** 51 + 1, 2 ** 53 - 1, 8.64e15];
    const rows = far.flatMap((ms) =>
      [ms, -ms].flatMap((value) => [
        [value, value, value],
        [new Date(value), BigInt(value), value | 0],
      ]),
    );
    for (const checks of ["service", "wire"] as const) expectSame(columns, rows, { checks });
  });

  const text = [{ name: "t", type: "string" }];

  it("all NULL, whose checksum is 0", () => {
    const columns = ["bigint", "double", "string", "boolean", "timestamp", "binary", "decimal"].map(
      (type, index) => ({ name: `c${index}`, type }),
    );
    expectSame(columns, Array(3000).fill([]));
    expectSame(columns, Array(3000).fill({}));
  });

  it("with checksums that are one byte, found by trying", () => {
    const columns = [{ name: "n", type: "bigint" }];
    const rows = [[36_637_859], [56_585_251n], [108_868_600], [118_313_848], [141_275_925]];
    const encoded = expectSame(columns, rows);
    // A tag, a number of four or five bytes, and five bytes that end the record; then the footer.
    expect(encoded.byteLength).toBe(1 + 4 + 5 + 1 + 4 + 5 + 1 + 4 + 5 + 1 + 4 + 5 + 1 + 5 + 5 + 14);
    expectSame(
      columns,
      Array.from({ length: 50_000 }, (_, index) => [index]),
    );
  });

  it("with lone surrogates that would make a character with the next row's", () => {
    const rows = [["a\ud83d"], ["\ude00b"], ["ok"], ["\ud83d"], ["\ude00"], ["😀"]];
    const encoded = expectSame(text, rows);
    expect(encoded.refused).toBe(4);
  });

  it("with text of every script and length, one and two bytes a unit in turn", () => {
    const parts = [
      "",
      "plain",
      "München",
      "杭州市余杭区",
      "😀😀",
      "a".repeat(16),
      "é".repeat(15),
      "界".repeat(43),
    ];
    const rows = Array.from({ length: 20_000 }, (_, index) => [
      parts[index % parts.length]!.repeat(index % 7) + parts[(index * 5) % parts.length],
    ]);
    expectSame(text, rows);
  });

  it("with every length of text around the steps that it is copied in", () => {
    for (const unit of ["x", "ü", "東", "𝄞"]) {
      expectSame(
        text,
        Array.from({ length: 700 }, (_, length) => [unit.repeat(length)]),
      );
    }
  });

  it("with long values of any length, whose checksum is folded", () => {
    const bytes = Uint8Array.from(
      { length: 70_000 },
      (_, index) => (index * index * 31 + (index >> 3)) & 255,
    );
    const columns = [
      { name: "n", type: "int" },
      { name: "b", type: "binary" },
    ];
    const lengths = [
      ...Array.from({ length: 600 }, (_, index) => 400 + index),
      ...Array.from({ length: 80 }, (_, index) => 8150 + index),
      ...Array.from({ length: 40 }, (_, index) => 8192 + 16_384 + 3340 + index),
      ...Array.from({ length: 40 }, (_, index) => 65_500 + index),
    ];
    expectSame(
      columns,
      lengths.map((length, index) => [index, bytes.subarray(index, index + length)]),
    );
  });

  it("with NaNs of any bits", () => {
    const bits = new BigInt64Array([0x7ff8dead00000000n, 0x7ff8000000000001n, -1n, 0x7ff0000000000001n]);
    const rows = [...new Float64Array(bits.buffer)].map((value) => [value, value]);
    const columns = [
      { name: "d", type: "double" },
      { name: "f", type: "float" },
    ];
    expectSame(columns, [...rows, [-0, -0], [Number.NaN, Number.NaN]]);
  });

  it("larger than a chunk, a tape or a field may be", () => {
    const columns = [...text, { name: "b", type: "binary" }];
    const large = "x".repeat(8 * 1024 * 1024);
    const rows = [
      ["small", Uint8Array.of(1)],
      [large, null],
      [`${large}y`, null],
      ["界".repeat(3_000_000), null],
      ["界".repeat(2_700_000), new Uint8Array(8 * 1024 * 1024)],
      ["x".repeat(32 * 1024), new Uint8Array(32 * 1024).fill(7)],
      ["x".repeat(32 * 1024 + 1), new Uint8Array(170_000)],
      ["small", Uint8Array.of(2)],
    ];
    for (const chunkBytes of [1, 65_536, 1024 * 1024]) expectSame(columns, rows, { chunkBytes });
  });

  it("of many columns", () => {
    const columns = Array.from({ length: 3000 }, (_, index) => ({
      name: `c${index}`,
      type: ["bigint", "string", "double", "timestamp"][index % 4]!,
    }));
    const values = [12345n, "text", 0.1, new Date(5)];
    const rows = Array.from({ length: 20 }, (_, row) =>
      columns.map((_column, index) => ((index + row) % 5 === 0 ? null : values[index % 4])),
    );
    expectSame(columns, rows);
  });

  it("that are appended together up to a limit, which is where they would have been cut one by one", () => {
    const columns = [...text, { name: "d", type: "decimal(10,2)" }];
    const rows = Array.from({ length: 20_000 }, (_, index) => [
      `row ${index}`.repeat(index % 9),
      `${index}.25`,
    ]);
    const alone = new RecordPack<unknown>(columns);
    const together = new RecordPack<unknown>(columns);
    let row = 0;
    for (const limit of [1, 500, 3000, 90_000, 91_000, 1_000_000]) {
      while (row < rows.length && alone.byteLength < limit) alone.append(rows[row++]);
      let next = together.recordCount;
      while (next < rows.length && together.byteLength < limit) {
        next = together.appendRows(rows, { from: next, untilBytes: limit });
      }
      expect(next).toBe(row);
      expect(together.byteLength).toBe(alone.byteLength);
    }
    expect(together.appendRows(rows, { from: row, untilRows: row + 700 })).toBe(row + 700);
    expect(together.appendRows(rows, { from: row + 700, untilRows: row })).toBe(row + 700);
    expect(together.appendRows(rows, { from: rows.length })).toBe(rows.length);
    expect(together.recordCount).toBe(row + 700);
  });

  it("with decimals together that are empty, too long, of too many digits, or no decimals", () => {
    const columns = [...text, { name: "d", type: "decimal(20,4)" }];
    const good = [
      "0",
      "-0.5",
      "00012.5",
      "12345678901234567890",
      "-1234567890123456.7891",
      "1e3",
      "+7",
      null,
      12n,
    ];
    const bad = [
      "",
      ".",
      "-",
      "1.",
      ".5.",
      "1.23456",
      "123456789012345678901",
      "0x1",
      "１",
      "1 ",
      "Infinity",
    ];
    for (const value of bad) {
      const rows = Array.from({ length: 400 }, (_, index) => [
        "t",
        index === 333 ? value : good[index % good.length],
      ]);
      expectSame(columns, rows);
      const plain = rows.map(([t, d]) => [t, d === "1e3" || d === "+7" ? "1000" : d]);
      expectSame(columns, plain);
    }
  });

  it("with halves of characters that are whole together with the next row's", () => {
    const filler = ["", "ASCII", "ü", "東京", "😀", "a😀b", "x".repeat(31), "x".repeat(40), null];
    for (const [high, low] of [
      ["\ud83d", "\ude00"],
      [`${"x".repeat(31)}\ud83d`, `\ude00${"y".repeat(33)}`],
      ["😀\ud83d", "\ude00😀"],
    ]) {
      for (const between of [[], [null], [""]]) {
        const rows = Array.from({ length: 300 }, (_, index) => [filler[index % filler.length]]);
        rows.splice(200, 0, [high], ...between.map((value) => [value]), [low]);
        expect(expectSame(text, rows).refused).toBe(2);
      }
    }
  });

  it("with code of their own that uses the pack while rows are appended together", () => {
    const columns = [...text, { name: "j", type: "json" }, { name: "d", type: "decimal" }];
    const uses: ((pack: RecordPack<unknown>) => unknown)[] = [
      (pack) => pack.byteLength > 0,
      (pack) => pack.drain().length > 0,
      (pack) => pack.append(["of its own", 1, "2"]),
      (pack) => pack.appendRows(Array(200).fill(["of its own", 1, "2"])),
      (pack) => pack.clear(),
    ];
    for (const use of uses) {
      const [alone, together] = [false, true].map((isTogether) => {
        const pack = new RecordPack<unknown>(columns);
        let used = false;
        const curious = {
          toJSON: () => {
            if (!used) {
              // What fails is tried again, in another way.
              use(pack);
              used = true;
            }
            return "seen";
          },
        };
        const rows = Array.from({ length: 600 }, (_, index) => [
          `row ${index}`,
          index === 300 ? curious : index,
          "1.5",
        ]);
        if (isTogether) pack.appendRows(rows);
        else for (const row of rows) pack.append(row);
        return { used, sealed: pack.seal().recordCount };
      });
      expect(together).toEqual(alone);
      expect(together?.used).toBe(true);
    }
  });

  it("with code of their own that asks the pack for its length", () => {
    const columns = [...text, { name: "j", type: "json" }, { name: "after", type: "string" }];
    const encoded = (["auto", "js"] as const).map((kernel) => {
      const pack = new RecordPack<unknown>(columns, { kernel });
      const curious = { toJSON: () => ({ rows: pack.recordCount, long: pack.byteLength > 0 }) };
      for (let index = 0; index < 100; index++) {
        pack.append([`row ${index}`, index % 7 === 3 ? curious : index, "after"]);
      }
      return toHex(Buffer.concat(pack.seal().chunks));
    });
    expect(encoded[0]).toBe(encoded[1]);
  });

  it("of about as many bytes as fit where sixteen checksums are made at a time, and of none", () => {
    const types = ["bigint", "float", "timestamp"];
    const columns = [...text, ...types.map((type) => ({ name: type, type }))];
    const others = ["", null, "short", "ü", "x".repeat(15), "x".repeat(16), "x".repeat(17), "x".repeat(240)];
    for (let units = 300; units <= 340; units += 3) {
      const rows = Array.from({ length: 100 + units }, (_, index) =>
        index % 5 === 3
          ? []
          : [
              index % 37 === 0 ? "東".repeat(units - (index % 3)) : others[index % others.length],
              index % 7,
              index / 3,
              index % 4 === 0 ? { seconds: BigInt(index), nanos: index } : null,
            ],
      );
      expect(expectSame(columns, rows).refused).toBe(0);
    }
  });

  it("with values behind getters and proxies that ask the pack for its length, after text of many bytes", () => {
    const columns = [...text, { name: "asking", type: "bigint" }, { name: "after", type: "string" }];
    const many = "東京".repeat(2000);
    const asking = (pack: RecordPack<unknown>): unknown[] => [
      Object.defineProperty([many, 0, many], 1, { get: () => Math.min(pack.byteLength, 1) }),
      new Proxy([many, 7, many], {
        get: (row, key) => (key === "1" ? Math.min(pack.byteLength, 1) : Reflect.get(row, key)),
      }),
    ];
    const encoded = (["auto", "js"] as const).flatMap((kernel) =>
      [false, true].map((isTogether) => {
        const pack = new RecordPack<unknown>(columns, { kernel });
        const rows: unknown[] = Array.from({ length: 600 }, (_, index) => ["row", index, "東"]);
        rows.splice(300, 0, ...asking(pack));
        rows.splice(301, 0, ...rows.slice(0, 7));
        if (isTogether) pack.appendRows(rows);
        else for (const row of rows) pack.append(row);
        return toHex(Buffer.concat(pack.seal().chunks));
      }),
    );
    expect(new Set(encoded).size).toBe(1);
  });

  it("as objects of changing shapes, of classes, and with properties that no column wants", () => {
    class Point {
      readonly x = 1;
      get y(): number {
        return 2;
      }
    }
    const columns = [
      { name: "x", type: "bigint" },
      { name: "y", type: "int" },
      { name: "z", type: "string" },
    ];
    const shapes = [
      { x: 1n, y: 2, z: "z" },
      { Z: "z", X: 1n },
      { y: 2 },
      new Point(),
      Object.assign(new Point(), { z: "own" }),
      { x: 1n, y: 2, z: "z", w: 0 },
      { x: 1n, X: 2n },
      Object.create({ x: 5n, y: 6 }),
      Object.assign(Object.create(null), { y: 1 }),
      {},
      [1n, 2],
      [1n, 2, "z", 4],
      null,
      "row",
    ];
    const rows = Array.from({ length: 500 }, (_, index) => shapes[(index * index) % shapes.length]);
    for (const unknownProperties of ["error", "ignore"] as const)
      expectSame(columns, rows, { unknownProperties });
  });
});

function asObject(columns: readonly ColumnSpec[], row: readonly unknown[]): object {
  return Object.fromEntries(columns.map(({ name }, index) => [name, row[index]]));
}

/** Puts rows through both, holds everything that can be seen of them together, and gives what came out. */
function expectSame(
  columns: readonly ColumnSpec[],
  rows: readonly unknown[],
  options: RecordPackOptions = {},
  seed = 0,
): { readonly byteLength: number; readonly refused: number } {
  const withKernel = encode(columns, rows, { ...options, kernel: "auto" }, seed);
  const plain = encode(columns, rows, { ...options, kernel: "js" }, seed);
  expect(withKernel.errors).toEqual(plain.errors);
  expect(withKernel.lengths).toEqual(plain.lengths);
  expect(withKernel.bytes.equals(plain.bytes)).toBe(true);
  expect(withKernel.sealed).toEqual(plain.sealed);
  // A few megabytes at most, that is.
  if (seed === 0 && plain.bytes.length < 20_000 * rows.length) expectSameTogether(columns, rows, options);
  return { byteLength: plain.bytes.length, refused: plain.errors.length };
}

/** Appends rows together, often enough that it is worth it, as the plain path appends them one by one. */
function expectSameTogether(
  columns: readonly ColumnSpec[],
  rows: readonly unknown[],
  options: RecordPackOptions,
): void {
  const times = rows.length === 0 ? 0 : Math.ceil(150 / rows.length);
  const many = Array.from({ length: times }, () => rows).flat();
  const plain = encode(columns, many, { ...options, kernel: "js" }, 0);
  const pack = new RecordPack<unknown>(columns, options);
  const errors: unknown[] = [];
  for (let from = 0; from < many.length; ) {
    const before = pack.recordCount;
    try {
      from = pack.appendRows(many, { from });
    } catch (error) {
      if (!isCodecError(error)) throw error;
      errors.push({ ...error, message: error.message });
      from += pack.recordCount - before + 1;
    }
  }
  const { chunks, checksum, recordCount } = pack.seal();
  expect(errors).toEqual(plain.errors);
  expect(Buffer.concat(chunks).equals(plain.bytes)).toBe(true);
  expect({ checksum, recordCount }).toEqual(plain.sealed);
}

function encode(
  columns: readonly ColumnSpec[],
  rows: readonly unknown[],
  options: RecordPackOptions,
  seed: number,
) {
  const pack = new RecordPack<unknown>(columns, options);
  const errors: unknown[] = [];
  const lengths: number[] = [];
  const chunks: Uint8Array[] = [];
  for (const [index, row] of rows.entries()) {
    try {
      pack.append(row);
    } catch (error) {
      if (!isCodecError(error)) throw error;
      errors.push({ ...error, message: error.message });
    }
    const turn = seed === 0 ? 0 : (seed + index * 7) % 31;
    if (turn === 1) chunks.push(...pack.drain());
    if (turn === 2) {
      expect(pack.byteLengthAtMost).toBeGreaterThanOrEqual(pack.byteLength);
      lengths.push(pack.byteLength, pack.recordCount);
    }
    if (turn === 3 && index % 5 === 0) pack.clear();
  }
  lengths.push(pack.recordCount);
  const { chunks: rest, checksum, recordCount } = pack.seal();
  return { errors, lengths, bytes: Buffer.concat([...chunks, ...rest]), sealed: { checksum, recordCount } };
}
