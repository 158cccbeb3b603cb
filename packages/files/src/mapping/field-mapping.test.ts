import { describe, expect, it } from "vitest";
import { isFilesError } from "../errors.ts";
import type { FileMapping } from "../options.ts";
import { mapFields } from "./field-mapping.ts";
import { HeaderConsensus } from "./header-consensus.ts";

const columns = [
  { name: "id", type: "bigint", nullable: false },
  { name: "name", type: "string" },
  { name: "born", type: "date" },
];
const map = (fields: readonly string[], mapping: FileMapping = {}) =>
  mapFields(columns, mapping, {}, { file: "a.csv", fields, offsets: fields.map((_, index) => index * 10) });
const refusal = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    if (isFilesError(error)) return [error.code, error.message];
    throw error;
  }
  return undefined;
};

describe("a header", () => {
  it("names columns in any case and order, and leaves others NULL", () => {
    expect(map([" BORN", "id"])).toEqual({ fields: [1, undefined, 0], fieldCount: 2, hasHeader: true });
  });

  it("is no header when most of it is no name", () => {
    expect(map(["1", "id", "x"])).toEqual({ fields: [0, 1, 2], fieldCount: 3, hasHeader: false });
    expect(map(["id", "name", "born"], { header: "absent" }).hasHeader).toBe(false);
  });

  it("is refused when it is unclear, misspelt, repeated, or leaves out what must not be NULL", () => {
    expect(refusal(() => map(["id", "nmae"], { header: "present" }))).toEqual([
      "unknown-column",
      'a.csv:1: the header names "nmae", which is no column of the table; did you mean name?',
    ]);
    expect(refusal(() => map(["id", "name", "?"]))).toEqual([
      "unclear-header",
      'a.csv:1: the header names "?", which is no column of the table (it has id, name, born).',
    ]);
    expect(refusal(() => map(["id", "ID"]))).toEqual([
      "unclear-header",
      "a.csv:1: the header names column id twice.",
    ]);
    expect(refusal(() => map(["id", "pt"], { header: "present", partitionColumns: ["pt"] }))).toEqual([
      "unknown-column",
      'a.csv:1: the header names "pt", which is no column of the table but a partition column: its value is said with the partition, as in pt=value.',
    ]);
    expect(refusal(() => map(["name", "born"]))).toEqual([
      "null-not-allowed",
      "a.csv: nothing fills column id, which must not be NULL.",
    ]);
  });

  it("may be translated, and have names that are ignored", () => {
    const mapping = { map: { "Kunden-Nr": "id" }, unknownFields: "ignore" } as const;
    expect(map(["kunden-nr", "other", "name"], mapping)).toEqual({
      fields: [0, 2, undefined],
      fieldCount: 3,
      hasHeader: true,
    });
  });

  it("has to be in all files or in none, unless that was said", () => {
    const agreement = new HeaderConsensus();
    agreement.note("1.csv", true);
    agreement.note("2.csv", true);
    expect(refusal(() => agreement.note("3.csv", false))).toEqual([
      "unclear-header",
      "1.csv begins with a header and 3.csv does not, so how to read them together is unclear.",
    ]);
  });
});

describe("names that are said", () => {
  it("stand for a header, and skip fields without one", () => {
    const said = { columns: ["born", "", "id"] };
    expect(map(["2024-01-01", "x", "1"], said)).toEqual({
      fields: [2, undefined, 0],
      fieldCount: 3,
      hasHeader: false,
    });
    expect(map(["Born", "", "ID"], said).hasHeader).toBe(true);
  });

  it("have to be columns, each once", () => {
    expect(refusal(() => map(["1"], { columns: ["id", "nam"] }))).toEqual([
      "unknown-column",
      'The columns name "nam", which is no column of the table; did you mean name?',
    ]);
    expect(refusal(() => map(["1"], { columns: ["id", "id"] }))).toEqual([
      "unknown-column",
      "The columns name id twice.",
    ]);
  });
});

describe("constants", () => {
  it("take no field, and strings are read as fields are", () => {
    expect(map(["x", "2024-01-01"], { constants: { ID: "7" } })).toEqual({
      fields: [{ constant: 7 }, 0, 1],
      fieldCount: 2,
      hasHeader: false,
    });
  });

  it("have to fit their column", () => {
    expect(refusal(() => map(["x"], { constants: { id: "seven" } }))).toEqual([
      "invalid-option",
      expect.stringMatching(/^The constant of column id: expected .*, got "seven"$/),
    ]);
    expect(refusal(() => map(["x"], { constants: { idd: 1 } }))).toEqual([
      "unknown-column",
      'A constant is given for "idd", which is no column of the table; did you mean id?',
    ]);
  });
});
