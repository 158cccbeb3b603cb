import { compileColumns, utc } from "@maxcompute-tunnel/codec/text";
import { describe, expect, it } from "vitest";
import { CliError } from "../errors.ts";
import { JsonRowReader } from "./json-row-reader.ts";

const columns = compileColumns(
  [
    { name: "id", type: "bigint", nullable: false },
    { name: "name", type: "string" },
    { name: "at", type: "datetime" },
    { name: "extra", type: "json" },
  ],
  { timeZone: utc, binary: "base64" },
);

function read(chunks: readonly string[], maxLineBytes?: number): unknown[][] {
  const reader = new JsonRowReader({
    file: "in.jsonl",
    columns,
    partitionColumns: ["pt"],
    ...(maxLineBytes === undefined ? {} : { maxLineBytes }),
  });
  const rows: unknown[][] = [];
  const take = (): void => {
    while (reader.next()) rows.push([...reader.row]);
  };
  for (const chunk of chunks) {
    reader.push(Buffer.from(chunk));
    take();
  }
  reader.end();
  take();
  return rows;
}

function fault(text: string, maxLineBytes?: number): Pick<CliError, "code" | "message" | "position"> {
  try {
    read([text], maxLineBytes);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { code: error.code, message: error.message, position: error.position };
  }
  throw new Error("the text was accepted");
}

describe("rows", () => {
  it("maps members by name in any order and case; missing ones and null are NULL", () => {
    expect(read(['{"NAME":"x","id":1}\n{"id":2,"name":null}\r\n'])).toEqual([
      [1, "x", null, null],
      [2, null, null, null],
    ]);
  });

  it("keeps numbers and JSON columns as they are written", () => {
    expect(read(['{"id": 9007199254740993, "extra": {"n": 1.10, "big": 9007199254740993}}'])).toEqual([
      [9_007_199_254_740_993n, null, null, '{"n": 1.10, "big": 9007199254740993}'],
    ]);
  });

  it("does not let a row inherit from the one before", () => {
    expect(read(['{"id":1,"name":"x"}\n{"id":2}\n'])[1]).toEqual([2, null, null, null]);
  });

  it("reads the same however the text is cut, with or without a last line end", () => {
    const text = '{"id":1,"name":"é"}\n\n{"id":2,"name":"b"}';
    const expected = [
      [1, "é", null, null],
      [2, "b", null, null],
    ];
    expect(read([text])).toEqual(expected);
    for (let cut = 0; cut < 8; cut += 1)
      expect(read([text.slice(0, cut), text.slice(cut)])).toEqual(expected);
    expect(read(Array.from(text))).toEqual(expected);
  });

  it("passes over blank lines", () => {
    expect(read(['\n  \r\n{"id":1}\n\n'])).toHaveLength(1);
  });
});

describe("faults", () => {
  it("says line, column and byte of a value that does not fit", () => {
    expect(fault('{"id":1}\n{"name":"é", "id":1.5}\n')).toEqual({
      code: "bad-value",
      message: 'in.jsonl:2:19: column id (bigint): expected a whole number such as 42, got "1.5".',
      position: { file: "in.jsonl", line: 2, column: 19, byteOffset: 28 },
    });
  });

  it("shows a string as it is written, and nothing that a terminal would obey", () => {
    expect(fault('{"id":"x"}').message).toContain('expected a whole number such as 42, got "x".');
    expect(fault('{"id":"\\u001b[2J\u009b2J"}').message).toContain('got "\\u001b[2J\\u009b2J".');
  });

  it("refuses an unknown name and guesses the right one", () => {
    expect(fault('{"id":1,"nmae":"x"}')).toMatchObject({
      code: "unknown-column",
      message: 'in.jsonl:1:9: "nmae" is no column of the table; did you mean name?',
    });
    expect(fault('{"id":1,"pt":"x"}').message).toContain("a partition column");
  });

  it("refuses a name that stands twice", () => {
    expect(fault('{"id":1,"ID":2}')).toMatchObject({
      code: "malformed-json",
      message: 'in.jsonl:1:9: the object has "ID" twice.',
    });
  });

  it("refuses NULL where the column must not be", () => {
    expect(fault('{"id":null}')).toMatchObject({
      code: "null-not-allowed",
      message: "in.jsonl:1:7: column id must not be NULL, and here it is null.",
    });
    expect(fault('{"name":"x"}').message).toBe(
      "in.jsonl:1: column id must not be NULL, and here it is missing.",
    );
  });

  it("points at what is no JSON, and suspects a cut at the end", () => {
    expect(fault('{"id":1}\n{"id":2,}\n')).toMatchObject({
      code: "malformed-json",
      message: 'in.jsonl:2:9: expected a key in double quotes, found "}".',
    });
    expect(fault('{"id":1}\n{"id":2,"na').message).toBe(
      "in.jsonl:2:12: expected the end of a string, found the end; the file may have been cut off, or an object goes on over several lines.",
    );
    expect(fault('{"id":1} {"id":2}').message).toContain("expected nothing more");
  });

  it("explains that a JSON array is not JSON lines", () => {
    expect(fault('[{"id":1}]').message).toContain("a JSON array is not read");
    expect(fault("42").message).toContain("every line has to be a JSON object");
  });

  it("refuses a line longer than the limit", () => {
    expect(fault(`{"id":1}\n{"id":2,"name":"${"x".repeat(100)}"}`, 60)).toMatchObject({
      code: "record-too-large",
      position: { line: 2, byteOffset: 9 },
    });
  });
});
