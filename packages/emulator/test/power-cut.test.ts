import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAdjustableClock } from "../src/index.ts";
import { openStore, type Store } from "../src/storage/store.ts";
import {
  type Survival,
  type VolatileFileSystem,
  volatileFileSystem,
} from "./support/volatile-file-system.ts";

// Only the lock is a real file; everything else is in memory, so that the power can fail at every single operation.
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "power-cut-test-"));
});
afterEach(() => rm(directory, { recursive: true }));

/** What died with the process. */
async function releaseLock(): Promise<void> {
  await rm(directory, { recursive: true });
  await mkdir(directory);
}

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

function open(fileSystem: VolatileFileSystem): Promise<Store> {
  return openStore({
    directory,
    fileSystem,
    clock: createAdjustableClock(),
    logger: silent,
    // Small enough to be written anew several times.
    compactAtBytes: 1500,
  });
}

/** What was acknowledged: the journal may hold more, never less. */
interface Acknowledged {
  projects: number;
  blocks: number;
  committed: boolean;
}

const blockBytes = (index: number): Uint8Array => new Uint8Array(100 + index).fill(index + 1);
const blockCount = 4;

/** Loads a table through a session, as requests would, until it is done or the power is out. */
async function work(store: Store, acknowledged: Acknowledged): Promise<void> {
  const at = Date.now();
  for (let index = 0; index < 3; index += 1) {
    await store.submit({ kind: "create-project", at, project: `p${index}`, owner: "o", comment: "" });
    acknowledged.projects += 1;
  }
  const column = { name: "id", type: "bigint", nullable: true, comment: "" };
  const table = { project: "p0", schema: "default", table: "t", owner: "o", comment: "", properties: {} };
  await store.submit({
    kind: "create-table",
    at,
    table: { ...table, id: "t1", columns: [column], partitionKeys: [], primaryKey: [] },
  });
  await store.submit({
    kind: "create-upload",
    at,
    id: "u1",
    tableId: "t1",
    partition: [],
    overwrite: false,
  });
  for (let blockId = 0; blockId < blockCount; blockId += 1) {
    const writer = await store.blocks.create();
    await writer.write(blockBytes(blockId));
    const file = await writer.finish();
    const segment = { file, recordCount: 1, byteLength: 100, recordBytes: 90, checksum: 1, plain: true };
    await store.submit({
      kind: "store-block",
      uploadId: "u1",
      block: { blockId, ...segment, storedAt: at },
    });
    acknowledged.blocks += 1;
  }
  await store.submit({ kind: "commit-upload", at, uploadId: "u1" });
  acknowledged.committed = true;
}

/** Works until the power fails after so many operations; gives what is left and what was promised. */
async function workUntil(
  powerFailsAfter: number,
): Promise<{ fileSystem: VolatileFileSystem; acknowledged: Acknowledged; done: boolean }> {
  const fileSystem = volatileFileSystem([directory], { powerFailsAfter });
  const acknowledged = { projects: 0, blocks: 0, committed: false };
  let store: Store | undefined;
  let done = false;
  try {
    store = await open(fileSystem);
    await work(store, acknowledged);
    done = true;
  } catch (error) {
    expect(String(error)).toContain("the power is out");
  }
  await store?.close().catch(() => undefined);
  await releaseLock();
  return { fileSystem, acknowledged, done };
}

async function expectKept(fileSystem: VolatileFileSystem, acknowledged: Acknowledged): Promise<void> {
  const store = await open(fileSystem);
  try {
    const { state } = store;
    expect(state.projects.size).toBeGreaterThanOrEqual(acknowledged.projects);
    const segments = [...(state.tables.get("t1")?.partitions.values() ?? [])].flatMap(
      (held) => held.segments,
    );
    const upload = state.uploads.get("u1");
    if (acknowledged.committed) {
      expect([upload?.status, segments.length]).toEqual(["closed", blockCount]);
    } else {
      // All or nothing, also where nobody was told.
      expect(segments.length).toBe(upload?.status === "closed" ? blockCount : 0);
    }
    expect(upload?.blocks.size ?? 0).toBeGreaterThanOrEqual(acknowledged.blocks);
    for (const [blockId, { file }] of upload?.blocks ?? []) {
      expect(
        fileSystem.content(join(directory, "blocks", `${file}.block`))?.subarray(0, 100 + blockId),
      ).toEqual(blockBytes(blockId));
    }
  } finally {
    await store.close();
  }
}

let seed = 7;
const survivals: readonly (readonly [string, Survival])[] = [
  ["nothing that was not synced is left", () => 0],
  ["everything is left", () => 1],
  [
    "some of it is left",
    () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return [0, 0.4, 0.8, 1][seed % 4] ?? 0;
    },
  ],
];

describe("when the power fails", () => {
  it.each(survivals)("at any operation and %s, all that was acknowledged is there", async (_, survival) => {
    let cuts = 0;
    for (let operations = 0; ; operations += 1) {
      const { fileSystem, acknowledged, done } = await workUntil(operations);
      await expectKept(fileSystem.afterPowerCut(survival), acknowledged);
      cuts += 1;
      if (done) {
        break;
      }
    }
    expect(cuts).toBeGreaterThan(60);
  });
});
