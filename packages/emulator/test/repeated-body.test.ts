import { encodeRecords } from "@maxcompute-tunnel/codec";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningEmulator, startEmulator } from "../src/index.ts";
import { type Ask, clientOf, createUpload, tablePath, tunnelHeaders } from "./support/client.ts";

const columns = [{ name: "words", type: "string" }];
const rows = Array.from({ length: 400 }, (_, index) => ({ words: `${index} `.repeat(400) }));

let emulator: RunningEmulator;
let ask: Ask;
beforeAll(async () => {
  emulator = await startEmulator({ tables: ["create table t (words string)"] });
  ask = clientOf(emulator);
});
afterAll(() => emulator.close());

describe("a block that arrives twice, longer than the chunks it comes in", () => {
  it.each(["before-answer", "after-answer"] as const)("%s, is whole both times", async (second) => {
    emulator.faults.add({ match: { action: "put block" }, nth: 1, effect: { kind: "duplicate", second } });
    const path = tablePath(emulator, "t");
    const id = await createUpload(ask, path, "&overwrite=true");
    const put = await ask("PUT", `${path}?uploadid=${id}&blockid=0`, {
      headers: tunnelHeaders,
      body: encodeRecords(columns, rows),
    });
    expect([put.status, put.text]).toEqual([200, ""]);
    const commit = await ask("POST", `${path}?uploadid=${id}`, { headers: tunnelHeaders });
    expect(commit.status).toBe(200);
    expect(await emulator.readRows("t")).toEqual(rows);
    emulator.faults.clear();
  });
});
