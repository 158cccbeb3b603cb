import { createTunnel } from "maxcompute-tunnel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startWorkplace, type Workplace } from "./workplace.ts";

let place: Workplace;
beforeAll(async () => {
  place = await startWorkplace([
    "create table people (id bigint, name string)",
    "create table parts (id bigint) partitioned by (dt string)",
  ]);
});
afterAll(() => place[Symbol.asyncDispose]());

/** Opens a session and stores blocks 0 and 3 in it, as an interrupted load would leave it. */
async function leaveSession(table: string): Promise<string> {
  const { endpoint, accessKeyId, accessKeySecret } = place.emulator;
  await using tunnel = createTunnel({
    endpoint,
    project: "proj",
    credentials: { accessKeyId, accessKeySecret },
  });
  const session = await tunnel.createUploadSession(table, { createPartition: true });
  for (const blockId of [0, 3]) {
    const writer = await session.openRecordWriter(blockId);
    await writer.write({ id: BigInt(blockId) });
    await writer.close();
  }
  return session.getId();
}

describe("status, blocks and commit", () => {
  it("show an open session, commit it, and show that it is committed", async () => {
    const id = await leaveSession("people");
    const open = await place.mctunnel("status", id, "proj.people");
    expect(open.exitCode).toBe(0);
    expect(open.out).toMatch(
      new RegExp(
        `^NORMAL: session ${id} on proj.people\n  2 blocks, 2 rows\n  not committed; it expires at \\S+\n` +
          `  to commit what it holds: mctunnel commit ${id} proj.people --blocks 0,3\n$`,
      ),
    );
    const blocks = await place.mctunnel("blocks", id, "proj.people");
    expect(blocks.out).toMatch(/^block {12}rows {2}created\n {4}0 {15}1 {2}\S+Z\n {4}3 {15}1 {2}\S+Z\n$/);
    expect(await place.mctunnel("commit", id, "proj.people", "--blocks", "0,3")).toMatchObject({
      exitCode: 0,
      out: `Session ${id} is committed: 2 blocks, 2 rows in proj.people.\n`,
    });
    expect(await place.emulator.readRows("people")).toEqual([
      { id: 0n, name: null },
      { id: 3n, name: null },
    ]);
    const closed = await place.mctunnel("status", id, "proj.people", "--json");
    expect(JSON.parse(closed.out)).toMatchObject({
      ok: true,
      command: "status",
      sessionId: id,
      status: "CLOSED",
      blocks: 2,
      rows: 2,
    });
  });

  it("say the same as JSON", async () => {
    const id = await leaveSession("people");
    expect(JSON.parse((await place.mctunnel("blocks", id, "proj.people", "--json")).out)).toEqual({
      ok: true,
      command: "blocks",
      project: "proj",
      table: "people",
      sessionId: id,
      blocks: [
        { blockId: 0, rows: 1, createdAt: expect.any(String) },
        { blockId: 3, rows: 1, createdAt: expect.any(String) },
      ],
    });
    expect(JSON.parse((await place.mctunnel("commit", id, "proj.people", "--json")).out)).toEqual({
      ok: true,
      command: "commit",
      project: "proj",
      table: "people",
      sessionId: id,
      blocks: 2,
      blockIds: [0, 3],
      rows: 2,
      confirmedBy: "answer",
    });
  });

  it("need the partition that the session was opened on", async () => {
    const id = await leaveSession("parts/dt=1");
    expect((await place.mctunnel("status", id, "proj.parts/dt=1")).exitCode).toBe(0);
    expect((await place.mctunnel("status", id, "proj.parts")).exitCode).toBe(2);
  });

  it("commit nothing when the blocks are not the ones that were named", async () => {
    const id = await leaveSession("people");
    const before = (await place.emulator.readRows("people")).length;
    const { exitCode, err } = await place.mctunnel("commit", id, "proj.people", "--blocks", "0-2");
    expect(exitCode).toBe(9);
    expect(err).toMatch(/missing|lacks|not.*hold/i);
    expect(err).toContain("Nothing was committed by this command.");
    expect(err).toContain(`next: mctunnel blocks ${id} proj.people`);
    expect(await place.emulator.readRows("people")).toHaveLength(before);
  });

  it("commit twice without doing it twice", async () => {
    const id = await leaveSession("people");
    const first = await place.mctunnel("commit", id, "proj.people");
    const before = (await place.emulator.readRows("people")).length;
    const second = await place.mctunnel("commit", id, "proj.people", "--blocks", "0,3");
    expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
    expect(second.out).toContain("had been committed before");
    expect(await place.emulator.readRows("people")).toHaveLength(before);
  });

  it("say that a session is unknown or has expired", async () => {
    expect(await place.mctunnel("status", "nothing", "proj.people")).toMatchObject({ exitCode: 8 });
    const id = await leaveSession("people");
    place.emulator.clock.advance(25 * 3_600_000);
    const { exitCode, err } = await place.mctunnel("commit", id, "proj.people", "--blocks", "0,3");
    expect(exitCode).toBe(8);
    expect(err).toContain(id);
  });
});
