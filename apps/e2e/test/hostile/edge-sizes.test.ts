import { decodeRecords, encodeRecords } from "@maxcompute-tunnel/codec";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collect } from "../support/collect.ts";
import { type ServedTables, serveTables } from "../support/served-tables.ts";

const largestField = 8 * 1024 * 1024;

let served: ServedTables;
let emulator: ServedTables["emulator"];
let tunnel: ServedTables["tunnel"];
beforeAll(async () => {
  served = await serveTables([
    "create table huge (id bigint, a string, b string)",
    "create table empty (id bigint)",
    "create table proto (id bigint, `__proto__` string, `constructor` string)",
  ]);
  ({ emulator, tunnel } = served);
});
afterAll(() => served[Symbol.asyncDispose]());

describe("rows larger than a block", () => {
  it("go one to a block, with fields of 8 MiB, and come back as they were", async () => {
    const full = "x".repeat(largestField);
    const session = await tunnel.createUploadSession("huge");
    const writer = session.openBufferedWriter({ blockBytes: 4096, parallel: 1 });
    for (const id of [0n, 1n]) await writer.write({ id, a: full, b: full });
    const { blocks, blockIds } = await writer.close();
    expect(blocks.map(({ rows }) => rows)).toEqual([1, 1]);
    await session.commit(blockIds);
    const rows = await collect((await tunnel.createDownloadSession("huge")).rows());
    expect(rows.map(({ id, a, b }) => [id, a === full, b === full])).toEqual([
      [0n, true, true],
      [1n, true, true],
    ]);
  });

  it("are refused with a field of 8 MiB and a byte, before it is sent, and the others are kept", async () => {
    const session = await tunnel.createUploadSession("huge");
    const writer = session.openBufferedWriter();
    await writer.write({ id: 2n });
    const act = async () => await writer.write({ id: 3n, a: "x".repeat(largestField + 1) });
    await expect(act()).rejects.toThrow(/row 1, column a: .*8388608/);
    expect((await writer.close()).rows).toBe(1);
  });
});

describe("an upload without rows", () => {
  it("commits, and the table is as it was", async () => {
    const first = await tunnel.createUploadSession("empty");
    const writer = first.openBufferedWriter();
    await writer.write({ id: 1n });
    await first.commit((await writer.close()).blockIds);

    const second = await tunnel.createUploadSession("empty");
    const { blockIds } = await second.openBufferedWriter().close();
    expect(blockIds).toEqual([]);
    await second.commit(blockIds);
    expect(await second.getStatus()).toBe("CLOSED");
    expect(await emulator.readRows("empty")).toEqual([{ id: 1n }]);
  });

  it("of one block without rows leaves it as it was, too", async () => {
    const session = await tunnel.createUploadSession("empty");
    await (await session.openRecordWriter(0)).close();
    await session.commit([0]);
    expect(await emulator.readRows("empty")).toEqual([{ id: 1n }]);
  });
});

describe("columns named as members of every object", () => {
  it("are columns like any other, there and back, and change no prototype", async () => {
    const row = Object.fromEntries([
      ["id", 1n],
      ["__proto__", "p"],
      ["constructor", "c"],
    ]);
    const session = await tunnel.createUploadSession("proto");
    const writer = session.openBufferedWriter();
    await writer.write(row);
    // A row without such a property of its own has none: that of its prototype is no value.
    await writer.write({ id: 2n });
    await session.commit((await writer.close()).blockIds);
    const rows = await collect((await tunnel.createDownloadSession("proto")).rows());
    expect(rows.map((read) => Object.entries(read))).toEqual([
      [
        ["id", 1n],
        ["__proto__", "p"],
        ["constructor", "c"],
      ],
      [
        ["id", 2n],
        ["__proto__", null],
        ["constructor", null],
      ],
    ]);
    expect(rows.map((read) => Object.getPrototypeOf(read))).toEqual([Object.prototype, Object.prototype]);
  });
});

describe("a struct of 100,000 fields", () => {
  const structOf = (names: readonly string[]) => `struct<${names.map((name) => `${name}:int`).join(",")}>`;

  it("is uploaded and read back, value for value", { timeout: 120_000 }, async () => {
    const names = Array.from({ length: 100_000 }, (_, index) => `f${index.toString(36)}`);
    await emulator.createTable(`create table wide (s ${structOf(names)})`);
    const s = Object.fromEntries(names.map((name, index) => [name, index]));
    const session = await tunnel.createUploadSession("wide");
    const writer = session.openBufferedWriter();
    await writer.write({ s });
    await session.commit((await writer.close()).blockIds);
    const [row] = await collect((await tunnel.createDownloadSession("wide")).rows());
    expect(Object.entries(row?.["s"] as object)).toEqual(Object.entries(s));
  });

  it("is refused with its length where it is longer than types may be", () => {
    const type = structOf(Array.from({ length: 100_000 }, (_, index) => `field${index}`));
    expect(() => encodeRecords([{ name: "s", type }], [])).toThrow(
      `column s: Expected at most 1048576 characters of type, got ${type.length}`,
    );
  });
});

describe("a record larger than may be", () => {
  it("is refused with the limit, written or read", () => {
    const columns = Array.from({ length: 26 }, (_, index) => ({ name: `c${index}`, type: "string" }));
    const field = "x".repeat(largestField);
    const row = Object.fromEntries(columns.map(({ name }) => [name, field]));
    expect(() => encodeRecords(columns, [row])).toThrow(
      "row 0: Expected a record of at most 209715200 bytes",
    );
    const two = ["a", "b"].map((name) => ({ name, type: "string" }));
    const small = encodeRecords(two, [{ a: "x".repeat(600), b: "x".repeat(600) }]);
    expect(() => decodeRecords(two, small, { maxRecordBytes: 999 })).toThrow(
      /^row 0, column b, byte \d+: Expected a length of at most 393, got 600$/,
    );
  });
});
