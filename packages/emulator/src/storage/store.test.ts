import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAdjustableClock } from "../clock.ts";
import type { NewTable } from "./change.ts";
import { nodeFileSystem } from "./file-system.ts";
import { snapshotChanges } from "./snapshot.ts";
import { findTable, type State } from "./state.ts";
import { openStore, type Store } from "./store.ts";

let directory: string;
const clock = createAdjustableClock();
const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "store-test-"));
});
afterEach(() => rm(directory, { recursive: true }));

const open = (compactAtBytes?: number): Promise<Store> =>
  openStore({
    directory,
    fileSystem: nodeFileSystem,
    clock,
    logger,
    ...(compactAtBytes === undefined ? {} : { compactAtBytes }),
  });

const table: NewTable = {
  id: "table-1",
  project: "p",
  schema: "default",
  table: "t",
  owner: "me",
  comment: "of all kinds",
  columns: [{ name: "id", type: "bigint", nullable: true, comment: "" }],
  partitionKeys: [{ name: "pt", type: "string", nullable: true, comment: "" }],
  lifecycleDays: 3,
  primaryKey: [],
  properties: { a: "b" },
};

/** Stores a block file of a few bytes and puts it into a session. */
async function storeBlock(store: Store, uploadId: string, blockId: number, recordCount = 1): Promise<string> {
  const writer = await store.blocks.create();
  await writer.write(Buffer.from("rows"));
  const file = await writer.finish();
  const facts = { byteLength: 4, recordBytes: 2, checksum: 7, plain: true, storedAt: clock.now() };
  await store.submit({ kind: "store-block", uploadId, block: { blockId, file, recordCount, ...facts } });
  return file;
}

/** A store with something of every kind in it. */
async function fill(store: Store): Promise<void> {
  const at = clock.now();
  await store.submit({ kind: "create-project", at, project: "p", owner: "me", comment: "c" });
  await store.submit({ kind: "create-schema", at, project: "p", schema: "s", comment: "" });
  await store.submit({ kind: "create-table", at, table });
  await store.submit({
    kind: "create-table",
    at,
    table: { ...table, id: "table-2", schema: "s", partitionKeys: [] },
  });
  const partitions = [["a"], ["b/c,d"]];
  await store.submit({ kind: "add-partitions", at, tableId: "table-1", partitions, ifNotExists: false });
  const columns = [{ name: "more", type: "string", nullable: true, comment: "", defaultValue: "'x'" }];
  await store.submit({ kind: "add-columns", at, tableId: "table-1", columns });
  for (const [id, tableId, partition] of [
    ["done", "table-1", ["a"]],
    ["open", "table-1", ["a"]],
    ["plain", "table-2", []],
  ] as const) {
    await store.submit({ kind: "create-upload", at, id, tableId, partition, overwrite: id === "open" });
    await storeBlock(store, id, 5);
    await storeBlock(store, id, 2, 10);
    await storeBlock(store, id, 2, 20);
  }
  await store.submit({ kind: "commit-upload", at, uploadId: "done" });
  await store.submit({ kind: "commit-upload", at, uploadId: "plain" });
  await store.submit({ kind: "create-download", at, id: "reading", tableId: "table-1", partition: ["a"] });
  const task = { name: "n", query: "q", properties: [["k", "v"]] as const, startedAt: at, endedAt: at };
  const outcome = { kind: "failure", message: "m" } as const;
  const tasks = [{ ...task, outcome }];
  const instance = { id: "i", project: "p", owner: "me", priority: 9, startedAt: at, endedAt: at, tasks };
  await store.submit({ kind: "record-instance", instance });
}

/** State as plain data; maps become lists of pairs. */
function plain(state: State): unknown {
  return JSON.parse(
    JSON.stringify(state, (_, value) =>
      value instanceof Map ? [...value].sort(([a], [b]) => (a < b ? -1 : 1)) : value,
    ),
  );
}

