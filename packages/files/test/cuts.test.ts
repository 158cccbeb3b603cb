import fc from "fast-check";
import { expect, it } from "vitest";
import { readBlocks, rowsOf, scratch } from "./support.ts";

const columns = [
  { name: "id", type: "bigint" },
  { name: "text", type: "string" },
  { name: "more", type: "string" },
];

const field = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", ",", "\n", '"', "\r\n", "é", "1,2\n3"), maxLength: 40 }),
  fc.string({ maxLength: 10 }).map((text) => text.replaceAll("\r", "")),
);
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

it("cuts a file into any number of ranges, also inside quotes, and finds the same rows in the same order", async () => {
  await using folder = await scratch();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 120 }),
      fc.integer({ min: 64, max: 3000 }),
      fc.constantFrom("\n", "\r\n"),
      fc.boolean(),
      async (records, blockBytes, lineEnd, endsWithLineEnd) => {
        const lines = records.map(([text, more], id) => [id, quoted(text), quoted(more)].join(","));
        const path = await folder.write("a.csv", lines.join(lineEnd) + (endsWithLineEnd ? lineEnd : ""));
        const options = { blockBytes, workers: 1, header: "absent" } as const;
        const blocks = await readBlocks([path], columns, options);
        const expected = records.map(([text, more], id) => ({ id: BigInt(id), text, more }));
        expect(rowsOf(columns, blocks)).toEqual(expected);
        // Ranges follow one another without a gap.
        expect(blocks.slice(1).map(({ range }) => range.start)).toEqual(
          blocks.slice(0, -1).map(({ range }) => range.end),
        );
      },
    ),
    { numRuns: 300 },
  );
});

/** Text that looks like rows inside quotes, so that a cut inside it is taken for a record's start. */
const trap = "1,x,y\n2,x,y\n3,x,y\n4,x,y\n5,x,y\n".repeat(40);

it.each([2, 4])("makes the same blocks with %i workers as with one, byte for byte", async (workers) => {
  await using folder = await scratch();
  let text = "id,text,more\n";
  for (let id = 0; id < 30_000; id += 1) {
    text +=
      id % 900 === 0 ? `${id},${quoted(trap)},z\n` : `${id},"line ${id}\nand more",${"m".repeat(id % 50)}\n`;
  }
  const path = await folder.write("a.csv", text);
  const options = { blockBytes: 60_000 };
  const alone = await readBlocks([path], columns, { ...options, workers: 1 });
  const together = await readBlocks([path], columns, { ...options, workers });
  expect(alone.length).toBeGreaterThan(20);
  expect(together).toEqual(alone);
});

it("keeps a record that is larger than many blocks in one piece", async () => {
  await using folder = await scratch();
  const large = "large\n".repeat(50_000);
  const path = await folder.write("a.csv", `1,a,b\n2,${quoted(large)},b\n3,a,b\n`);
  for (const workers of [1, 3]) {
    const blocks = await readBlocks([path], columns, { blockBytes: 5000, workers, header: "absent" });
    expect(rowsOf(columns, blocks)).toEqual([
      { id: 1n, text: "a", more: "b" },
      { id: 2n, text: large, more: "b" },
      { id: 3n, text: "a", more: "b" },
    ]);
  }
});

it("cuts JSON lines at any line", async () => {
  await using folder = await scratch();
  const records = Array.from({ length: 5000 }, (_, id) => ({ id, text: `{"id":${id}}\n`, more: null }));
  const path = await folder.write("a.jsonl", records.map((record) => JSON.stringify(record)).join("\n"));
  const alone = await readBlocks([path], columns, { blockBytes: 9000, workers: 1 });
  const together = await readBlocks([path], columns, { blockBytes: 9000, workers: 3 });
  expect(alone.length).toBeGreaterThan(10);
  expect(together).toEqual(alone);
  expect(rowsOf(columns, together)).toEqual(records.map((record) => ({ ...record, id: BigInt(record.id) })));
});

it("reads files whose records end with CR, or with something of their own", async () => {
  await using folder = await scratch();
  const rows = Array.from({ length: 3000 }, (_, id) => [id, `t${id}`, "m"]);
  const expected = rows.map(([id, text, more]) => ({ id: BigInt(id!), text, more }));
  const cr = await folder.write("cr.csv", rows.map((row) => row.join(",")).join("\r"));
  const own = await folder.write("own.csv", rows.map((row) => row.join("|^|")).join("<>\n<>"));
  const options = { blockBytes: 4000, workers: 2, header: "absent" } as const;
  expect(rowsOf(columns, await readBlocks([cr], columns, options))).toEqual(expected);
  const dialect = { delimiter: "|^|", recordDelimiter: "<>\n<>", quote: null };
  expect(rowsOf(columns, await readBlocks([own], columns, { ...options, dialect }))).toEqual(expected);
});

it("makes no block of a file without rows", async () => {
  await using folder = await scratch();
  const empty = await folder.write("empty.csv", "");
  const header = await folder.write("header.csv", "id,text,more\n");
  const blank = await folder.write("blank.csv", "\n\n\r\n");
  for (const workers of [1, 2]) {
    for (const path of [empty, header, blank]) {
      expect(await readBlocks([path], columns, { workers })).toEqual([]);
    }
  }
});
