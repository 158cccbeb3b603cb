import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAdjustableClock } from "../clock.ts";
import { nodeFileSystem } from "./file-system.ts";
import type { Segment, State, UpsertPack, UpsertRecord } from "./state.ts";
import { openStore, type Store } from "./store.ts";

let directory: string;
const clock = createAdjustableClock();
const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sessions-test-"));
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

const bucket = { index: 0, of: 1, hasher: "default" } as const;

async function segment(store: Store, recordCount = 1): Promise<Segment> {
  const writer = await store.blocks.create();
  await writer.write(Buffer.from("rows"));
  return {
    file: await writer.finish(),
    recordCount,
    byteLength: 4,
    recordBytes: 2,
    checksum: 7,
    plain: true,
  };
}

async function pack(store: Store, upsertId: string, recordCount = 1): Promise<UpsertPack> {
  const stored = { ...(await segment(store, recordCount)), bucket };
  await store.submit({ kind: "store-upserts", at: clock.now(), upsertId, pack: stored });
  return stored;
}

function session(id: string): Omit<UpsertRecord, "packs"> {
  const at = clock.now();
  return {
    id,
    tableId: "t1",
    partition: [],
    createdAt: at,
    expiresAt: at + 3_600_000,
    columns: [],
    primaryKey: ["id"],
    hasher: "default",
    bucketCount: 1,
    partialUpdate: false,
    slotCount: 1,
    status: "normal",
  };
}

async function makeTable(store: Store): Promise<void> {
  const at = clock.now();
  await store.submit({ kind: "create-project", at, project: "p", owner: "me", comment: "" });
  const columns = [{ name: "id", type: "bigint", nullable: false, comment: "" }];
  const place = { project: "p", schema: "default", table: "t" };
  const more = { owner: "me", comment: "", partitionKeys: [], primaryKey: ["id"], properties: {} };
  await store.submit({ kind: "create-table", at, table: { id: "t1", ...place, ...more, columns } });
  const added = [{ name: "more", type: "string", nullable: true, comment: "" }];
  await store.submit({ kind: "add-columns", at, tableId: "t1", columns: added });
}

/** Sessions in every state, one of each with files. */
async function fill(store: Store): Promise<void> {
  const at = clock.now();
  await makeTable(store);
  const stream = { tableId: "t1", partition: [], createdAt: at, schemaVersion: 1, slotCount: 2 };
  for (const id of ["s-open", "s-aborted"]) {
    await store.submit({ kind: "create-stream", stream: { id, ...stream, status: "normal" } });
    await store.submit({ kind: "append-rows", at, streamId: id, segment: await segment(store, 3) });
  }
  await store.submit({ kind: "abort-stream", streamId: "s-aborted" });
  for (const id of ["u-open", "u-aborted", "u-committed"]) {
    await store.submit({ kind: "create-upsert", upsert: session(id) });
    await pack(store, id);
    await pack(store, id, 5);
  }
  await store.submit({ kind: "abort-upsert", at, upsertId: "u-aborted" });
  const segments = [{ ...(await segment(store, 9)), bucket }];
  await store.submit({
    kind: "commit-upsert",
    at,
    upsertId: "u-committed",
    packCount: 2,
    baseVersion: 2,
    segments,
  });
}

/** State as plain data; maps become lists of pairs. */
function plain(state: State): unknown {
  return JSON.parse(
    JSON.stringify(state, (_, value) =>
      value instanceof Map ? [...value].sort(([a], [b]) => (a < b ? -1 : 1)) : value,
    ),
  );
}

async function files(store: Store): Promise<number> {
  await store.blocks.settle();
  return (await readdir(join(directory, "blocks"))).length;
}

describe("stream and upsert sessions", () => {
  it("come back as they were, also from a compacted journal", async () => {
    const first = await open();
    await fill(first);
    const before = plain(first.state);
    await first.close();
    const second = await open(1);
    expect(plain(second.state)).toEqual(before);
    // Any change has the journal written anew.
    await second.submit({ kind: "create-project", at: clock.now(), project: "q", owner: "me", comment: "" });
    const changed = plain(second.state);
    await second.close();
    expect(await readFile(join(directory, "journal.jsonl"), "utf8")).toContain('"restore-upsert-packs"');
    const third = await open();
    expect(plain(third.state)).toEqual(changed);
    // The open session's two packs, and the rows that its committed neighbour put in place of all others.
    expect(await files(third)).toBe(3);
    await third.close();
  });

  it("free their files when they expire, and when their table goes", async () => {
    const store = await open();
    await fill(store);
    expect(await files(store)).toBe(3);
    clock.advance(3_600_000);
    await store.submit({ kind: "sweep", at: clock.now() });
    expect(await files(store)).toBe(1);
    expect(store.state.upserts.get("u-open")?.status).toBe("expired");
    await store.submit({ kind: "create-upsert", upsert: session("u-late") });
    await pack(store, "u-late");
    await store.submit({ kind: "drop-table", tableId: "t1" });
    expect(await files(store)).toBe(0);
    expect([store.state.upserts.size, store.state.streams.size]).toEqual([0, 0]);
    await store.close();
  });

  it("are forgotten in the end", async () => {
    const store = await open();
    await fill(store);
    clock.advance(48 * 3_600_000);
    await store.submit({ kind: "sweep", at: clock.now() });
    await store.submit({ kind: "sweep", at: clock.now() });
    expect([store.state.upserts.size, store.state.streams.size]).toEqual([0, 0]);
    await store.close();
  });

  it("refuse a merge of rows that have changed since", async () => {
    const store = await open();
    await makeTable(store);
    await store.submit({ kind: "create-upsert", upsert: session("u") });
    await pack(store, "u");
    const commit = { kind: "commit-upsert", at: clock.now(), upsertId: "u", segments: [] } as const;
    for (const stale of [
      { packCount: 0, baseVersion: 0 },
      { packCount: 1, baseVersion: 1 },
    ]) {
      await expect(store.submit({ ...commit, ...stale })).rejects.toMatchObject({
        code: "DataVersionConflict",
      });
    }
    await store.submit({ ...commit, packCount: 1, baseVersion: 0 });
    await expect(store.submit({ ...commit, packCount: 1, baseVersion: 0 })).rejects.toMatchObject({
      code: "StatusConflict",
    });
    await store.close();
  });

  it("are waited for when the store closes", async () => {
    const store = await open();
    const steps: string[] = [];
    const work = store.run(async (signal) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      steps.push("stopped");
      throw signal.reason;
    });
    await store.close();
    steps.push("closed");
    await expect(work).rejects.toThrow();
    expect(steps).toEqual(["stopped", "closed"]);
  });
});
