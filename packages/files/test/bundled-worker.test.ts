import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { ColumnSpec } from "@maxcompute-tunnel/codec";
import type { BlockSource } from "@maxcompute-tunnel/writer";
import { beforeAll, describe, expect, it } from "vitest";
import { type CompressionName, type FileSourceOptions, openFileSource } from "../src/index.ts";
import { request, scratch } from "./support.ts";

const two: readonly ColumnSpec[] = [
  { name: "id", type: "bigint" },
  { name: "name", type: "string" },
];
const seven: readonly ColumnSpec[] = [
  ...two,
  { name: "kind", type: "string" },
  { name: "price", type: "decimal(12,2)" },
  { name: "flag", type: "boolean" },
  { name: "tags", type: "array<string>" },
  { name: "score", type: "float" },
];

/** The package as it is published, whose threads begin with the bundle. */
let published: typeof import("../src/index.ts");
beforeAll(async () => {
  published = await import(new URL("../dist/index.js", import.meta.url).href);
});

/** What each block holds, told by its rows, its checksum and its bytes, in the order of where it was read. */
async function blocksOf(source: BlockSource, columns: readonly ColumnSpec[]): Promise<unknown[]> {
  const blocks: { start: number; rows: number; checksum: number; body: string }[] = [];
  for await (const { range, rows, checksum, chunks, release } of source.blocks(request(columns))) {
    blocks.push({ start: range.start, rows, checksum, body: Buffer.concat(chunks).toString("base64") });
    release?.();
  }
  return blocks.sort((one, other) => one.start - other.start);
}

async function expectTheSame(
  path: string,
  columns: readonly ColumnSpec[],
  options: FileSourceOptions = {},
): Promise<void> {
  const blockBytes = 10_000;
  await using bundled = await published.openFileSource([path], { ...options, workers: 2, blockBytes });
  await using source = await openFileSource([path], { ...options, workers: 2, blockBytes });
  const blocks = await blocksOf(bundled, columns);
  expect(blocks).toEqual(await blocksOf(source, columns));
  expect(blocks.length).toBeGreaterThan(0);
}

const ids = Array.from({ length: 5000 }, (_, id) => id);
const csv = `id,name\n${ids.map((id) => `${id},"row\n${id}"\n`).join("")}`;

describe("threads begun with the bundle make the blocks that the source makes", () => {
  it.each([
    ["CSV", "a.csv", csv],
    ["CSV in UTF-16", "b.csv", Buffer.from(`\ufeff${csv}`, "utf16le")],
    ["JSON lines", "a.jsonl", ids.map((id) => `{"id":${id},"name":"row ${id}"}\n`).join("")],
  ])("of %s", async (_, name, content) => {
    await using folder = await scratch();
    await expectTheSame(await folder.write(name, content), two);
  });

  it.each([
    { name: "rows.dictionary.parquet", columns: seven },
    { name: "rows.lz4.arrows", columns: seven },
    { name: "rows.avro", columns: two },
  ])("of $name", async ({ name, columns }) => {
    await expectTheSame(fileURLToPath(new URL(`fixtures/${name}`, import.meta.url)), columns);
  });

  it.each<CompressionName>(["zstd", "deflate", "snappy", "lz4"])("compressed as %s", async (compression) => {
    await using folder = await scratch();
    await expectTheSame(await folder.write("a.csv", csv), two, { compression });
  });
});

it("carries the licences of what the bundle contains", async () => {
  const licences = await readFile(new URL("../dist/pool/worker/licences.txt", import.meta.url), "utf8");
  for (const name of ["hyparquet", "protobufjs"]) expect(licences).toMatch(new RegExp(`^${name} \\d`, "m"));
});
