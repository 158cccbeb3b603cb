import { describe, expect, it } from "vitest";
import { encodeRecords, RecordPack } from "../src/index.ts";
import { goldenCases, goldenRows, toHex } from "./golden-values.ts";

/** Bytes made by the official clients. Nothing here decodes. */
describe("encoding gives the official clients' bytes", () => {
  const cases = goldenCases("record-packs");

  it("has all 38 cases", () => {
    expect(cases).toHaveLength(38);
  });

  it.each(cases)("$name", (golden) => {
    const rows = goldenRows(golden);
    expect(toHex(encodeRecords(golden.schema, rows))).toBe(golden.hex);
  });

  it.each(cases)("$name, from objects", (golden) => {
    const rows = goldenRows(golden).map((row) =>
      Object.fromEntries(golden.schema.map((column, index) => [column.name.toUpperCase(), row[index]])),
    );
    expect(toHex(encodeRecords(golden.schema, rows))).toBe(golden.hex);
  });

  it.each(cases)("$name, states the checksum of checksums and the count", (golden) => {
    const pack = new RecordPack(golden.schema);
    for (const row of goldenRows(golden)) pack.append(row);
    const sealed = pack.seal();
    expect(sealed.checksum).toBe(golden.crc_of_crcs);
    expect(sealed.recordCount).toBe(golden.records.length);
    expect(sealed.byteLength).toBe(golden.hex.length / 2);
  });

  it.each(goldenCases("server-captures"))("$name, captured from the service", (golden) => {
    expect(toHex(encodeRecords(golden.schema, goldenRows(golden)))).toBe(golden.hex);
  });

  it.each(goldenCases("download-streams"))("$name", (golden) => {
    const bytes = encodeRecords(golden.schema, goldenRows(golden), { metrics: golden.metrics_json ?? "" });
    expect(toHex(bytes)).toBe(golden.hex);
  });
});
