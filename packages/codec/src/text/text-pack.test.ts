import { describe, expect, it } from "vitest";
import { encodeRecords } from "../record/record-pack.ts";
import { RecordSplitter } from "./record-splitter.ts";
import { TextPack } from "./text-pack.ts";
import type { TextRowReject } from "./text-reject.ts";

const columns = [
  { name: "id", type: "bigint", nullable: false },
  { name: "note", type: "string" },
];

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The bytes of everything sealed so far. */
function sealed(pack: TextPack): Uint8Array {
  return Uint8Array.from(pack.seal().chunks.flatMap((chunk) => [...chunk]));
}

describe.each(["auto", "js"] as const)("a pack of text, with kernel %s", (kernel) => {
  // Enough plain rows before everything for the kernel to be at work.
  const many = Array.from({ length: 2000 }, (_, index) => `${index},row ${index}\n`).join("");
  const manyRows = Array.from({ length: 2000 }, (_, index): [number, string | null] => [
    index,
    `row ${index}`,
  ]);

  it("holds what the rows would be encoded to", () => {
    const pack = new TextPack(columns, { kernel });
    pack.push(utf8(`${many}7,"a ""quoted"", note\nof two lines"\r\n8,""\n9,\n`));
    pack.end();
    const rows = [...manyRows, [7, 'a "quoted", note\nof two lines'], [8, ""], [9, null]] as [
      number,
      string | null,
    ][];
    expect(pack.recordCount).toBe(2003);
    expect(pack.lines).toBe(2004);
    expect(sealed(pack)).toEqual(encodeRecords(columns, rows));
  });

  it("counts the same lines however the text is cut when its first line is malformed and ends otherwise", () => {
    const text = utf8('a"b\n1\r2,x\r');
    const lines = [0, 3, 4, 5, 6].map((cut) => {
      const rejects: TextRowReject[] = [];
      const pack = new TextPack(columns, { kernel, onReject: (reject) => void rejects.push(reject) });
      pack.push(text.subarray(0, cut));
      pack.push(text.subarray(cut));
      pack.end();
      return [pack.lines, pack.recordCount, ...rejects.map(({ line }) => line)];
    });
    expect(lines).toEqual(Array(5).fill([3, 1, 1, 2]));
  });

  it("keeps the record that is not whole when it is sealed", () => {
    const pack = new TextPack(columns, { kernel });
    const text = utf8(`${many}1,"begun`);
    pack.push(text);
    expect(pack.consumedBytes).toBe(many.length);
    expect(sealed(pack)).toEqual(encodeRecords(columns, manyRows));
    pack.push(utf8(' and ended"'));
    pack.end();
    expect(sealed(pack)).toEqual(encodeRecords(columns, [[1, "begun and ended"]]));
  });

  it("tells of each record that is no row where it is, what was expected and what was there", () => {
    const rejects: TextRowReject[] = [];
    const pack = new TextPack(columns, { kernel, onReject: (reject) => void rejects.push(reject) });
    pack.push(utf8(`${many}x1,é\n1,2,3\n\n2,"a\nb"c\n,"y"\n3,a"b\n4,good\n5,"never`));
    pack.end();
    const start = many.length;
    expect(
      rejects.map(({ row, line, column, offset, code, value }) => [
        row,
        line,
        column,
        offset - start,
        code,
        value,
      ]),
    ).toEqual([
      [2000, 2001, "id", 0, "invalid-text", '"x1"'],
      [2001, 2002, undefined, 10, "wrong-field-count", '"1,2,3"'],
      [2002, 2005, undefined, 20, "text-after-quote", '"2,\\"a\\nb\\"c"'],
      [2003, 2006, "id", 22, "null-not-allowed", '""'],
      [2004, 2007, undefined, 30, "quote-in-field", '"3,a\\"b"'],
      [2006, 2009, undefined, 42, "unterminated-quote", '"5,\\"never"'],
    ]);
    expect([pack.recordCount, pack.rejectedCount, pack.blankLines]).toEqual([2001, 6, 1]);
    expect(sealed(pack)).toEqual(encodeRecords(columns, [...manyRows, [4, "good"]]));
  });

  it("throws what nobody is told, and takes nothing more", () => {
    const pack = new TextPack(columns, { kernel });
    expect(() => pack.push(utf8(`${many}zwei,x\n`))).toThrow(
      'line 2001, column id: Expected a whole number such as 42, got "zwei"',
    );
    expect(() => pack.push(utf8("1,x\n"))).toThrow("Expected a text that goes on, got one that has failed");
  });

  it("refuses text that is not UTF-8 instead of replacing it", () => {
    const rejects: TextRowReject[] = [];
    const pack = new TextPack(columns, { kernel, onReject: (reject) => void rejects.push(reject) });
    pack.push(utf8(many));
    pack.push(Uint8Array.of(0x31, 0x2c, 0xc3, 0x28, 0x0a, 0x32, 0x2c, 0xed, 0xa0, 0x80, 0x0a));
    pack.end();
    expect(rejects.map(({ code, line, column }) => [code, line, column])).toEqual([
      ["bad-utf8", 2001, "note"],
      ["bad-utf8", 2002, "note"],
    ]);
  });

  it("takes records larger than any window, and refuses those that have no end", () => {
    const long = "x".repeat(6_000_000);
    const pack = new TextPack(columns, { kernel });
    const text = utf8(`${many}1,"${long}"\n2,short\n${many}`);
    for (let at = 0; at < text.length; at += 300_000) pack.push(text.subarray(at, at + 300_000));
    pack.end();
    const rows: [number, string | null][] = [...manyRows, [1, long], [2, "short"], ...manyRows];
    expect(Buffer.compare(Buffer.concat(pack.seal().chunks), encodeRecords(columns, rows))).toBe(0);

    const endless = new TextPack(columns, { kernel, maxRecordBytes: 10_000 });
    endless.push(utf8(`${many}1,"`));
    expect(() => {
      for (let piece = 0; piece < 300; piece++) endless.push(utf8("x\n".repeat(500)));
    }).toThrow("line 2001: Expected a record of at most 10000 bytes; a quote may not be closed");
  });

  it("does not mind other texts being read at the same time, also while it tells of a reject", () => {
    const zones = ["UTC", "+08:00", "America/New_York", "Asia/Shanghai", "Europe/Berlin", "+01:00"];
    const times = Array.from({ length: 4000 }, (_, index) =>
      `2024-07-${1 + (index % 28)} 10:00:00`.replace(/-(\d) /, "-0$1 "),
    );
    const text = `${times.join("\n")}\nno time\n${times.join("\n")}\n`;
    const specs = [{ name: "at", type: "datetime" }];
    const alone = zones.map((timeZone) => {
      const pack = new TextPack(specs, { kernel: "js", conversion: { timeZone }, onReject: () => {} });
      pack.push(utf8(text));
      return pack.seal().checksum;
    });
    const inner: TextPack[] = zones.map(
      (timeZone) => new TextPack(specs, { kernel, conversion: { timeZone }, onReject: () => {} }),
    );
    const outer = zones.map(
      (timeZone, index) =>
        new TextPack(specs, {
          kernel,
          conversion: { timeZone },
          onReject: () => inner[index]!.push(utf8(text)),
        }),
    );
    for (let at = 0; at < text.length; at += 30_000) {
      for (const pack of outer) pack.push(utf8(text.slice(at, at + 30_000)));
    }
    expect(outer.map((pack) => pack.seal().checksum)).toEqual(alone);
    expect(inner.map((pack) => pack.seal().checksum)).toEqual(alone);
    expect(new Set(alone).size).toBe(5);
  });

  it("settles with the first record what lines end with", () => {
    const text = "1,a\r2,b\r".repeat(1000);
    const pack = new TextPack(columns, { kernel });
    pack.push(utf8(text));
    expect([pack.lineEnd, pack.recordCount]).toEqual(["cr", 2000]);
    expect(() => pack.push(utf8("3,c\nd\r"))).toThrow("line feed (LF)");
    const lines = new TextPack(columns, { kernel });
    lines.push(utf8(many));
    expect(() => lines.push(utf8("3,c\rd\n"))).toThrow("carriage return (CR)");
  });
});

it("cuts a text at the first record end behind each multiple", () => {
  const splitter = new RecordSplitter({}, { cutEvery: 10 });
  splitter.push(utf8('1,"a\nb\n\n\n\nc"\n2,b\n3,c\n4'));
  splitter.end();
  expect(splitter.cuts).toEqual([
    { offset: 13, records: 1, lines: 6 },
    { offset: 21, records: 3, lines: 8 },
  ]);
  expect([splitter.records, splitter.lines, splitter.lineEnd]).toEqual([4, 8, "lf"]);
});
