import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type EmulatorOptions, type RunningEmulator, startEmulator } from "../src/index.ts";
import {
  type Ask,
  clientOf,
  createUpload,
  tablePath,
  threeRecords,
  tunnelHeaders,
} from "./support/client.ts";

let directory: string;
let emulator: RunningEmulator;
let ask: Ask;
let path: string;

async function start(options: EmulatorOptions): Promise<void> {
  emulator = await startEmulator({ dataDir: directory, ...options });
  ask = clientOf(emulator);
  path = tablePath(emulator, "t");
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "profile-test-"));
  await start({ profile: "lenient", tables: ["create table t (id bigint, name string)"] });
});
afterEach(async () => {
  await emulator.close();
  await rm(directory, { recursive: true });
});

/** The footer of the three records takes this many bytes. */
const footerBytes = 14;
const rows = [
  { id: 1n, name: "a" },
  { id: 2n, name: null },
  { id: null, name: "c" },
];

async function put(id: string, blockId: number, body: Uint8Array): Promise<number> {
  const answer = await ask("PUT", `${path}?uploadid=${id}&blockid=${blockId}`, {
    headers: tunnelHeaders,
    body,
  });
  return answer.status;
}

const commit = async (id: string): Promise<number> =>
  (await ask("POST", `${path}?uploadid=${id}`, { headers: tunnelHeaders })).status;

describe("the lenient profile", () => {
  it("takes a body without a footer, and an empty one", async () => {
    const id = await createUpload(ask, path);
    expect(await put(id, 0, threeRecords.subarray(0, -footerBytes))).toBe(200);
    expect(await put(id, 1, new Uint8Array())).toBe(200);
    expect(await put(id, 2, threeRecords)).toBe(200);
    const session = await ask("GET", `${path}?uploadid=${id}`, { headers: tunnelHeaders });
    expect(session.json()["UploadedBlockList"]).toMatchObject([
      { BlockID: 0, RecordCount: 3 },
      { BlockID: 1, RecordCount: 0 },
      { BlockID: 2, RecordCount: 3 },
    ]);
    await commit(id);
    expect(await emulator.readRows("t")).toEqual([...rows, ...rows]);
  });

  it("still refuses a record that is cut off and a wrong checksum", async () => {
    const id = await createUpload(ask, path);
    expect(await put(id, 0, threeRecords.subarray(0, 5))).toBe(400);
    const broken = Uint8Array.from(threeRecords);
    broken[1] = 4;
    expect(await put(id, 0, broken)).toBe(400);
  });

  it("loads the rows again with a second commit, and keeps them over a restart", async () => {
    const id = await createUpload(ask, path);
    await put(id, 0, threeRecords);
    expect([await commit(id), await commit(id)]).toEqual([200, 200]);
    expect(await emulator.readRows("t")).toEqual([...rows, ...rows]);
    await emulator.close();
    await start({ profile: "strict" });
    expect(await emulator.readRows("t")).toEqual([...rows, ...rows]);
    expect(await commit(id)).toBe(200);
    expect(await emulator.readRows("t")).toHaveLength(6);
  });

  it("replaces the rows once more where the session overwrites", async () => {
    const id = await createUpload(ask, path, "&overwrite=true");
    await put(id, 0, threeRecords);
    await commit(id);
    await commit(id);
    expect(await emulator.readRows("t")).toEqual(rows);
  });

  it("has nothing to load again after the table was emptied", async () => {
    const id = await createUpload(ask, path);
    await put(id, 0, threeRecords);
    await commit(id);
    await emulator.createTable("truncate table t");
    expect(await commit(id)).toBe(200);
    expect(await emulator.readRows("t")).toEqual([]);
  });
});

it("is refused when it is neither strict nor lenient", async () => {
  await expect(startEmulator({ profile: "lax" as never })).rejects.toMatchObject({
    code: "invalid-option",
    message: "Expected profile to be strict or lenient, got lax",
  });
});
