import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningEmulator, startEmulator } from "../src/index.ts";
import {
  type Ask,
  clientOf,
  createUpload,
  tablePath,
  threeRecords,
  tunnelHeaders,
} from "./support/client.ts";

let emulator: RunningEmulator;
let ask: Ask;
let tables = 0;

beforeAll(async () => {
  emulator = await startEmulator();
  ask = clientOf(emulator);
});
afterAll(() => emulator.close());

async function newTable(columns = "(id bigint, name string)", more = ""): Promise<string> {
  tables += 1;
  await emulator.createTable(`create table t${tables} ${columns} ${more}`);
  return tablePath(emulator, `t${tables}`);
}

describe("a batch upload", () => {
  it("shows rows after commit and not before", async () => {
    const path = await newTable();
    const id = await createUpload(ask, path);
    const put = await ask("PUT", `${path}?uploadid=${id}&blockid=0`, {
      headers: tunnelHeaders,
      body: threeRecords,
    });
    expect([put.status, put.text]).toEqual([200, ""]);
    expect(await emulator.readRows(`t${tables}`)).toEqual([]);

    const listed = (await ask("GET", `${path}?uploadid=${id}`, { headers: tunnelHeaders })).json();
    expect(listed["UploadedBlockList"]).toMatchObject([{ BlockID: 0, RecordCount: 3 }]);

    const committed = await ask("POST", `${path}?uploadid=${id}`, { headers: tunnelHeaders });
    expect(committed.status).toBe(200);
    expect(committed.json()["Status"]).toBe("closed");
    expect(await emulator.readRows(`t${tables}`)).toEqual([
      { id: 1n, name: "a" },
      { id: 2n, name: null },
      { id: null, name: "c" },
    ]);
  });
});
