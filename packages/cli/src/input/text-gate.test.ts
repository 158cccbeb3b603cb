import { describe, expect, it } from "vitest";
import { TextGate } from "./text-gate.ts";

function pass(chunks: readonly (string | number[])[]): { text: string; skipped: number } {
  const gate = new TextGate("in.csv", () => 1);
  const parts = chunks.map((chunk) =>
    gate.push(typeof chunk === "string" ? Buffer.from(chunk) : Uint8Array.from(chunk)),
  );
  parts.push(gate.end());
  return { text: Buffer.concat(parts).toString("utf8"), skipped: gate.skippedBytes };
}

describe("TextGate", () => {
  it("lets text through, whatever way characters are cut", () => {
    expect(pass(["a", "b", "c\n", [0xe6], [0xbc, 0xa2], [0xf0, 0x9f], [0x98, 0x80]])).toEqual({
      text: "abc\n漢😀",
      skipped: 0,
    });
    expect(pass(["a"])).toEqual({ text: "a", skipped: 0 });
    expect(pass([])).toEqual({ text: "", skipped: 0 });
  });

  it("leaves out a byte order mark, also in pieces", () => {
    expect(pass([[0xef, 0xbb, 0xbf], "id\n"])).toEqual({ text: "id\n", skipped: 3 });
    expect(pass([[0xef], [0xbb], [0xbf], "id\n"])).toEqual({ text: "id\n", skipped: 3 });
  });

  it("names the byte and the line where text stops being UTF-8", () => {
    expect(() => pass(["id,name\n1,", [0xc4, 0xe3, 0xba, 0xc3, 0x0a]])).toThrow(
      "in.csv:1:3: the text stops being UTF-8 (at byte 10).",
    );
    expect(() => pass(["one\ntwo\nx", [0xff], "y\n"])).toThrow(
      "in.csv:1:2: the text stops being UTF-8 (at byte 9)",
    );
    expect(() => pass([`${"é".repeat(5000)}\nab`, [0x41, 0x80, 0x41]])).toThrow(
      "in.csv:1:4: the text stops being UTF-8 (at byte 10004)",
    );
  });

  it("counts the byte order mark in offsets", () => {
    expect(() => pass([[0xef, 0xbb, 0xbf, 0x61, 0x0a, 0x62, 0xff, 0x63]])).toThrow(
      "in.csv:2:2: the text stops being UTF-8 (at byte 6)",
    );
  });

  it("refuses a character that the end cuts off", () => {
    expect(() => pass(["abc", [0xe6, 0xbc]])).toThrow(
      "in.csv:1:4: a character begins that the end of the file cuts off (at byte 3)",
    );
    expect(() => pass([[0xe6]])).toThrow(
      "in.csv:1:1: a character begins that the end of the file cuts off (at byte 0)",
    );
  });

  it("counts characters from the line's start, in whichever chunk that was", () => {
    expect(() => pass(["a\nüber ", "漢字", [0xff]])).toThrow("in.csv:1:8: the text stops");
    expect(() => pass(["a\nüber ", [0xe6], [0x61]])).toThrow("in.csv:1:6: the text stops");
  });

  it("says so when a file is packed", () => {
    expect(() => pass([[0x1f, 0x8b, 8, 0]])).toThrow(
      "in.csv: the file is gzip-compressed, and only plain text",
    );
    expect(() => pass([[0x28], [0xb5, 0x2f], [0xfd]])).toThrow("zstd-compressed");
    expect(() => pass(["PK\u0003\u0004"])).toThrow("a ZIP archive");
    expect(pass(["PK,x"]).text).toBe("PK,x");
  });

  it("says so when a file is UTF-16", () => {
    expect(() => pass([[0xff, 0xfe, 0x61, 0]])).toThrow("UTF-16");
    expect(() => pass([[0xfe, 0xff, 0, 0x61]])).toThrow("UTF-16");
  });
});
