import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runSql } from "@maxcompute-tunnel/service";
import { createTransport } from "@maxcompute-tunnel/transport";
import { createTunnel } from "maxcompute-tunnel";
import { expect, it } from "vitest";
import { collect } from "../support/collect.ts";
import { accessKey, project, startEmulatorProcess } from "../support/emulator-process.ts";

it("keeps every acknowledged block when it is killed between blocks and commit", async () => {
  const data = await mkdtemp(join(tmpdir(), "killed-"));
  try {
    const first = await startEmulatorProcess(data);
    const { endpoint, port } = first;
    const transport = createTransport({ credentials: { kind: "access-key", ...accessKey } });
    await runSql({ transport, endpoint, project }, "CREATE TABLE t (id BIGINT, words STRING)");

    const before = createTunnel({ endpoint, project, credentials: accessKey });
    const session = await before.createUploadSession("t");
    const writer = session.openBufferedWriter({ maxRows: 100 });
    const rows = Array.from({ length: 1000 }, (_, index) => ({ id: BigInt(index), words: `row ${index}` }));
    for (const row of rows) await writer.write(row);
    const { blockIds } = await writer.close();
    await first.kill();
    await before.close();

    await using second = await startEmulatorProcess(data, port);
    expect(second.port).toBe(port);
    await using after = createTunnel({ endpoint, project, credentials: accessKey });
    const resumed = await after.getUploadSession("t", session.getId());
    expect(await resumed.getStatus()).toBe("NORMAL");
    expect(await resumed.getBlockList()).toEqual(blockIds);
    expect(await collect(after.download("t"))).toEqual([]);
    const receipt = await resumed.commit(blockIds);
    expect(receipt.blockIds).toEqual(blockIds);
    expect(await collect(after.download("t"))).toEqual(rows);

    // And once more, after the commit.
    await second.kill();
    await using third = await startEmulatorProcess(data, port);
    expect(third.port).toBe(port);
    await using last = createTunnel({ endpoint, project, credentials: accessKey });
    expect(await collect(last.download("t"))).toEqual(rows);
  } finally {
    await rm(data, { recursive: true, force: true });
  }
});
