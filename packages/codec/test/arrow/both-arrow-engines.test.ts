import { Dictionary, Int32, Int64, makeData, RecordBatch, Table, Utf8, vectorFromArray } from "apache-arrow";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { ArrowPack, type ArrowPackOptions } from "../../src/arrow/index.ts";
import { loadColumnsKernel } from "../../src/arrow/kernel/columns-kernel.ts";
import { isCodecError } from "../../src/index.ts";
import { type ArrowTable, anyArrowTable } from "./arrow-tables.ts";

/** Rows that the kernel has encoded, of all tests so far. */
let kernelRows = 0;

/** With the kernel loaded, packs use it from their first row on. */
beforeAll(() => {
  const kernel = loadColumnsKernel() as { encodeColumns: (...rest: number[]) => number } | undefined;
  expect(kernel).toBeDefined();
  const { encodeColumns } = kernel!;
  kernel!.encodeColumns = (...rest) => {
    const count = encodeColumns(...rest);
    kernelRows += count;
    return count;
  };
});

describe("the kernel for columns and the plain path", () => {
  it("give the same bytes and refuse the same rows, of batches of any types", () => {
    const seen = { rows: 0, refused: 0 };
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom("service", "received", "wire"), (seed, checks) => {
        const { rows, refused } = expectSame(anyArrowTable(seed), { checks });
        seen.rows += rows;
        seen.refused += refused;
      }),
      { numRuns: 400 },
    );
    expect(seen.rows).toBeGreaterThan(10_000);
    expect(seen.refused).toBeGreaterThan(500);
    expect(kernelRows / seen.rows).toBeGreaterThan(0.5);
  });

  it("give the same whatever the chunk size and the limits", () => {
    const limit = fc.integer({ min: 1, max: 600 });
    fc.assert(
      fc.property(fc.integer(), limit, limit, limit, (seed, chunkBytes, maxFieldBytes, maxRecordBytes) => {
        expectSame(anyArrowTable(seed), { chunkBytes, maxFieldBytes, maxRecordBytes });
      }),
      { numRuns: 120 },
    );
  });
});

describe("batches that are seldom seen", () => {
  it("have dictionaries larger than a slice", () => {
    const values = Array.from({ length: 3000 }, (_, index) => `${index} `.repeat(300));
    const indices = Int32Array.from({ length: 20_000 }, (_, index) => (index * 7919) % values.length);
    const dictionary = vectorFromArray(values, new Utf8());
    const type = new Dictionary(new Utf8(), new Int32());
    const child = makeData({ type, length: indices.length, nullCount: 0, data: indices, dictionary });
    const before = kernelRows;
    const { rows } = expectSame({ columns: text, batches: [new RecordBatch({ c: child })] }, {});
    expect([rows, kernelRows - before]).toEqual([20_000, 20_000]);
  });

  it("have values larger than the kernel's room, and rows of every size", () => {
    const lengths = [0, 1, 15, 16, 17, 511, 512, 513, 70_000, 600_000, 3_000_000, 5, 17_000_000, 9];
    const values = lengths.map((length, index) => String(index % 10).repeat(length));
    const table = new Table({ c: vectorFromArray(values, new Utf8()) });
    const { rows, refused } = expectSame({ columns: text, batches: table.batches }, {});
    expect([rows, refused]).toEqual([13, 1]);
  });

  it("have hundreds of columns", () => {
    const columns = Array.from({ length: 700 }, (_, index) => ({ name: `c${index}`, type: "bigint" }));
    const vector = vectorFromArray([1n, null, -5n, 2n ** 40n], new Int64());
    const table = new Table(Object.fromEntries(columns.map(({ name }) => [name, vector])));
    expect(expectSame({ columns, batches: table.batches }, {}).rows).toBe(4);
  });

  it("are all NULL, whose checksum is 0", () => {
    const table = new Table({ c: vectorFromArray(Array(3000).fill(null), new Utf8()) });
    expect(expectSame({ columns: text, batches: table.batches }, {}).rows).toBe(3000);
    expect(expectSame({ columns: [{ name: "c", type: "date" }], batches: [] }, {}).rows).toBe(0);
  });
});

const text = [{ name: "c", type: "string" }];

/** Puts batches through both, holds everything that can be seen of them together, and counts the rows. */
function expectSame(
  table: ArrowTable,
  options: ArrowPackOptions,
): { readonly rows: number; readonly refused: number } {
  const withKernel = encode(table, { ...options, kernel: "auto" });
  const plain = encode(table, { ...options, kernel: "js" });
  expect(withKernel.errors).toEqual(plain.errors);
  expect(withKernel.bytes.equals(plain.bytes)).toBe(true);
  expect(withKernel.sealed).toEqual(plain.sealed);
  return { rows: plain.sealed.recordCount, refused: plain.errors.length };
}

function encode({ columns, batches }: ArrowTable, options: ArrowPackOptions) {
  const pack = new ArrowPack(columns, options);
  const errors: unknown[] = [];
  const chunks: Uint8Array[] = [];
  for (const batch of batches) {
    for (let from = 0; from < batch.numRows; ) {
      try {
        pack.append(batch, from);
        break;
      } catch (error) {
        if (!isCodecError(error)) throw error;
        errors.push({ ...error, message: error.message });
        from = (error.row ?? batch.numRows) + 1;
      }
    }
    if (batch.numRows % 2 === 1) chunks.push(...pack.drain());
  }
  const { chunks: rest, checksum, recordCount } = pack.seal();
  return { errors, bytes: Buffer.concat([...chunks, ...rest]), sealed: { checksum, recordCount } };
}
