import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type RunningEmulator, startEmulator } from "../src/index.ts";
import {
  type Ask,
  clientOf,
  createUpload,
  tablePath,
  threeRecords,
  tunnelHeaders,
} from "./support/client.ts";
import { type FaultyFileSystem, faultyFileSystem } from "./support/faulty-file-system.ts";

let directory: string;
let fileSystem: FaultyFileSystem;
let emulator: RunningEmulator;
let ask: Ask;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "full-disk-test-"));
  fileSystem = faultyFileSystem();
  const tables = ["create table t (id bigint, name string)"];
  emulator = await startEmulator({ dataDir: directory, fileSystem, tables });
  ask = clientOf(emulator);
  path = tablePath(emulator, "t");
});
afterEach(async () => {
  await emulator.close();
  await rm(directory, { recursive: true });
});

describe("when the disk is full", () => {
  it("a block is refused plainly, and what was acknowledged stays and can be committed later", async () => {
    const id = await createUpload(ask, path);
    const put = (blockId: number) =>
      ask("PUT", `${path}?uploadid=${id}&blockid=${blockId}`, { headers: tunnelHeaders, body: threeRecords });
    expect((await put(0)).status).toBe(200);

    fileSystem.full = true;
    const refused = await put(1);
    expect([refused.status, refused.json()]).toEqual([
      500,
      expect.objectContaining({
        Code: "DataStoreError",
        Message: "The emulator's disk is full; nothing of this request was kept.",
      }),
    ]);
    const commit = await ask("POST", `${path}?uploadid=${id}`, { headers: tunnelHeaders });
    expect([commit.status, commit.json()["Code"]]).toEqual([500, "DataStoreError"]);
    expect(await emulator.readRows("t")).toEqual([]);
    const listed = await ask("GET", `${path}?uploadid=${id}`, { headers: tunnelHeaders });
    expect(listed.json()).toMatchObject({ Status: "normal", UploadedBlockList: [{ BlockID: 0 }] });

    fileSystem.full = false;
    expect((await put(1)).status).toBe(200);
    expect((await ask("POST", `${path}?uploadid=${id}`, { headers: tunnelHeaders })).status).toBe(200);
    expect(await emulator.readRows("t")).toHaveLength(6);
  });

  it("a block whose file was written but could not be recorded is gone, file and all", async () => {
    const id = await createUpload(ask, path);
    // The disk fills up between the block's own file and the journal.
    fileSystem.afterRename = () => {
      fileSystem.full = true;
    };
    const refused = await ask("PUT", `${path}?uploadid=${id}&blockid=0`, {
      headers: tunnelHeaders,
      body: threeRecords,
    });
    expect([refused.status, refused.json()["Code"]]).toEqual([500, "DataStoreError"]);
    await vi.waitFor(async () => expect(await readdir(join(directory, "blocks"))).toEqual([]));
    fileSystem.full = false;
    const listed = await ask("GET", `${path}?uploadid=${id}`, { headers: tunnelHeaders });
    expect(listed.json()["UploadedBlockList"]).toEqual([]);
  });

  it("neither a session nor a table is made, and after a restart all is as it was acknowledged", async () => {
    const id = await createUpload(ask, path);
    await ask("PUT", `${path}?uploadid=${id}&blockid=0`, { headers: tunnelHeaders, body: threeRecords });
    await ask("POST", `${path}?uploadid=${id}`, { headers: tunnelHeaders });
    fileSystem.full = true;
    const session = await ask("POST", `${path}?uploads`, { headers: tunnelHeaders });
    expect([session.status, session.json()["Code"]]).toEqual([500, "DataStoreError"]);
    await expect(emulator.createTable("create table u (id bigint)")).rejects.toMatchObject({
      code: "ENOSPC",
    });
    expect((await ask("GET", tablePath(emulator, "u"))).status).toBe(404);
    await emulator.close();

    fileSystem.full = false;
    emulator = await startEmulator({ dataDir: directory });
    expect(await emulator.readRows("t")).toHaveLength(3);
    expect((await clientOf(emulator)("GET", tablePath(emulator, "u"))).status).toBe(404);
  });
});
