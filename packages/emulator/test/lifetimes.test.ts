import { mkdtemp, readdir, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSigner, signableRequest } from "@maxcompute-tunnel/transport/signing";
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

const hourMs = 3_600_000;
let directory: string;
let emulator: RunningEmulator;
let ask: Ask;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "lifetimes-test-"));
  emulator = await startEmulator({ dataDir: directory, tables: ["create table t (id bigint, name string)"] });
  ask = clientOf(emulator);
  path = tablePath(emulator, "t");
});
afterEach(async () => {
  await emulator.close();
  await rm(directory, { recursive: true });
});

describe("an upload session", () => {
  it("lives for 24 hours, and can be asked about for 24 more", async () => {
    const id = await createUpload(ask, path);
    await ask("PUT", `${path}?uploadid=${id}&blockid=0`, { headers: tunnelHeaders, body: threeRecords });
    emulator.clock.advance(24 * hourMs - 60_000);
    expect((await ask("GET", `${path}?uploadid=${id}`, { headers: tunnelHeaders })).json()["Status"]).toBe(
      "normal",
    );

    emulator.clock.advance(60_000);
    const expired = await ask("GET", `${path}?uploadid=${id}`, { headers: tunnelHeaders });
    expect([expired.status, expired.json()["Status"]]).toEqual([200, "expired"]);
    const late = await ask("PUT", `${path}?uploadid=${id}&blockid=1`, {
      headers: tunnelHeaders,
      body: threeRecords,
    });
    expect([late.status, late.json()["Code"]]).toEqual([409, "StatusConflict"]);
    expect(late.json()["Message"]).toContain("expired");
    const commit = await ask("POST", `${path}?uploadid=${id}`, { headers: tunnelHeaders });
    expect([commit.status, commit.json()["Code"]]).toEqual([409, "StatusConflict"]);

    emulator.clock.advance(24 * hourMs);
    await vi.waitFor(async () => {
      const forgotten = await ask("GET", `${path}?uploadid=${id}`, { headers: tunnelHeaders });
      expect([forgotten.status, forgotten.json()["Code"]]).toEqual([404, "NoSuchUpload"]);
    });
  });

  it("gives its space back when it expires", async () => {
    const id = await createUpload(ask, path);
    await ask("PUT", `${path}?uploadid=${id}&blockid=0`, { headers: tunnelHeaders, body: threeRecords });
    expect(await readdir(join(directory, "blocks"))).toHaveLength(1);
    emulator.clock.advance(25 * hourMs);
    await vi.waitFor(async () => expect(await readdir(join(directory, "blocks"))).toEqual([]));
  });

  it("gives the space of a replaced block back", async () => {
    const id = await createUpload(ask, path);
    for (let round = 0; round < 5; round += 1) {
      await ask("PUT", `${path}?uploadid=${id}&blockid=0`, { headers: tunnelHeaders, body: threeRecords });
    }
    await vi.waitFor(async () => expect(await readdir(join(directory, "blocks"))).toHaveLength(1));
  });
});

describe("a data connection", () => {
  /** Begins a block and sends a few bytes of it. */
  async function beginBlock(): Promise<{
    id: string;
    answered: Promise<[number | undefined, string]>;
    end(): void;
  }> {
    const id = await createUpload(ask, path);
    const url = `${emulator.endpoint}${path}?uploadid=${id}&blockid=0`;
    const headers = { ...tunnelHeaders };
    const { accessKeyId, accessKeySecret } = emulator;
    const signed = await createSigner()(
      signableRequest({ method: "PUT", url, headers }),
      { kind: "access-key", accessKeyId, accessKeySecret },
      new Date(),
    );
    const put = request(url, { method: "PUT", headers: { ...headers, ...signed } });
    const answered = new Promise<[number | undefined, string]>((resolve, reject) => {
      put.on("error", reject);
      put.on("response", (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => resolve([response.statusCode, text]));
      });
    });
    answered.catch(() => undefined);
    await new Promise((resolve) => put.write(threeRecords.subarray(0, 8), resolve));
    // The request is under way on the server once its file is there.
    await vi.waitFor(async () => expect(await readdir(join(directory, "blocks"))).toHaveLength(1));
    return { id, answered, end: () => put.destroy() };
  }

  it("is given up after 120 seconds without a byte", async () => {
    const { id, answered } = await beginBlock();
    emulator.clock.advance(119_000);
    emulator.clock.advance(1_000);
    const [status, text] = await answered;
    expect([status, JSON.parse(text).Code]).toEqual([408, "RequestTimeOut"]);
    const listed = await ask("GET", `${path}?uploadid=${id}`, { headers: tunnelHeaders });
    expect(listed.json()["UploadedBlockList"]).toEqual([]);
    expect(await readdir(join(directory, "blocks"))).toEqual([]);
  });

  it("that breaks leaves no block and no file", async () => {
    const { id, end } = await beginBlock();
    end();
    await vi.waitFor(async () => expect(await readdir(join(directory, "blocks"))).toEqual([]));
    const listed = await ask("GET", `${path}?uploadid=${id}`, { headers: tunnelHeaders });
    expect(listed.json()["UploadedBlockList"]).toEqual([]);
  });

  it("is cut when the emulator stops, and nothing of the block is left", async () => {
    const { answered } = await beginBlock();
    await emulator.close();
    await expect(answered).rejects.toThrow();
    expect(await readdir(join(directory, "blocks"))).toEqual([]);
  });
});
