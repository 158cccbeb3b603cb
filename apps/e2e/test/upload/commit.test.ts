import { type EmulatorOptions, type RunningEmulator, startEmulator } from "@maxcompute-tunnel/emulator";
import { startBreakingProxy } from "@maxcompute-tunnel/testkit";
import { createTunnel, isSessionError, isTunnelError, type TableTunnel } from "maxcompute-tunnel";
import { describe, expect, it } from "vitest";

const table = "CREATE TABLE t (id BIGINT)";

function tunnelTo(
  emulator: RunningEmulator,
  changes: { tunnelEndpoint?: string; accessKeySecret?: string } = {},
): TableTunnel {
  const { endpoint, project, accessKeyId } = emulator;
  const { tunnelEndpoint = endpoint, accessKeySecret = emulator.accessKeySecret } = changes;
  return createTunnel({ endpoint, tunnelEndpoint, project, credentials: { accessKeyId, accessKeySecret } });
}

function start(options: EmulatorOptions = {}): Promise<RunningEmulator> {
  return startEmulator({ tables: [table], ...options });
}

const isCommit = (method: string, url: string): boolean =>
  method === "POST" && /[?&]uploadid=/i.test(url) && !/[?&]uploads/.test(url);

describe("commit", () => {
  for (const secondCommit of ["closed", "conflict", "not-found"] as const) {
    for (const times of [1, 3]) {
      it(`finds out that it happened when its answer and ${times - 1} more are lost, and a second one is told ${secondCommit}`, async () => {
        await using emulator = await start({ secondCommit });
        let posted = false;
        let lost = 0;
        await using proxy = await startBreakingProxy(emulator.endpoint, ({ method, url }) => {
          posted ||= isCommit(method, url);
          if (!posted || lost === times) return "pass";
          lost++;
          return "lose-answer";
        });
        await using tunnel = tunnelTo(emulator, { tunnelEndpoint: proxy.endpoint });
        const session = await tunnel.createUploadSession("t");
        const writer = session.openBufferedWriter();
        for (let id = 0n; id < 5n; id++) await writer.write({ id });
        const { blockIds } = await writer.close();
        const receipt = await session.commit(blockIds);
        expect(lost).toBe(times);
        expect(receipt.confirmedBy).not.toBe("answer");
        expect(await emulator.readRows("t")).toEqual([
          { id: 0n },
          { id: 1n },
          { id: 2n },
          { id: 3n },
          { id: 4n },
        ]);
      });
    }
  }

  it("names the blocks that the caller forgot and those that the server lacks, and commits nothing", async () => {
    await using emulator = await start();
    await using tunnel = tunnelTo(emulator);
    const session = await tunnel.createUploadSession("t");
    const writer = session.openBufferedWriter({ maxRows: 1 });
    for (let id = 0n; id < 3n; id++) await writer.write({ id });
    await writer.close();
    const error = await session.commit([0, 1, 5]).catch((thrown: unknown) => thrown);
    if (!isSessionError(error)) throw error;
    expect({ code: error.code, missing: error.missing, unexpected: error.unexpected }).toEqual({
      code: "block-list-differs",
      missing: [5],
      unexpected: [2],
    });
    expect(await emulator.readRows("t")).toEqual([]);
    await session.commit([0, 1, 2]);
    expect((await emulator.readRows("t")).length).toBe(3);
  });

  it("happens once when two callers hold the same session", async () => {
    await using emulator = await start();
    await using tunnel = tunnelTo(emulator);
    const session = await tunnel.createUploadSession("t");
    const writer = session.openBufferedWriter();
    await writer.write({ id: 1n });
    const { blockIds } = await writer.close();
    const again = await tunnel.getUploadSession("t", session.getId());
    await Promise.allSettled([session.commit(blockIds), again.commit(blockIds)]);
    expect(await emulator.readRows("t")).toEqual([{ id: 1n }]);
    expect(await session.getStatus()).toBe("CLOSED");
  });
});

describe("refusals", () => {
  it("tell a wrong key from everything else, in one sentence without the key", async () => {
    await using emulator = await start();
    await using tunnel = tunnelTo(emulator, { accessKeySecret: "not-the-secret-at-all" });
    const error = await tunnel.createUploadSession("t").catch((thrown: unknown) => thrown);
    if (!isTunnelError(error)) throw error;
    expect({ code: error.code, attempts: error.attempts, retryable: error.retryable }).toEqual({
      code: "credentials",
      attempts: 1,
      retryable: false,
    });
    expect(error.message).not.toContain("not-the-secret-at-all");
    expect(error.message).not.toContain("\n");
  });

  it("tell an unknown table", async () => {
    await using emulator = await start();
    await using tunnel = tunnelTo(emulator);
    await expect(tunnel.createUploadSession("nowhere")).rejects.toMatchObject({ code: "not-found" });
  });

  it("tell an expired session", async () => {
    await using emulator = await start();
    await using tunnel = tunnelTo(emulator);
    const session = await tunnel.createUploadSession("t");
    emulator.clock.advance(25 * 3_600_000);
    const error = await session.commit([]).catch((thrown: unknown) => thrown);
    expect(isSessionError(error) && error.code).toMatch(/^(session-expired|no-such-session)$/);
  });
});

describe("several writers", () => {
  it("never take the same block id, on one session and on the session reopened", async () => {
    await using emulator = await start();
    await using tunnel = tunnelTo(emulator);
    const session = await tunnel.createUploadSession("t");
    const writers = [
      session.openBufferedWriter({ maxRows: 10 }),
      session.openBufferedWriter({ maxRows: 10 }),
    ];
    for (let id = 0n; id < 100n; id++) await writers[Number(id % 2n)]?.write({ id });
    for (const writer of writers) await writer.close();
    const reopened = await tunnel.getUploadSession("t", session.getId());
    const third = reopened.openBufferedWriter({ maxRows: 10 });
    for (let id = 100n; id < 150n; id++) await third.write({ id });
    await third.close();
    await reopened.commit(await reopened.getBlockList());
    const ids = (await emulator.readRows("t")).map(({ id }) => id as bigint).sort((a, b) => Number(a - b));
    expect(ids).toEqual(Array.from({ length: 150 }, (_, id) => BigInt(id)));
  });
});

describe("overwrite", () => {
  it("replaces what the table held when it commits, not before", async () => {
    await using emulator = await start();
    await using tunnel = tunnelTo(emulator);
    await tunnel.upload("t", [{ id: 1n }]);
    const session = await tunnel.createUploadSession("t", { overwrite: true });
    const writer = session.openBufferedWriter();
    await writer.write({ id: 2n });
    const { blockIds } = await writer.close();
    expect(await emulator.readRows("t")).toEqual([{ id: 1n }]);
    await session.commit(blockIds);
    expect(await emulator.readRows("t")).toEqual([{ id: 2n }]);
  });
});
