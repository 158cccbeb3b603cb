import fc from "fast-check";
import { expect, it } from "vitest";
import { isSessionError } from "../src/errors.ts";
import { formatPartitionSpec, parsePartitionSpec } from "../src/index.ts";
import { parseUploadDocument } from "../src/upload/session-document.ts";
import { uploadAnswer } from "./support/answers.ts";

/** Runs it; anything thrown must be a SessionError of the given code. */
function orRefused<T>(code: string, act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (isSessionError(error) && error.code === code && error.message.length < 1000) return undefined;
    throw error;
  }
}

/** Mostly something that fits, sometimes anything at all, sometimes nothing. */
const mostly = (fitting: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 60, arbitrary: fitting },
    { weight: 1, arbitrary: fc.jsonValue() },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
const count = mostly(fc.nat({ max: 20_010 }));
const block = fc.record({ BlockID: count, RecordCount: count, CreateTime: count, Version: count });
const column = fc.record({
  name: mostly(fc.string({ minLength: 1 })),
  type: mostly(fc.constantFrom("bigint", "array<string>")),
  nullable: mostly(fc.boolean()),
  column_id: mostly(fc.oneof(fc.string(), fc.nat())),
});
const columns = mostly(fc.array(column, { maxLength: 3 }));
const mutated = fc
  .record({
    UploadID: mostly(fc.stringMatching(/^[\w.-]{1,10}$/)),
    Status: mostly(fc.constantFrom("normal", "Closed", "sealed")),
    Initiated: mostly(fc.constantFrom("Tue, 02 Jan 2024 03:04:05 GMT", "then")),
    MaxFieldSize: count,
    QuotaName: mostly(fc.string()),
    Schema: mostly(fc.record({ columns, partitionKeys: columns })),
    UploadedBlockList: mostly(fc.array(block, { maxLength: 3 })),
  })
  .map((members) => uploadAnswer(members));

it("whatever JSON a server answers is a session or a refusal, never something half-read", () => {
  let read = 0;
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), mutated), (answer) => {
      const document = orRefused("invalid-response", () => parseUploadDocument(answer));
      if (document === undefined) return;
      read += 1;
      expect(document.id).toMatch(/^[\w.:@~+=-]{1,256}$/u);
      expect(document.maxFieldBytes).toBeGreaterThan(0);
      for (const { blockId, recordCount } of document.blocks) {
        expect(Number.isInteger(blockId) && blockId >= 0 && blockId <= 20_000).toBe(true);
        expect(recordCount === undefined || Number.isSafeInteger(recordCount)).toBe(true);
      }
      for (const { name, type } of document.schema.columns) expect(name && type).not.toBe("");
    }),
    { numRuns: 3000 },
  );
  expect(read).toBeGreaterThan(300);
});

it("whatever text is a partition has one normal form, which reads as the same partition", () => {
  const letters = fc.string({
    unit: fc.constantFrom("p", "t", "1", " ", "\\", "中", "&", "."),
    minLength: 1,
    maxLength: 4,
  });
  const level = fc
    .tuple(letters, fc.constantFrom("=", " = "), fc.constantFrom("", "'", '"'), letters)
    .map(([name, equals, quote, value]) => `${name}${equals}${quote}${value}${quote}`);
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom("p", "t", "=", ",", "/", "'", '"', " ", "1", "\n") }),
    fc
      .array(fc.tuple(level, fc.constantFrom(",", "/", " , ")), { maxLength: 3 })
      .map((all) =>
        all.map(([written, glue], i) => (i < all.length - 1 ? written + glue : written)).join(""),
      ),
  );
  let read = 0;
  fc.assert(
    fc.property(text, (written) => {
      const spec = orRefused("invalid-partition", () => parsePartitionSpec(written));
      if (spec === undefined) return;
      read += 1;
      const normal = formatPartitionSpec(spec);
      expect(normal).not.toMatch(/['"/]/u);
      expect(parsePartitionSpec(normal.replace(/=([^,]*)/gu, "='$1'"))).toEqual(spec);
    }),
    { numRuns: 5000 },
  );
  expect(read).toBeGreaterThan(300);
});
