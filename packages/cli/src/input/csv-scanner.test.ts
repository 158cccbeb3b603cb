import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CsvFault } from "./csv-fault.ts";
import { CsvScanner } from "./csv-scanner.ts";

/** All records as text, with unquoted empty fields told apart as `null`. */
function scan(chunks: readonly (string | Uint8Array)[], options = {}): (string | null)[][] {
  const scanner = new CsvScanner(options);
  const rows: (string | null)[][] = [];
  const take = (): void => {
    while (scanner.next()) {
      const row: (string | null)[] = [];
      for (let field = 0; field < scanner.fieldCount; field += 1) {
        const text = scanner.escaped(field)
          ? scanner.unescape(field).toString("utf8")
          : scanner.bytes.toString("utf8", scanner.start(field), scanner.fieldEnd(field));
        row.push(text === "" && !scanner.quoted(field) ? null : text);
      }
      rows.push(row);
    }
  };
  for (const chunk of chunks) {
    scanner.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
    take();
  }
  scanner.end();
  take();
  return rows;
}

/** The fault that scanning `text` in one piece ends with. */
function faultOf(text: string, options = {}): Partial<CsvFault> {
  try {
    scan([text], options);
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error;
    const { kind, line, column, byteOffset } = error;
    return { kind, line, column, byteOffset };
  }
  throw new Error("the text was accepted");
}

describe("records and fields", () => {
  it("splits at commas and at LF or CRLF, also in one file", () => {
    expect(scan(["a,b\nc,d\r\ne,f"])).toEqual([
      ["a", "b"],
      ["c", "d"],
      ["e", "f"],
    ]);
  });

  it("tells an empty field from an empty string", () => {
    expect(scan([',"",\n'])).toEqual([[null, "", null]]);
  });

  it("keeps commas, line ends and doubled quotes inside quotes", () => {
    expect(scan(['"a,b","c\r\nd","say ""hi""",""""\n'])).toEqual([["a,b", "c\r\nd", 'say "hi"', '"']]);
  });

  it("keeps blanks around fields", () => {
    expect(scan([" a , b \n"])).toEqual([[" a ", " b "]]);
  });

  it("gives a blank line as one empty field and adds none for the last line end", () => {
    expect(scan(["a\n\nb\n"])).toEqual([["a"], [null], ["b"]]);
  });

  it("takes a last record without a line end, with a lone CR, or ending in a comma", () => {
    expect(scan(["a,b"])).toEqual([["a", "b"]]);
    expect(scan(["a,b\r"])).toEqual([["a", "b"]]);
    expect(scan(["a,"])).toEqual([["a", null]]);
    expect(scan(['a,"b"'])).toEqual([["a", "b"]]);
    expect(scan([""])).toEqual([]);
  });

  it("splits at another delimiter when told so", () => {
    expect(scan(['a\t"b\tc"\n'], { delimiter: 9 })).toEqual([["a", "b\tc"]]);
  });

  it("grows with records of many fields", () => {
    const row = Array.from({ length: 500 }, (_, index) => String(index));
    expect(scan([`${row.join(",")}\n`])).toEqual([row]);
  });
});

describe("places", () => {
  it("knows line, column and byte of a field after a quoted line break", () => {
    const scanner = new CsvScanner();
    scanner.push(Buffer.from('h1,h2\n"x\ny",é,"z"\nlast,1\n'));
    scanner.next();
    scanner.next();
    expect(scanner.line).toBe(2);
    expect(scanner.byteOffset).toBe(6);
    expect(scanner.fieldPlace(0)).toEqual({ byteOffset: 6, line: 2, column: 1 });
    expect(scanner.fieldPlace(1)).toEqual({ byteOffset: 12, line: 3, column: 4 });
    expect(scanner.fieldPlace(2)).toEqual({ byteOffset: 15, line: 3, column: 6 });
    scanner.next();
    expect(scanner.line).toBe(4);
  });

  it("keeps its places when a record spans chunks", () => {
    const scanner = new CsvScanner();
    scanner.push(Buffer.from('first,1\n"sec'));
    expect(scanner.next()).toBe(true);
    expect(scanner.next()).toBe(false);
    scanner.push(Buffer.from("ond\n"));
    expect(scanner.next()).toBe(false);
    scanner.push(Buffer.from('",2\n'));
    expect(scanner.next()).toBe(true);
    expect(scanner.bytes.toString("utf8", scanner.start(0), scanner.fieldEnd(0))).toBe("second\n");
    expect([scanner.line, scanner.byteOffset]).toEqual([2, 8]);
    expect(scanner.fieldPlace(1)).toEqual({ byteOffset: 18, line: 3, column: 3 });
  });
});

describe("malformed text", () => {
  it("names the line where an unterminated quote began", () => {
    expect(faultOf('a,b\nc,"d\ne,f\ng,h\n')).toEqual({
      kind: "unterminated-quote",
      line: 2,
      column: 3,
      byteOffset: 6,
    });
  });

  it("refuses text after a closing quote", () => {
    expect(faultOf('a,"b"c\n')).toEqual({ kind: "text-after-quote", line: 1, column: 6, byteOffset: 5 });
  });

  it("refuses a quote inside a field without quotes", () => {
    expect(faultOf('a,5" disk\n')).toEqual({ kind: "quote-in-field", line: 1, column: 4, byteOffset: 3 });
  });

  it("refuses a carriage return that no line feed follows", () => {
    expect(faultOf("a\rb\n")).toEqual({ kind: "bare-carriage-return", line: 1, column: 2, byteOffset: 1 });
  });

  it("gives up on a record that never ends", () => {
    expect(faultOf(`a\n"${"x".repeat(100)}`, { maxRecordBytes: 50 })).toEqual({
      kind: "record-too-large",
      line: 2,
      column: 1,
      byteOffset: 2,
    });
  });
});

describe("beside csv-parse", () => {
  const piece = fc.constantFrom(
    "a",
    "bc",
    ",",
    '"',
    '""',
    "\n",
    "\r\n",
    " ",
    "é",
    "漢",
    "1",
    '","',
    '"\n"',
    "x".repeat(40),
  );
  const cuts = fc.array(fc.nat(300), { maxLength: 12 });

  it("reads the same records from any text in any chunks, and refuses what csv-parse refuses", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), cuts, (pieces, at) => {
        const text = pieces.join("");
        const bytes = Buffer.from(text);
        const bounds = [0, ...at.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
        const chunks = bounds.slice(1).map((end, index) => bytes.subarray(bounds[index]!, end));
        let expected: string[][] | undefined;
        try {
          expected = parse(bytes, { record_delimiter: ["\r\n", "\n"], relax_column_count: true });
        } catch {
          expected = undefined;
        }
        let actual: string[][] | undefined;
        try {
          actual = scan(chunks).map((row) => row.map((field) => field ?? ""));
        } catch (error) {
          if (!(error instanceof CsvFault)) throw error;
        }
        expect(actual).toEqual(expected);
      }),
      { numRuns: 3000 },
    );
  });
});
