import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runSql } from "@maxcompute-tunnel/service";
import { createTransport } from "@maxcompute-tunnel/transport";
import { createTunnel } from "maxcompute-tunnel";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  accessKey,
  type EmulatorProcess,
  project,
  startEmulatorProcess,
} from "../support/emulator-process.ts";

const megabyte = 1e6;
const bound = 200 * megabyte;
const words = "w".repeat(1000);

describe.runIf(process.platform === "linux")("memory of the emulator's process", () => {
  let data: string;
  let emulator: EmulatorProcess;
  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), "emulator-memory-"));
    emulator = await startEmulatorProcess(data);
    const transport = createTransport({ credentials: { kind: "access-key", ...accessKey } });
    const { endpoint } = emulator;
    await runSql({ transport, endpoint, project }, "CREATE TABLE t (id BIGINT, words STRING)");
  });
  afterEach(async () => {
    await emulator[Symbol.asyncDispose]();
    await rm(data, { recursive: true, force: true });
  });

  /** Uploads rows of a kilobyte as one block that is sent while it is made, and gives how many were committed. */
  async function uploadBlock(rowCount: number): Promise<number | undefined> {
    await using tunnel = createTunnel({ endpoint: emulator.endpoint, project, credentials: accessKey });
    const session = await tunnel.createUploadSession("t");
    const writer = await session.openRecordWriter(0);
    for (let index = 0; index < rowCount; index++) {
      const wait = writer.write({ id: BigInt(index), words });
      if (wait !== undefined) await wait;
    }
    await writer.close();
    return (await session.commit([0])).recordCount;
  }

  it("stays below 200 MB during a block of 300 MB", async () => {
    expect(await uploadBlock(300_000)).toBe(300_000);
    expect(emulator.peakBytes()).toBeLessThan(bound);
  }, 120_000);

  it("stays below 200 MB during 64 uploads at once", async () => {
    const rowCounts = await Promise.all(Array.from({ length: 64 }, () => uploadBlock(2000)));
    expect(rowCounts).toEqual(new Array(64).fill(2000));
    expect(emulator.peakBytes()).toBeLessThan(bound);
  }, 120_000);
});
