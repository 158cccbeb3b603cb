import { execFile } from "node:child_process";
import { mkdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { rejection, typeStripping } from "@maxcompute-tunnel/testkit";
import { describe, expect, it } from "vitest";
import { isFilesError, openFileSource } from "../src/index.ts";
import { readBlocks, request, rowsOf, scratch } from "./support.ts";

const columns = [
  { name: "id", type: "bigint" },
  { name: "text", type: "string" },
];
const row = (id: number, text: string): unknown => ({ id: BigInt(id), text });

describe("finding", () => {
  it("takes directories to any depth, in the order of names, without hidden files", async () => {
    await using folder = await scratch();
    await mkdir(join(folder.path, "b", "deep"), { recursive: true });
    await folder.write("b/deep/2.csv", "2,two");
    await folder.write("b/1.csv", "1,one");
    await folder.write("b/.hidden.csv", "9,nine");
    await folder.write("a.csv", "0,zero");
    const options = { cwd: folder.path, header: "absent" } as const;
    await using source = await openFileSource(["b", "a.csv"], options);
    expect(source.fingerprint.map(({ name }) => name)).toEqual(["b/1.csv", "b/deep/2.csv", "a.csv"]);
    expect(rowsOf(columns, await readBlocks(["b", "a.csv"], columns, options))).toEqual([
      row(1, "one"),
      row(2, "two"),
      row(0, "zero"),
    ]);
  });

  it("takes patterns, include and exclude, and nothing twice", async () => {
    await using folder = await scratch();
    await mkdir(join(folder.path, "in"));
    for (const name of ["in/a.csv", "in/b.csv", "in/b.csv.bak", "in/c[1].csv"])
      await folder.write(name, "1,x");
    const names = async (inputs: string[], more: object = {}): Promise<unknown> => {
      const source = await openFileSource(inputs, { cwd: folder.path, ...more });
      return source.fingerprint.map(({ name }) => name);
    };
    expect(await names(["in/*.csv"])).toEqual(["in/a.csv", "in/b.csv", "in/c[1].csv"]);
    expect(await names(["in/b.csv", "in/*.csv"])).toEqual(["in/b.csv", "in/a.csv", "in/c[1].csv"]);
    expect(await names(["in"], { include: ["*.csv"], exclude: ["b*"] })).toEqual(["in/a.csv", "in/c[1].csv"]);
    expect(await names(["in/*"], { include: ["*.bak"] })).toEqual(["in/b.csv.bak"]);
    // It is there, so it is no pattern.
    expect(await names(["in/c[1].csv"])).toEqual(["in/c[1].csv"]);
    for (const missing of ["none.csv", "in/*.tsv", "in/a.csv/x"]) {
      const error = await rejection(names([missing]), isFilesError);
      expect(error.code).toBe("file-not-found");
      expect(String(error)).toContain(missing);
    }
  });

  it("recognises an input by size, time and its ends", async () => {
    await using folder = await scratch();
    const path = await folder.write("a.csv", "1,x");
    await utimes(path, 1_000_000, 1_000_000);
    const fingerprintOf = async (): Promise<unknown> => (await openFileSource([path])).fingerprint;
    const before = await fingerprintOf();
    expect(before).toEqual([
      {
        name: path,
        size: 3,
        modifiedMs: 1_000_000_000,
        digest: "sha256-of-ends:2ce33e350c23d4a89fa1e86bb103bac156785f0a6888548507c300dd9a5377e9",
      },
    ]);
  });
});

describe("packed files", () => {
  const text = Array.from({ length: 5000 }, (_, id) => `${id},row ${id}\n`).join("");
  const expected = Array.from({ length: 5000 }, (_, id) => row(id, `row ${id}`));

  it.each([1, 2])("are unpacked, several parts in one file too, with %i workers", async (workers) => {
    await using folder = await scratch();
    const half = text.indexOf("2500,");
    const parts = [text.slice(0, half), text.slice(half)].map((part) => Buffer.from(part));
    const gz = await folder.write("a.csv.gz", Buffer.concat(parts.map((part) => gzipSync(part))));
    const zst = await folder.write("b.csv.zst", Buffer.concat(parts.map((part) => zstdCompressSync(part))));
    const plain = await folder.write("c.csv", text);
    const options = { workers, blockBytes: 20_000, header: "absent" } as const;
    for (const path of [gz, zst, plain]) {
      const blocks = await readBlocks([path], columns, options);
      expect(blocks.length).toBeGreaterThan(2);
      expect(rowsOf(columns, blocks)).toEqual(expected);
    }
    const together = await readBlocks([gz, plain, zst], columns, options);
    for (const input of [0, 1, 2]) {
      const own = together.filter(({ range }) => range.input === input);
      expect(rowsOf(columns, own)).toEqual(expected);
    }
  });

  it("say that they are damaged, or packed in a way that is not read", async () => {
    await using folder = await scratch();
    const gz = gzipSync(Buffer.from(text));
    const cut = await folder.write("cut.csv.gz", gz.subarray(0, gz.length - 20));
    const zst = zstdCompressSync(Buffer.from(text));
    const cutToo = await folder.write("cut.csv.zst", zst.subarray(0, zst.length - 20));
    const more = await folder.write("more.csv.zst", Buffer.concat([zst, Buffer.from("more")]));
    const zip = await folder.write("a.csv", Buffer.from("PK\u0003\u0004rest"));
    const codeOf = async (path: string): Promise<unknown> => {
      const error = await rejection(readBlocks([path], columns), isFilesError);
      return [error.code, error.position?.file];
    };
    for (const path of [cut, cutToo, more, zip])
      expect(await codeOf(path)).toEqual(["bad-compression", path]);
  });
});

describe("encodings", () => {
  /** Bytes from iconv: 1,你好世界 and 2,€uro end of line. */
  const gb18030 = Buffer.from("312cc4e3bac3cac0bde70a322ca2e375726f0a", "hex");
  const rows = [row(1, "你好世界"), row(2, "€uro")];
  const options = { header: "absent" } as const;

  it.each([1, 2])("become UTF-8, with %i workers", async (workers) => {
    await using folder = await scratch();
    const text = "1,你好世界\n2,€uro\n";
    const swapped = Buffer.from(`\ufeff${text}`, "utf16le").swap16();
    const files = [
      { path: await folder.write("gb.csv", gb18030), encoding: "GB18030" },
      { path: await folder.write("le.csv", Buffer.from(`\ufeff${text}`, "utf16le")), encoding: "auto" },
      { path: await folder.write("be.csv", swapped), encoding: "auto" },
      { path: await folder.write("bom.csv", `\ufeff${text}`), encoding: "auto" },
      { path: await folder.write("utf8.csv", text), encoding: "utf-8" },
    ];
    for (const { path, encoding } of files) {
      const blocks = await readBlocks([path], columns, { ...options, workers, encoding });
      expect(rowsOf(columns, blocks)).toEqual(rows);
    }
  });

  it("keep characters whole wherever a piece ends", async () => {
    await using folder = await scratch();
    const text = `1,${"你好😀".repeat(100_000)}\n2,x\n`;
    const path = await folder.write("a.csv", Buffer.from(`\ufeff${text}`, "utf16le"));
    const blocks = await readBlocks([path], columns, options);
    expect(rowsOf(columns, blocks)).toEqual([row(1, "你好😀".repeat(100_000)), row(2, "x")]);
  });

  it("are refused at the byte where they are broken", async () => {
    await using folder = await scratch();
    const broken = Buffer.concat([gb18030, Buffer.from([0x33, 0x2c, 0xc4, 0xe3, 0xff, 0x0a])]);
    const cases = [
      { path: await folder.write("gb.csv", broken), encoding: "gb18030", at: gb18030.length + 4 },
      {
        path: await folder.write("le.csv", Buffer.from("fffe3100 2c00 00dc 0a00".replaceAll(" ", ""), "hex")),
        encoding: "auto",
        at: 6,
      },
    ];
    for (const { path, encoding, at } of cases) {
      const error = await rejection(readBlocks([path], columns, { ...options, encoding }), isFilesError);
      expect([error.code, error.position]).toEqual(["invalid-encoding", { file: path, byteOffset: at }]);
    }
    const unknown = await rejection(
      readBlocks([cases[0]!.path], columns, { encoding: "klingon" }),
      isFilesError,
    );
    expect(unknown.code).toBe("invalid-option");
  });

  it("in UTF-8, reject the row that holds what is none", async () => {
    await using folder = await scratch();
    const path = await folder.write("a.csv", Buffer.from("312c61ff0a322c620a", "hex"));
    const rejects: unknown[] = [];
    const blocks = await readBlocks([path], columns, {
      ...options,
      maxRejects: 1,
      onReject: ({ line, byteOffset, column }) => rejects.push({ line, byteOffset, column }),
    });
    expect(rowsOf(columns, blocks)).toEqual([row(2, "b")]);
    expect(rejects).toEqual([{ line: 1, byteOffset: 2, column: "text" }]);
  });
});

describe("pipes", () => {
  it.each([1, 2])("are read once, packed or not, with %i workers", async (workers) => {
    await using folder = await scratch();
    const script = `
      import { readBlocks, rowsOf } from ${JSON.stringify(new URL("./support.ts", import.meta.url).href)};
      const columns = ${JSON.stringify(columns)};
      const options = { workers: ${workers}, format: "csv", blockBytes: 20000 };
      const blocks = await readBlocks(["-"], columns, options);
      const rows = rowsOf(columns, blocks);
      console.log(blocks.length > 1, rows.length, rows.at(-1).text);`;
    const file = await folder.write("read.ts", script);
    let text = "id,text\n";
    for (let id = 0; id < 20_000; id += 1) text += `${id},"row\n${id}"\n`;
    for (const bytes of [Buffer.from(text), gzipSync(Buffer.from(text))]) {
      const running = promisify(execFile)(process.execPath, [...typeStripping, file]);
      running.child.stdin!.end(bytes);
      expect((await running).stdout).toBe("true 20000 row\n19999\n");
    }
  });

  it("are not read a second time: what is left must not pass for all", async () => {
    await using folder = await scratch();
    const path = join(folder.path, "pipe.csv");
    await promisify(execFile)("mkfifo", [path]);
    await using source = await openFileSource([path], { workers: 1, header: "absent" });
    const writing = writeFile(path, "1,a\n2,b\n");
    let rows = 0;
    for await (const block of source.blocks(request(columns))) rows += block.rows;
    await writing;
    expect(rows).toBe(2);
    const again = source.blocks(request(columns))[Symbol.asyncIterator]().next();
    const error = await rejection(again, isFilesError);
    expect(error).toMatchObject({ code: "read-once" });
    expect(error.message).toBe(
      `${path}: The upload needs its rows a second time, and a pipe is read once; nothing was committed`,
    );
  });

  it("that are silent do not keep an abort waiting", async () => {
    await using folder = await scratch();
    const path = join(folder.path, "pipe.csv");
    await promisify(execFile)("mkfifo", [path]);
    for (const workers of [1, 2]) {
      await using source = await openFileSource([path], { workers });
      const abort = new AbortController();
      const reading = source
        .blocks(request(columns, { signal: abort.signal }))
        [Symbol.asyncIterator]()
        .next();
      setImmediate(() => abort.abort(new Error("enough")));
      await expect(reading).rejects.toThrow("enough");
    }
  });
});

it("refuses a file that changes while it is read", async () => {
  await using folder = await scratch();
  const path = await folder.write("a.csv", "1,x\n".repeat(100_000));
  for (const workers of [1, 2]) {
    const source = await openFileSource([path], {
      workers,
      blockBytes: 10_000,
      memoryBytes: 1,
      header: "absent",
    });
    const blocks = source.blocks(request(columns))[Symbol.asyncIterator]();
    await blocks.next();
    await folder.write("a.csv", "1,y\n".repeat(100_001));
    const error = await rejection(
      (async () => {
        while (!(await blocks.next()).done);
      })(),
      isFilesError,
    );
    expect([error.code, error.position]).toEqual(["file-changed", { file: path }]);
    await source.close();
    await folder.write("a.csv", "1,x\n".repeat(100_000));
  }
});

it("takes records with any number of fields when told to, whatever the number of workers", async () => {
  await using folder = await scratch();
  const columns = [
    { name: "a", type: "string" },
    { name: "b", type: "string" },
  ];
  const text = "1\n2,x\n3,y,z\n".repeat(2000);
  const path = await folder.write("loose.csv", text);
  for (const workers of [1, 3]) {
    const blocks = await readBlocks([path], columns, { workers, fieldCount: "any", blockBytes: 4000 });
    expect(blocks.length).toBeGreaterThan(4);
    expect(rowsOf(columns, blocks)).toEqual(
      Array.from({ length: 2000 }, () => [
        { a: "1", b: null },
        { a: "2", b: "x" },
        { a: "3", b: "y" },
      ]).flat(),
    );
  }
});
