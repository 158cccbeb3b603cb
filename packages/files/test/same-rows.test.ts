import { execFile } from "node:child_process";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readBlocks, rowsOf, scratch } from "./support.ts";

const columns = [
  { name: "id", type: "bigint" },
  { name: "carrier", type: "string" },
  { name: "departed", type: "datetime" },
  { name: "delay", type: "int" },
  { name: "fare", type: "decimal(10,2)" },
  { name: "note", type: "string" },
];

const count = 30_000;
const rows = Array.from({ length: count }, (_, id) => ({
  id,
  carrier: ["CA", "MU", "CZ", "HU"][id % 4]!,
  departed: new Date(1_577_836_800_000 + id * 61_000),
  delay: id % 10 === 0 ? null : (id % 100) - 20,
  fare: (((id * 37) % 1_000_000) / 100).toFixed(2),
  note: id % 3 === 0 ? `gate "${id % 50}"\nof ${id}` : `gate ${id % 50}`,
}));

const header = `${columns.map(({ name }) => name).join(",")}\n`;
const csv = `${header}${rows
  .map(({ id, carrier, departed, delay, fare, note }) => {
    return `${id},${carrier},${departed.toISOString()},${delay ?? ""},${fare},"${note.replaceAll('"', '""')}"\n`;
  })
  .join("")}`;
const jsonLines = rows.map((row) => `${JSON.stringify(row)}\n`).join("");

describe("the same 30 000 rows", () => {
  const expected = rows.map((row) => ({ ...row, id: BigInt(row.id) }));

  async function expectTheRows(path: string): Promise<void> {
    const blocks = await readBlocks([path], columns, { workers: 2, blockBytes: 200_000 });
    expect(blocks.length).toBeGreaterThan(3);
    const read = (rowsOf(columns, blocks) as { id: bigint }[]).sort((one, other) =>
      Number(one.id - other.id),
    );
    expect(read).toEqual(expected);
  }

  it.each([
    ["a CSV file", "a.csv", csv],
    ["a CSV file packed by gzip", "a.csv.gz", gzipSync(csv)],
    ["a CSV file packed by zstd", "a.csv.zst", zstdCompressSync(csv)],
    ["JSON lines", "a.jsonl", jsonLines],
  ] as const)("come out of %s", async (_, name, content) => {
    await using folder = await scratch();
    await expectTheRows(await folder.write(name, content));
  });

  it("come out of a pipe", async () => {
    await using folder = await scratch();
    const path = join(folder.path, "pipe.csv");
    await promisify(execFile)("mkfifo", [path]);
    await Promise.all([pipeline([csv], createWriteStream(path)), expectTheRows(path)]);
  });

  it("come out of Parquet", async () => {
    await expectTheRows(fileURLToPath(new URL("fixtures/flights.parquet", import.meta.url)));
  });
});