describe("a store", () => {
  it("comes back as it was", async () => {
    const first = await open();
    await fill(first);
    const before = plain(first.state);
    await first.close();
    const second = await open();
    expect(plain(second.state)).toEqual(before);
    await second.close();
  });

  it("comes back as it was from a compacted journal", async () => {
    const first = await open(1);
    await fill(first);
    const before = plain(first.state);
    await first.close();
    const journal = await readFile(join(directory, "journal.jsonl"), "utf8");
    expect(journal).toContain('"restore-table"');
    const second = await open();
    expect(plain(second.state)).toEqual(before);
    expect([...snapshotChanges(second.state)].length).toBeGreaterThan(10);
    await second.close();
  });

  it("keeps the files that have an owner and removes all others on opening", async () => {
    const first = await open();
    await fill(first);
    const wanted = [...first.state.files.keys()].map((file) => `${file}.block`).sort();
    await first.close();
    const blocks = join(directory, "blocks");
    expect((await readdir(blocks)).sort()).toEqual(wanted);
    await writeFile(join(blocks, "0123.part"), "half");
    await writeFile(join(blocks, "4567.block"), "never acknowledged");
    const second = await open();
    expect((await readdir(blocks)).sort()).toEqual(wanted);
    await second.close();
  });

  it("frees a file when its last owner goes, and not before", async () => {
    const store = await open();
    await fill(store);
    const files = async (): Promise<number> => {
      await store.blocks.settle();
      return (await readdir(join(directory, "blocks"))).length;
    };
    expect(await files()).toBe(6);
    // The download session still reads what the table held.
    await store.submit({ kind: "truncate-table", at: clock.now(), tableId: "table-1" });
    expect(await files()).toBe(6);
    clock.advance(24 * 3_600_000);
    await store.submit({ kind: "sweep", at: clock.now() });
    expect(await files()).toBe(2);
    await store.submit({ kind: "drop-table", tableId: "table-2" });
    expect(await files()).toBe(0);
    await store.close();
  });

  it("refuses what its state does not allow, and is as it was", async () => {
    const store = await open();
    await fill(store);
    const before = plain(store.state);
    const at = clock.now();
    await expect(store.submit({ kind: "create-table", at, table })).rejects.toMatchObject({
      code: "ObjectAlreadyExists",
    });
    await expect(store.submit({ kind: "commit-upload", at, uploadId: "done" })).rejects.toMatchObject({
      code: "StatusConflict",
    });
    const partitions = [["new"], ["a"]];
    await expect(
      store.submit({ kind: "add-partitions", at, tableId: "table-1", partitions, ifNotExists: false }),
    ).rejects.toMatchObject({ code: "ObjectAlreadyExists" });
    await expect(
      store.submit({ kind: "drop-partitions", at, tableId: "table-1", partitions, ifExists: false }),
    ).rejects.toMatchObject({ code: "NoSuchPartition" });
    expect(plain(store.state)).toEqual(before);
    await store.close();
  });

  it("does not open a directory that lacks a block file", async () => {
    const first = await open();
    await fill(first);
    await first.close();
    const [name = ""] = await readdir(join(directory, "blocks"));
    await rm(join(directory, "blocks", name));
    await expect(open()).rejects.toMatchObject({
      name: "EmulatorError",
      code: "data-directory-unusable",
      message: `Data directory ${directory} lacks 1 block files, such as ${name}`,
    });
    // The lock is let go, so that the next attempt gets as far.
    await expect(open()).rejects.toMatchObject({ code: "data-directory-unusable" });
  });

  it("does not open a directory that cannot be one", async () => {
    const path = join(directory, "file");
    await writeFile(path, "");
    await expect(
      openStore({ directory: path, fileSystem: nodeFileSystem, clock, logger }),
    ).rejects.toMatchObject({
      code: "data-directory-unusable",
    });
  });

  it("lets one opener in at a time, and takes over from one that died", async () => {
    const first = await open();
    await expect(open()).rejects.toMatchObject({ code: "data-directory-busy" });
    await first.close();
    // A process id that exists, with another start than the one that held the lock.
    await writeFile(join(directory, "lock.0123"), JSON.stringify({ pid: process.pid, startedAt: "1" }));
    const second = await open();
    expect(findTableCount(second)).toBe(0);
    await second.close();
  });
});

function findTableCount({ state }: Store): number {
  expect(() => findTable(state, { project: "p", schema: "default", table: "t" })).toThrow(
    "Project not found",
  );
  return state.tables.size;
}
