import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { rejection } from "@maxcompute-tunnel/testkit";
import { describe, expect, it } from "vitest";
import { type FilesError, isFilesError } from "../src/index.ts";
import { readBlocks, rowsOf, scratch } from "./support.ts";

const columns = [
  { name: "id", type: "bigint" },
  { name: "name", type: "string" },
];

function fixture(name: string): Promise<Uint8Array> {
  return readFile(fileURLToPath(new URL(`fixtures/${name}`, import.meta.url)));
}

async function refusal(name: string, content: Uint8Array): Promise<FilesError & { readonly path: string }> {
  await using folder = await scratch();
  const path = await folder.write(name, content);
  const options = { workers: 1, unknownFields: "ignore" } as const;
  const error = await rejection(readBlocks([path], columns, options), isFilesError);
  return Object.assign(error, { path });
}

describe("a damaged Parquet file", () => {
  it("that is cut off says so", async () => {
    const bytes = await fixture("rows.dictionary.parquet");
    const { code, message, path } = await refusal("a.parquet", bytes.subarray(0, bytes.length - 100));
    expect([code, message]).toEqual(["malformed", `${path}: the file is cut off: its footer is missing.`]);
  });

  it("names the row group, the column and the page whose checksum is wrong", async () => {
    const bytes = new Uint8Array(await fixture("every-type.zstd.parquet"));
    const at = Buffer.from(bytes).indexOf("plain");
    bytes[at] = 0x70 ^ 1;
    await using folder = await scratch();
    const path = await folder.write("a.parquet", bytes);
    const error = await rejection(
      readBlocks([path], [{ name: "s", type: "string" }], { workers: 1, unknownFields: "ignore" }),
      isFilesError,
    );
    expect(error.code).toBe("malformed");
    expect(error.message).toMatch(
      /a\.parquet: row group 1, column s: the page at byte \d+ is damaged: its checksum is another one\.$/,
    );
    expect(error.position?.byteOffset).toBeLessThan(at);
  });

  it("is refused with a place or read, wherever a byte of its pages is another one", async () => {
    const bytes = await fixture("rows.delta.parquet");
    const outcomes = new Set<string>();
    await using folder = await scratch();
    for (let at = 4; at < 6000; at += 97) {
      const other = new Uint8Array(bytes);
      other[at] = other[at]! ^ 0xff;
      const path = await folder.write("a.parquet", other);
      const options = { workers: 1, unknownFields: "ignore", maxRejects: 3000 } as const;
      const read = await readBlocks([path], columns, options).catch((error: unknown) => error);
      if (Array.isArray(read)) outcomes.add("read");
      else if (isFilesError(read) && /row group 1, column (id|name)/.test(read.message))
        outcomes.add(read.code);
      else throw read;
    }
    expect([...outcomes].sort()).toEqual(["malformed", "read"]);
  });
});

describe("a damaged Arrow stream", () => {
  it("that is cut off names the record batch", async () => {
    const bytes = await fixture("rows.none.arrows");
    const { code, message } = await refusal("a.arrows", bytes.subarray(0, 100_000));
    expect(code).toBe("malformed");
    expect(message).toMatch(/a\.arrows: record batch 3 is damaged or cut off \(/);
  });
});

describe("a damaged Avro file", () => {
  it("names the block", async () => {
    const bytes = await fixture("rows.avro");
    const cut = await refusal("a.avro", bytes.subarray(0, bytes.length - 5));
    expect(cut.message).toMatch(/a\.avro: block \d+ \(at byte \d+\) is damaged: it ends 5 bytes too soon\.$/);
    const other = new Uint8Array(bytes);
    other[other.length - 1] = 0xee;
    const wrong = await refusal("a.avro", other);
    expect(wrong.message).toMatch(
      /block \d+ \(at byte \d+\) is damaged: the mark behind it is not the file's\.$/,
    );
  });
});

describe("texts that are not UTF-8", () => {
  it("leave their rows out", async () => {
    const bytes = Buffer.from(await fixture("every-type.none.arrow"));
    bytes[bytes.indexOf("日本")] = 0xff;
    await using folder = await scratch();
    const path = await folder.write("a.arrow", bytes);
    const rejected: unknown[] = [];
    const own = [
      { name: "s", type: "string" },
      { name: "i8", type: "tinyint" },
    ];
    const blocks = await readBlocks([path], own, {
      workers: 1,
      unknownFields: "ignore",
      maxRejects: 1,
      onReject: ({ record, column, code }) => rejected.push({ record, column, code }),
    });
    expect(rowsOf(own, blocks)).toEqual([
      { s: "plain", i8: 1 },
      { s: null, i8: null },
    ]);
    expect(rejected).toEqual([{ record: 1, column: "s", code: "bad-utf8" }]);
  });
});
