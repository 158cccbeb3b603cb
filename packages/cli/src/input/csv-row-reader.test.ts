import { compileColumns, utc } from "@maxcompute-tunnel/codec/text";
import { describe, expect, it } from "vitest";
import { CliError } from "../errors.ts";
import type { HeaderChoice } from "./csv-header.ts";
import { CsvRowReader } from "./csv-row-reader.ts";
import { HeaderAgreement } from "./header-agreement.ts";

const table = [
  { name: "id", type: "bigint", nullable: false },
  { name: "name", type: "string" },
  { name: "price", type: "decimal(10,2)" },
];

interface ReadOptions {
  readonly columns?: readonly { readonly name: string; readonly type: string; readonly nullable?: boolean }[];
  readonly header?: HeaderChoice;
  readonly agreement?: HeaderAgreement;
}

/** All rows of a text, strings decoded. */
function read(text: string, options: ReadOptions = {}): unknown[][] {
  const reader = new CsvRowReader({
    file: "in.csv",
    columns: compileColumns(options.columns ?? table, { timeZone: utc, binary: "base64" }),
    partitionColumns: ["pt"],
    header: options.header ?? "auto",
    agreement: options.agreement ?? new HeaderAgreement(),
  });
  reader.push(Buffer.from(text));
  reader.end();
  const rows: unknown[][] = [];
  while (reader.next())
    rows.push(reader.row.map((value) => (Buffer.isBuffer(value) ? value.toString("utf8") : value)));
  return rows;
}

/** Code, message and next step of the error that reading ends with. */
function fault(text: string, options: ReadOptions = {}): Pick<CliError, "code" | "message" | "next"> {
  try {
    read(text, options);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { code: error.code, message: error.message, next: error.next };
  }
  throw new Error("the text was accepted");
}

describe("headers", () => {
  it("takes a first row of column names for a header and maps by name, in any order and case", () => {
    expect(read('Price,"ID",name\n1.50,7,x\n')).toEqual([[7, "x", "1.50"]]);
  });

  it("leaves columns that the header lacks NULL", () => {
    expect(read("id\n7\n8\n")).toEqual([
      [7, null, null],
      [8, null, null],
    ]);
  });

  it("takes any other first row for data, by position", () => {
    expect(read("7,x,1.50\n")).toEqual([[7, "x", "1.50"]]);
    expect(read("7,name,1\n")).toEqual([[7, "name", "1"]]);
  });

  it("reads a header as data when told that there is none", () => {
    const columns = [
      { name: "a", type: "string" },
      { name: "b", type: "string" },
    ];
    expect(read("a,b\n", { columns, header: "absent" })).toEqual([["a", "b"]]);
    expect(read("a,b\n", { columns })).toEqual([]);
  });

  it("names a column that the header has and the table has not", () => {
    expect(fault("id,nmae,price\n7,x,1\n", { header: "present" })).toMatchObject({
      code: "unknown-column",
      message: 'in.csv:1:4: the header names "nmae", which is no column of the table; did you mean name?',
    });
    expect(fault("id,colour\n7,x\n", { header: "present" }).message).toContain("(it has id, name, price)");
    expect(fault("id,pt\n7,x\n", { header: "present" }).message).toContain("a partition column");
    expect(fault("id,id\n7,x\n", { header: "present" }).message).toBe(
      "in.csv:1:4: the header names column id twice.",
    );
  });

  it("does not load a misspelt header as a row", () => {
    expect(fault("id,nmae,price\n7,x,1\n")).toMatchObject({
      code: "unclear-header",
      next: "Say --header if the first row names columns, or --no-header if it is data.",
    });
  });

  it("refuses a header without a column that must not be NULL", () => {
    expect(fault("name\nx\n")).toMatchObject({
      code: "null-not-allowed",
      message: "in.csv:1: the header leaves out column id, which must not be NULL.",
    });
  });

  it("refuses files of one load that disagree about having a header", () => {
    const agreement = new HeaderAgreement();
    read("id,price,name\n1,2,x\n", { agreement });
    expect(fault("1,2,x\n", { agreement })).toMatchObject({ code: "unclear-header" });
  });
});

describe("values", () => {
  it("tells NULL from an empty string", () => {
    expect(read('1,,\n2,"",\n')).toEqual([
      [1, null, null],
      [2, "", null],
    ]);
    expect(fault('1,x,""\n')).toMatchObject({
      code: "bad-value",
      message:
        "in.csv:1:5: column price (decimal(10,2)): expected a decimal number such as 12.50, got an empty text.",
    });
  });

  it("takes text as it stands: blanks, quotes, line breaks", () => {
    expect(read('1," say ""hi""\r\n ",2\n')).toEqual([[1, ' say "hi"\r\n ', "2"]]);
  });

  it("refuses NULL where the column must not be", () => {
    expect(fault("1,x,\n,y,\n")).toMatchObject({
      code: "null-not-allowed",
      message: "in.csv:2:1: column id must not be NULL, and an empty field without quotes is NULL.",
    });
  });

  it("says file, line, column, type and text of a value that does not fit", () => {
    expect(fault('id,name,price\n1,"two\nlines",1.5\n2,é,"1,5"\n').message).toBe(
      'in.csv:4:5: column price (decimal(10,2)): expected a decimal number such as 12.50, got "1,5".',
    );
  });

  it("hints at a header when the very first row does not fit", () => {
    expect(fault("ident,x,1\n")).toMatchObject({
      code: "bad-value",
      next: expect.stringContaining("header"),
    });
    expect(fault("1,x,1\nident,x,1\n").next).toBeUndefined();
  });

  it("shortens a long text in the message", () => {
    expect(fault(`${"x".repeat(300)},a,1\n`).message.length).toBeLessThan(160);
  });

  it("reads nested columns from JSON text and points into it", () => {
    const columns = [{ name: "tags", type: "array<int>" }];
    expect(read('"[1,2]"\n', { columns })).toEqual([[[1, 2]]]);
    expect(fault('"[1,2"\n', { columns }).message).toContain(
      'expected JSON (at character 5: expected "," or "]"',
    );
  });
});

describe("rows", () => {
  it("refuses a row with too many or too few fields", () => {
    expect(fault("1,x,2\n2,y\n")).toMatchObject({
      code: "wrong-field-count",
      message: "in.csv:2:4: 2 fields, but the table has 3 columns.",
    });
    expect(fault("id,name\n1,x,9\n").message).toBe("in.csv:2:5: 3 fields, but the header has 2.");
  });

  it("passes over blank lines, unless a row has one field only", () => {
    expect(read("\n1,x,2\n\n\r\n2,y,3\n")).toHaveLength(2);
    expect(read("a\n\nb\n", { columns: [{ name: "v", type: "string" }] })).toEqual([["a"], [null], ["b"]]);
  });

  it("names the place of malformed text", () => {
    expect(fault('1,x,2\n2,"y,3\n4,z,5\n')).toMatchObject({
      code: "malformed-csv",
      message: "in.csv:2:3: the quote that opens here is never closed; the file may have been cut off.",
    });
  });

  it("reads nothing from an empty file or a header alone", () => {
    expect(read("")).toEqual([]);
    expect(read("id,name,price\n")).toEqual([]);
  });
});
