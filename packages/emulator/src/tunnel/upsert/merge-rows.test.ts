import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAdjustableClock } from "../../clock.ts";
import { nodeFileSystem } from "../../storage/file-system.ts";
import type { Segment, Table } from "../../storage/state.ts";
import { openStore, type Store } from "../../storage/store.ts";
import { readAllRows } from "../read-rows.ts";
import { mergeRows } from "./merge-rows.ts";

let directory: string;
let store: Store;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "merge-rows-test-"));
  const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
  store = await openStore({ directory, fileSystem: nodeFileSystem, clock: createAdjustableClock(), logger });
});
afterEach(async () => {
  await store.close();
  await rm(directory, { recursive: true });
});

const columns = [
  { name: "id", type: "bigint", nullable: false, comment: "" },
  { name: "name", type: "string", nullable: true, comment: "" },
];
const table = {
  name: "t",
  columns,
  primaryKey: ["id"],
  properties: { "write.bucket.num": "3" },
} as unknown as Table;

async function* batches(...rows: (readonly [bigint | null, string | null])[]): AsyncGenerator<typeof rows> {
  yield rows.slice(0, 2);
  yield rows.slice(2);
}

const merge = (rows: AsyncIterable<readonly (readonly unknown[])[]>, segments: readonly Segment[] = []) =>
  mergeRows(rows, segments, { table, blocks: store.blocks, signal: new AbortController().signal });

async function stored(segments: readonly Segment[]): Promise<unknown[]> {
  const rows: (readonly unknown[])[] = [];
  for await (const batch of readAllRows({ segments, columns }, store.blocks)) {
    rows.push(...batch);
  }
  return rows.sort(([a], [b]) => Number((a as bigint) - (b as bigint)));
}

describe("rows that are merged into a table with a primary key", () => {
  it("take the place of those with their key, the last of several", async () => {
    const first = await merge(batches([1n, "a"], [2n, "b"], [3n, null], [1n, "again"]));
    expect(await stored(first.segments)).toEqual([
      [1n, "again"],
      [2n, "b"],
      [3n, null],
    ]);
    const second = await merge(batches([2n, "c"], [4n, "d"]), first.segments);
    expect(await stored(second.segments)).toEqual([
      [1n, "again"],
      [2n, "c"],
      [3n, null],
      [4n, "d"],
    ]);
    expect(second.segments.every(({ bucket }) => bucket?.of === 3)).toBe(true);
  });

  it("leave nothing behind when a key is NULL", async () => {
    await expect(merge(batches([1n, "a"], [2n, "b"], [null, "c"]))).rejects.toMatchObject({
      code: "InvalidArgument",
      message: "The key column id cannot be NULL.",
    });
    await store.blocks.settle();
    expect(await readdir(join(directory, "blocks"))).toEqual([]);
  });
});
