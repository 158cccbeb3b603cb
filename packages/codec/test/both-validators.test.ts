import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type ColumnSpec,
  encodeRecords,
  isCodecError,
  RecordStreamValidator,
  type ValidateOptions,
} from "../src/index.ts";
import { loadKernel } from "../src/kernel/kernel.ts";
import { anyScalarTable, anyTable } from "./arbitrary-rows.ts";
import { fromHex, goldenCases } from "./golden-values.ts";

/** With the kernel loaded, validators use it from the first byte on. */
beforeAll(() => {
  expect(loadKernel()).toBeDefined();
});

describe("checking with the kernel and without", () => {
  it("agrees on packs of any scalar types, whole and in pieces, also on those a server refuses", () => {
    fc.assert(
      fc.property(anyScalarTable, anyScalarTable, sizes, ({ columns, rows }, other, pieces) => {
        const bytes = encodeRecords(lenient(columns), rows.filter(isEncodable(columns)), { checks: "wire" });
        expectSame(columns, bytes, pieces);
        expectSame(other.columns, bytes, pieces);
      }),
      { numRuns: 400 },
    );
  });

  it("agrees on packs with bytes changed, left out or put in anywhere", () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }), fc.nat(2)), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(anyScalarTable, changes, sizes, ({ columns, rows }, changed, pieces) => {
        const bytes = [
          ...encodeRecords(lenient(columns), rows.filter(isEncodable(columns)), { checks: "wire" }),
        ];
        for (const [at, byte, removed] of changed) bytes.splice(at % bytes.length, removed, byte);
        expectSame(columns, Uint8Array.from(bytes), pieces);
      }),
      { numRuns: 1500 },
    );
  });

  it("agrees with nested columns", () => {
    fc.assert(
      fc.property(anyTable, sizes, ({ columns, rows }, pieces) => {
        expectSame(columns, encodeRecords(columns, rows), pieces);
      }),
      { numRuns: 100 },
    );
  });

  it("agrees under any limits", () => {
    const limit = fc.integer({ min: 1, max: 300 });
    fc.assert(
      fc.property(anyScalarTable, limit, limit, ({ columns, rows }, maxFieldBytes, maxRecordBytes) => {
        const bytes = encodeRecords(lenient(columns), rows.filter(isEncodable(columns)), { checks: "wire" });
        expectSame(columns, bytes, [1000], { maxFieldBytes, maxRecordBytes });
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ...goldenCases("record-packs"),
    ...goldenCases("server-captures"),
    ...goldenCases("download-streams"),
  ])("accepts $name", (golden) => {
    const seen = expectSame(golden.schema, fromHex(golden.hex), [1_000_000], { metrics: "allow" });
    expect(seen.error).toBeUndefined();
    expect(seen.summary?.recordCount).toBe(golden.records.length);
  });

  it("agrees on packs of several megabytes, with records larger than are looked at together", () => {
    const columns = [
      { name: "id", type: "bigint", nullable: false },
      { name: "text", type: "string" },
      { name: "price", type: "decimal(38,18)" },
    ];
    const rows = Array.from({ length: 60_000 }, (_, index) => [
      index,
      index % 20_000 === 7
        ? "x".repeat(400_000 + index)
        : index % 100 === 5
          ? "longer ".repeat(70 + index / 50)
          : index % 3 === 0
            ? null
            : `text ${index}`,
      index % 50 === 0 ? "00000000000000000000000000000000000000.5" : `${index}.25`,
    ]);
    const bytes = encodeRecords(columns, rows);
    for (const piece of [bytes.length, 65_536, 300_001]) {
      const seen = expectSame(columns, bytes, [piece]);
      expect(seen.summary?.recordCount).toBe(60_000);
    }
    const broken = bytes.slice();
    broken[broken.length >> 1]! ^= 1;
    expect(expectSame(columns, broken, [65_536]).error).toBeDefined();
  });
});

const sizes = fc.oneof(
  fc.constant([1_000_000]),
  fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 8 }),
);

function lenient(columns: readonly ColumnSpec[]): readonly ColumnSpec[] {
  return columns.map(({ name, type }) => ({ name, type }));
}

function isEncodable(columns: readonly ColumnSpec[]): (row: readonly unknown[]) => boolean {
  return (row) => {
    try {
      encodeRecords(lenient(columns), [row], { checks: "wire", kernel: "js" });
      return true;
    } catch {
      return false;
    }
  };
}

interface Seen {
  readonly states: readonly unknown[];
  readonly error: unknown;
  readonly summary: { readonly recordCount: number } | undefined;
}

/** Pushes the bytes through both in the same pieces, and holds everything that can be seen together. */
function expectSame(
  columns: readonly ColumnSpec[],
  bytes: Uint8Array,
  pieces: readonly number[],
  options: ValidateOptions = {},
): Seen {
  const withKernel = validate(columns, bytes, pieces, { ...options, kernel: "auto" });
  const plain = validate(columns, bytes, pieces, { ...options, kernel: "js" });
  expect(withKernel).toEqual(plain);
  return plain;
}

function validate(
  columns: readonly ColumnSpec[],
  bytes: Uint8Array,
  pieces: readonly number[],
  options: ValidateOptions,
): Seen {
  const validator = new RecordStreamValidator(columns, options);
  const states: unknown[] = [];
  try {
    for (let at = 0, turn = 0; at < bytes.length; turn++) {
      const end = at + pieces[turn % pieces.length]!;
      const records = validator.push(bytes.subarray(at, end));
      states.push([records, validator.recordCount, validator.recordsEnd, validator.recordsChecksum]);
      at = end;
    }
    return { states, error: undefined, summary: validator.end() };
  } catch (error) {
    if (!isCodecError(error)) throw error;
    return { states, error: { ...error, message: error.message }, summary: undefined };
  }
}
