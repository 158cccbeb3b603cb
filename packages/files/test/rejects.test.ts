import { rejection } from "@maxcompute-tunnel/testkit";
import { describe, expect, it } from "vitest";
import { type FileReject, isFilesError } from "../src/index.ts";
import { readBlocks, rowsOf, scratch } from "./support.ts";

const columns = [
  { name: "id", type: "bigint", nullable: false },
  { name: "day", type: "date" },
];
const good = (id: number): string => `${id},2024-02-0${1 + (id % 9)}\n`;

describe.each([1, 3])("with %i workers", (workers) => {
  it("tells of every record left out: file, line, record, offset, column, reason and text", async () => {
    await using folder = await scratch();
    const text = `id,day\n1,2024-02-30\n"2","2024-\n02-01"\n3,2024-02-03\n,2024-01-01\n5,2024-01-01,x\n6,\n`;
    const path = await folder.write("a.csv", text);
    const rejects: FileReject[] = [];
    const options = { workers, maxRejects: 10, onReject: (reject: FileReject) => void rejects.push(reject) };
    const blocks = await readBlocks([{ path, name: "a.csv" }], columns, options);
    expect(rowsOf(columns, blocks)).toEqual([
      { id: 3n, day: "2024-02-03" },
      { id: 6n, day: null },
    ]);
    expect(blocks.map(({ rejected }) => rejected)).toEqual([4]);
    expect(rejects.map(({ reason, ...reject }) => [reject, reason.length > 0])).toEqual(
      [
        {
          file: "a.csv",
          line: 2,
          character: 3,
          record: 0,
          byteOffset: 9,
          column: "day",
          raw: "1,2024-02-30",
          value: '"2024-02-30"',
        },
        {
          file: "a.csv",
          line: 3,
          character: 5,
          record: 1,
          byteOffset: 24,
          column: "day",
          raw: '"2","2024-\n02-01"',
          value: '"2024-\\n02-01"',
        },
        {
          file: "a.csv",
          line: 6,
          character: 1,
          record: 3,
          byteOffset: 51,
          column: "id",
          raw: ",2024-01-01",
          value: expect.any(String),
        },
        {
          file: "a.csv",
          line: 7,
          character: 14,
          record: 4,
          byteOffset: 76,
          column: undefined,
          raw: "5,2024-01-01,x",
          value: expect.any(String),
        },
      ].map((reject) => [{ ...reject, code: expect.any(String) }, true]),
    );
  });

  it("numbers lines and records across ranges and files, also in streams", async () => {
    await using folder = await scratch();
    let text = "";
    const bad: number[] = [];
    for (let line = 1; line <= 4000; line += 1) {
      if (line % 500 === 3) bad.push(line);
      text += line % 500 === 3 ? `${line},never\n` : good(line);
    }
    const plain = await folder.write("plain.csv", text);
    const utf16 = await folder.write("wide.csv", Buffer.from(`\ufeff${text}`, "utf16le"));
    const seen: unknown[] = [];
    const blocks = await readBlocks([plain, utf16], columns, {
      workers,
      header: "absent",
      blockBytes: 8000,
      maxRejects: 100,
      onReject: ({ file, line, record, raw }) => seen.push([file, line, record, raw]),
    });
    expect(blocks.length).toBeGreaterThan(8);
    expect(seen).toEqual(
      [plain, utf16].flatMap((file) => bad.map((line) => [file, line, line - 1, `${line},never`])),
    );
    expect(blocks.reduce((total, { rejected }) => total + rejected, 0)).toBe(2 * bad.length);
  });

  it("stops at the first reject above the limit of the whole load, and says which", async () => {
    await using folder = await scratch();
    const text = Array.from({ length: 2000 }, (_, id) => (id % 100 === 99 ? "x,\n" : good(id))).join("");
    const [one, two] = [await folder.write("1.csv", text), await folder.write("2.csv", text)];
    const stopOf = async (maxRejects: number | `${number}%`): Promise<unknown> => {
      const seen: number[] = [];
      const options = { workers, header: "absent", blockBytes: 4000, maxRejects } as const;
      const reading = readBlocks([one, two], columns, {
        ...options,
        onReject: ({ line }) => void seen.push(line!),
      });
      const error = await rejection(reading, isFilesError);
      return [error.code, error.position?.file, error.position?.line, seen.length];
    };
    expect(await stopOf(0)).toEqual(["bad-record", one, 100, 1]);
    expect(await stopOf(25)).toEqual(["too-many-rejects", two, 600, 26]);
    expect(await stopOf(39)).toEqual(["too-many-rejects", two, 2000, 40]);
    const share = await rejection(
      readBlocks([one, two], columns, { workers, header: "absent", maxRejects: "0.99%" }),
      isFilesError,
    );
    expect([share.code, share.message]).toEqual([
      "too-many-rejects",
      "40 of 4000 records were rejected, which is more than 0.99%.",
    ]);
    const enough = await readBlocks([one, two], columns, { workers, header: "absent", maxRejects: "1%" });
    expect(enough.reduce((total, { rows }) => total + rows, 0)).toBe(3960);
  });

  it("says where a quote is that nobody closes", async () => {
    await using folder = await scratch();
    const path = await folder.write("a.csv", `1,2024-01-01\n2,"2024-01-01\n${good(3).repeat(2000)}`);
    const options = { workers, header: "absent", blockBytes: 5000 } as const;
    const error = await rejection(readBlocks([path], columns, options), isFilesError);
    expect([error.code, error.position?.line, error.position?.byteOffset]).toEqual(["bad-record", 2, 15]);
  });
});

it("rejects JSON that is none, keys that are no columns, and values that do not fit", async () => {
  await using folder = await scratch();
  const lines = [
    '{"id":1,"day":"2024-02-03"}',
    '{"ID":2}',
    '{"id":3,"Day":"never"}',
    '{"id":4',
    '{"id":5,"dya":"2024-01-01"}',
    "[6]",
    "",
    '{"day":"2024-01-01"}',
    '{"id":8,"id":9}',
    '{"id":99999999999999999999}',
  ];
  const path = await folder.write("a.jsonl", lines.join("\n"));
  const seen: unknown[] = [];
  const blocks = await readBlocks([path], columns, {
    maxRejects: 10,
    onReject: ({ line, record, column, code, raw }) => seen.push([line, record, column, code, raw]),
  });
  expect(rowsOf(columns, blocks)).toEqual([
    { id: 1n, day: "2024-02-03" },
    { id: 2n, day: null },
  ]);
  expect(seen).toEqual([
    [3, 2, "day", "invalid-text", lines[2]],
    [4, 3, undefined, "invalid-text", lines[3]],
    [5, 4, undefined, "unknown-property", lines[4]],
    [6, 5, undefined, "invalid-text", lines[5]],
    [8, 6, "id", "null-not-allowed", lines[7]],
    [9, 7, undefined, "invalid-text", lines[8]],
    [10, 8, "id", "out-of-range", lines[9]],
  ]);
});
