import { RecordPack } from "@maxcompute-tunnel/codec";
import { expect, it } from "vitest";
import { openInProcessEmulator } from "../src/in-process/index.ts";
import { clientOf, tablePath } from "./support/client.ts";

const tables = ["create table t (id bigint, note string)"];

/** A block of two rows, in chunks that are read one by one. */
function block(): Uint8Array[] {
  const pack = new RecordPack<{ id: bigint; note: string }>([
    { name: "id", type: "bigint" },
    { name: "note", type: "string" },
  ]);
  pack.append({ id: 1n, note: "one" });
  pack.append({ id: 2n, note: "x".repeat(70_000) });
  return pack.seal().chunks.map((chunk) => chunk);
}

it("takes an upload and gives its rows back without a socket", async () => {
  await using emulator = await openInProcessEmulator({ tables });
  const ask = clientOf(emulator);
  const path = tablePath(emulator, "t");
  const created = await ask("POST", `${path}?uploads`);
  const id = String(created.json()["UploadID"]);
  const bytes = Buffer.concat(block());
  expect((await ask("PUT", `${path}?uploadid=${id}&blockid=0`, { body: new Uint8Array(bytes) })).status).toBe(
    200,
  );
  expect(await emulator.readRows("t")).toEqual([]);
  const committed = await ask("POST", `${path}?uploadid=${id}`);
  expect([committed.status, committed.json()["Status"]]).toEqual([200, "closed"]);
  expect(await emulator.readRows("t")).toEqual([
    { id: 1n, note: "one" },
    { id: 2n, note: "x".repeat(70_000) },
  ]);
  expect(emulator.requests.map(({ action, status }) => [action, status])).toEqual([
    ["create upload", 200],
    ["put block", 200],
    ["commit upload", 200],
  ]);
});

it("refuses what is not signed, as over a socket", async () => {
  await using emulator = await openInProcessEmulator({ tables });
  const answer = await emulator.fetch(`${emulator.endpoint}${tablePath(emulator, "t")}?uploads`, {
    method: "POST",
    headers: { "x-odps-tunnel-version": "6" },
  });
  expect([answer.status, ((await answer.json()) as { Code: string }).Code]).toEqual([401, "Unauthorized"]);
});

it("does not free memory of the caller's and stores no part of a body that broke off", async () => {
  await using emulator = await openInProcessEmulator({ tables });
  const ask = clientOf(emulator);
  const path = tablePath(emulator, "t");
  const id = String((await ask("POST", `${path}?uploads`)).json()["UploadID"]);
  const pieces = [new Uint8Array(64 * 1024)];
  const broken = ReadableStream.from(
    (async function* () {
      yield* pieces;
      throw new Error("the network is gone");
    })(),
  );
  await expect(ask("PUT", `${path}?uploadid=${id}&blockid=0`, { body: broken })).resolves.toMatchObject({
    status: 400,
  });
  expect(pieces[0]?.byteLength).toBe(64 * 1024);
  expect((await ask("GET", `${path}?uploadid=${id}`)).json()["UploadedBlockList"]).toEqual([]);
});

it("keeps faults: a connection that is cut rejects as the network does", async () => {
  await using emulator = await openInProcessEmulator({ tables });
  emulator.faults.add({ nth: 1, effect: { kind: "reset", when: "before-answer" } });
  const ask = clientOf(emulator);
  const path = tablePath(emulator, "t");
  await expect(ask("POST", `${path}?uploads`)).rejects.toMatchObject({
    message: "fetch failed",
    cause: { code: "ECONNRESET" },
  });
  // The work was done all the same.
  expect(emulator.requests[0]?.status).toBe(200);
});

it("makes the same ids from the same random bytes and the same clock", async () => {
  const ids: string[] = [];
  for (let run = 0; run < 2; run += 1) {
    let next = 0;
    const clock = { now: () => 1_800_000_000_000, schedule: () => () => undefined, advance: () => undefined };
    await using emulator = await openInProcessEmulator({
      tables,
      clock,
      wallClock: clock.now,
      randomBytes: (length) => new Uint8Array(length).fill(next++),
    });
    const answer = await clientOf(emulator, { date: new Date(clock.now()) })(
      "POST",
      `${tablePath(emulator, "t")}?uploads`,
    );
    ids.push(String(answer.json()["UploadID"]));
  }
  expect(ids[0]).toMatch(/^20270115080000/);
  expect(ids[1]).toBe(ids[0]);
});
