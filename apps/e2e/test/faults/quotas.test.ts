import { createTunnel } from "maxcompute-tunnel";
import { expect, it } from "vitest";
import { faultyUpload, startOnFastDisk } from "../support/faulty-upload.ts";
import { impatientClock } from "../support/impatient-clock.ts";

it("waits as long as the service's quotas ask, and then goes on", async () => {
  await using emulator = await startOnFastDisk({ quotas: "real" });
  const clock = impatientClock((ms) => emulator.clock.advance(ms));
  await using upload = await faultyUpload(emulator, [], clock);
  const session = await upload.tunnel.createUploadSession(upload.table);
  const writer = session.openBufferedWriter({ maxRows: 1, parallel: 1 });
  for (let id = 0n; id < 501n; id += 1n) {
    await writer.write({ id });
  }
  const { blockIds } = await writer.close();
  expect(clock.pauses.length).toBeGreaterThan(0);
  expect(Math.max(...clock.pauses)).toBeLessThanOrEqual(301_000);
  const refused = emulator.requests.filter(({ status }) => status === 429);
  expect(new Set(refused.map(({ action, code }) => `${action}: ${code}`))).toEqual(
    new Set(["put block: QPSExceeded"]),
  );
  await session.commit(blockIds);
  expect(await upload.ids()).toHaveLength(501);
});

it("counts the sessions of each table by themselves", async () => {
  await using emulator = await startOnFastDisk({
    quotas: "real",
    tables: ["create table a (id bigint)", "create table b (id bigint)"],
  });
  const { endpoint, project, accessKeyId, accessKeySecret } = emulator;
  await using tunnel = createTunnel({
    ...{ tunnelEndpoint: endpoint, project, retry: { budgetMs: 0 } },
    credentials: { accessKeyId, accessKeySecret },
  });
  for (let session = 0; session < 500; session += 1) {
    await tunnel.createUploadSession("a");
  }
  await expect(tunnel.createUploadSession("A")).rejects.toMatchObject({
    code: "throttled",
    serviceCode: "QPSExceeded",
    status: 429,
  });
  await tunnel.createUploadSession("b");
  emulator.clock.advance(5 * 60_000);
  await tunnel.createUploadSession("a");
});
