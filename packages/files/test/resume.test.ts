import { appendFile, readFile, utimes, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { rejection } from "@maxcompute-tunnel/testkit";
import { isWriterError, type StoredRange } from "@maxcompute-tunnel/writer";
import { describe, expect, it } from "vitest";
import { readBlocks, rowsOf, type SeenBlock, scratch } from "./support.ts";

const columns = [
  { name: "id", type: "bigint" },
  { name: "text", type: "string" },
];
const count = 20_000;
const text = `id,text\n${Array.from({ length: count }, (_, id) => `${id},"row\n${id}"\n`).join("")}`;
const stored = (blocks: readonly SeenBlock[]): StoredRange[] =>
  blocks.map(({ range, sourceChecksum, rows, bytes, rejected }, blockId) => {
    return { ...range, sourceChecksum, rows, bytes, rejected, blockId };
  });

describe.each([
  { name: "a file", file: "a.csv", content: Buffer.from(text), workers: 1 },
  { name: "a file", file: "a.csv", content: Buffer.from(text), workers: 3 },
  { name: "a stream", file: "a.csv.gz", content: gzipSync(text), workers: 1 },
  { name: "a stream", file: "a.csv.gz", content: gzipSync(text), workers: 2 },
])("of $name, with $workers workers", ({ file, content, workers }) => {
  const options = { workers, blockBytes: 40_000 };

  it("produces what is not stored, and nothing else", async () => {
    await using folder = await scratch();
    const path = await folder.write(file, content);
    const all = await readBlocks([path], columns, options);
    const kept = all.filter((_, index) => index % 3 === 1 || index === 0);
    for (const compareStored of [true, false]) {
      const rest = await readBlocks([path], columns, options, { stored: stored(kept), compareStored });
      const ranges = [...kept, ...rest]
        .map(({ range }) => range)
        .sort((one, other) => one.start - other.start);
      expect(ranges.slice(1).map(({ start }) => start)).toEqual(ranges.slice(0, -1).map(({ end }) => end));
      const ids = [...rowsOf(columns, kept), ...rowsOf(columns, rest)].map((row) =>
        Number((row as { id: bigint }).id),
      );
      expect(ids.sort((one, other) => one - other)).toEqual(Array.from({ length: count }, (_, id) => id));
    }
  });

  it("makes a block again as it was, whatever the size of blocks is now", async () => {
    await using folder = await scratch();
    const path = await folder.write(file, content);
    const all = await readBlocks([path], columns, options);
    const again = [all[1]!, all[4]!, all.at(-1)!];
    const rest = await readBlocks(
      [path],
      columns,
      { ...options, blockBytes: 9000 },
      { stored: stored([all[2]!]), again: again.map(({ range }) => range) },
    );
    for (const block of again) expect(rest).toContainEqual(block);
    expect(rest.reduce((total, { rows }) => total + rows, 0)).toBe(count - all[2]!.rows);
  });

  it("refuses a part that is not what it was, saying which", async () => {
    await using folder = await scratch();
    const path = await folder.write(file, content);
    const all = await readBlocks([path], columns, options);
    const known = stored([all[0]!, all[3]!]);
    const { start, end } = all[3]!.range;
    const changed = text.replaceAll('"row\n9', '"Row\n9');
    await writeFile(path, file.endsWith(".gz") ? gzipSync(changed) : changed);
    const error = await rejection(readBlocks([path], columns, options, { stored: known }), isWriterError);
    expect(error.code).toBe("source-changed");
    expect(error.message).toMatch(new RegExp(`^${path}: what lies at \\d+ to \\d+ is not what it was`));
    // The same with a record that now goes on into the stored part.
    const open = `${text.slice(0, start - 2)}x${text.slice(start - 1)}`;
    await writeFile(path, file.endsWith(".gz") ? gzipSync(open) : open);
    const later = await rejection(
      readBlocks([path], columns, { ...options, maxRejects: 1e6 }, { stored: known.slice(1) }),
      isWriterError,
    );
    expect([later.code, later.message.includes(`${start} to ${end}`)]).toEqual(["source-changed", true]);
  });
});

it("numbers lines and records behind parts that are stored", async () => {
  await using folder = await scratch();
  const path = await folder.write("a.csv", text);
  const all = await readBlocks([path], columns, { blockBytes: 40_000 });
  await appendFile(path, "never,x\n");
  await utimes(path, 1, 1);
  expect((await readFile(path, "utf8")).endsWith("never,x\n")).toBe(true);
  const seen: unknown[] = [];
  const run = (compareStored: boolean): Promise<unknown> =>
    readBlocks(
      [path],
      columns,
      { maxRejects: 1, onReject: ({ line, record }) => void seen.push([line, record]) },
      { stored: stored(all), compareStored },
    );
  await run(true);
  await run(false);
  // What was passed over without reading has an unknown number of lines.
  expect(seen).toEqual([
    [2 * count + 2, count],
    [undefined, count],
  ]);
});
