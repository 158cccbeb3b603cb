import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { decodeRecords, type PackSummary, RecordStreamDecoder, RecordStreamValidator } from "../src/index.ts";
import { fromHex, type GoldenCase, goldenCases, goldenRows, toHex } from "./golden-values.ts";

/** Bytes made by the official clients and the service. Nothing here encodes. */
const cases = [
  ...goldenCases("record-packs"),
  ...goldenCases("server-captures"),
  ...goldenCases("download-streams"),
];

describe("decoding the official clients' bytes gives their rows", () => {
  it.each(cases)("$name", (golden) => {
    expect(decodeRecords(golden.schema, fromHex(golden.hex), { rowShape: "array" })).toEqual(
      goldenRows(golden),
    );
  });

  it.each(cases)("$name, as objects", (golden) => {
    const expected = goldenRows(golden).map((row) =>
      Object.fromEntries(golden.schema.map((column, index) => [column.name, row[index]])),
    );
    expect(decodeRecords(golden.schema, fromHex(golden.hex))).toEqual(expected);
  });

  it.each(cases)("$name, byte by byte", (golden) => {
    const { rows, summary } = decodeInPieces(golden, 1);
    expect(rows).toEqual(goldenRows(golden));
    expect(summary.recordCount).toBe(golden.records.length);
    if (golden.crc_of_crcs !== undefined) expect(summary.checksum).toBe(golden.crc_of_crcs);
  });

  it.each(cases)("$name, in two pieces cut anywhere", (golden) => {
    const expected = goldenRows(golden);
    for (let cut = 1; cut < golden.hex.length / 2; cut++) {
      expect(decodeInPieces(golden, cut).rows).toEqual(expected);
    }
  });

  it("reads back what zlib compressed", () => {
    const [golden] = goldenCases<{ plain_hex: string; compressed_hex: string }>("compression");
    const plain = inflateSync(fromHex(golden?.compressed_hex ?? ""));
    expect(toHex(plain)).toBe(golden?.plain_hex);
    const columns = [
      { name: "id", type: "bigint" },
      { name: "name", type: "string" },
    ];
    expect(decodeRecords(columns, plain)).toEqual([
      { id: 1n, name: "a" },
      { id: 2n, name: null },
      { id: null, name: "c" },
    ]);
  });

  it("gives the metrics of a download stream", () => {
    const [golden] = goldenCases("download-streams");
    const { summary } = decodeInPieces(golden as GoldenCase, 7);
    expect(summary).toEqual({ recordCount: 3, checksum: 2348545501, metrics: golden?.metrics_json });
  });
});

describe("validating the official clients' bytes", () => {
  it.each(cases)("accepts $name, whole and byte by byte", (golden) => {
    const bytes = fromHex(golden.hex);
    for (const size of [bytes.length, 1, 3]) {
      const validator = new RecordStreamValidator(golden.schema, { metrics: "allow" });
      let records = 0;
      for (let at = 0; at < bytes.length; at += size) records = validator.push(bytes.subarray(at, at + size));
      expect(records).toBe(golden.records.length);
      expect(validator.end().recordCount).toBe(golden.records.length);
    }
  });
});

function decodeInPieces(golden: GoldenCase, size: number): { rows: unknown[]; summary: PackSummary } {
  const bytes = fromHex(golden.hex);
  const decoder = new RecordStreamDecoder<unknown[]>(golden.schema, { rowShape: "array" });
  const rows: unknown[] = [];
  for (let at = 0; at < bytes.length; at += size) rows.push(...decoder.push(bytes.subarray(at, at + size)));
  return { rows, summary: decoder.end() };
}
