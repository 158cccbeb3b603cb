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
      { numRuns: 1000 },
    );
    expect(seen.rows).toBeGreaterThan(30_000);
    expect(seen.refused).toBeGreaterThan(1000);
    expect(kernelRows / seen.rows).toBeGreaterThan(0.5);
  });

  it("give the same whatever the chunk size and the limits", () => {
    const limit = fc.integer({ min: 1, max: 600 });
    fc.assert(
      fc.property(fc.integer(), limit, limit, limit, (seed, chunkBytes, maxFieldBytes, maxRecordBytes) => {
        expectSame(anyArrowTable(seed), { chunkBytes, maxFieldBytes, maxRecordBytes });
      }),
      { numRuns: 300 },
    );
  });
});

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
