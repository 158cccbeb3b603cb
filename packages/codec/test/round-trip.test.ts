import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeRecords,
  encodeRecords,
  RecordPack,
  RecordStreamDecoder,
  RecordStreamValidator,
} from "../src/index.ts";
import { anyTable } from "./arbitrary-rows.ts";

/** The one place where encoding and decoding meet. */
describe("any rows of any types", () => {
  it("come back as they went in, and a server takes them", () => {
    fc.assert(
      fc.property(anyTable, ({ columns, rows }) => {
        const bytes = encodeRecords(columns, rows);
        expect(decodeRecords(columns, bytes, { rowShape: "array" })).toEqual(rows);
        const validator = new RecordStreamValidator(columns);
        validator.push(bytes);
        expect(validator.end().recordCount).toBe(rows.length);
      }),
      { numRuns: 300 },
    );
  });

  it("come out the same wherever the bytes are cut, and no row is lost or held back", () => {
    const anySizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
    fc.assert(
      fc.property(anyTable, anySizes, ({ columns, rows }, sizes) => {
        const bytes = encodeRecords(columns, rows);
        const decoder = new RecordStreamDecoder<unknown[]>(columns, { rowShape: "array" });
        const validator = new RecordStreamValidator(columns);
        const out: unknown[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          // A Buffer from a pool that is used again: nothing given out may be a view of it.
          const piece = Buffer.from(bytes.subarray(at, at + sizes[turn % sizes.length]!));
          at += piece.length;
          out.push(...decoder.push(piece));
          expect(validator.push(piece)).toBe(out.length);
          piece.fill(0xee);
        }
        expect(out).toEqual(rows);
        expect(decoder.end()).toEqual(validator.end());
      }),
      { numRuns: 300 },
    );
  });

  it("give the same bytes whatever the chunk size, and whether or not they are drained on the way", () => {
    fc.assert(
      fc.property(anyTable, fc.integer({ min: 1, max: 300 }), ({ columns, rows }, chunkBytes) => {
        const pack = new RecordPack(columns, { chunkBytes });
        const chunks: Uint8Array[] = [];
        rows.forEach((row, index) => {
          pack.append(row);
          if (index % 3 === 0) chunks.push(...pack.drain());
        });
        const total = pack.byteLength;
        const sealed = pack.seal();
        expect(Buffer.concat([...chunks, ...sealed.chunks]).equals(encodeRecords(columns, rows))).toBe(true);
        expect(chunks.reduce((sum, chunk) => sum + chunk.length, sealed.byteLength)).toBeGreaterThan(total);
      }),
      { numRuns: 100 },
    );
  });
});
