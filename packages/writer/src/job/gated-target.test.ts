import { expect, it } from "vitest";
import { gatedTarget } from "./gated-target.ts";
import type { JobSession, UploadTarget } from "./upload-target.ts";

/** A target whose blocks are stored when the test says so. */
function slowTarget(): { target: UploadTarget; sent: number[]; store: (blockId: number) => Promise<void> } {
  const sent: number[] = [];
  const answers = new Map<number, () => void>();
  const session = {
    id: "s",
    schema: { columns: [], partitionKeys: [] },
    maxFieldBytes: 8,
    putBlock: async (blockId: number) => {
      sent.push(blockId);
      await new Promise<void>((resolve) => answers.set(blockId, resolve));
      return { blockId, byteLength: 1, attempts: 1 };
    },
  } as unknown as JobSession;
  const target: UploadTarget = {
    table: { project: "p", table: "t" },
    create: async () => session,
    resume: async () => session,
  };
  const store = async (blockId: number): Promise<void> => {
    answers.get(blockId)!();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { target, sent, store };
}

it("lets as many blocks pass as were asked for, fewer once it is throttled, and then more again", async () => {
  const { target, sent, store } = slowTarget();
  const gate = gatedTarget(target, { parallel: 4, now: () => 0 });
  const session = await gate.target.create({});
  const puts = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((blockId) => session.putBlock(blockId, []));
  await Promise.resolve();
  expect(sent).toEqual([0, 1, 2, 3]);
  gate.noteThrottled();
  expect(gate.limit).toBe(2);
  await store(0);
  await store(1);
  expect(sent).toEqual([0, 1, 2, 3]);
  await store(2);
  expect(sent).toEqual([0, 1, 2, 3, 4]);
  await store(3);
  // Four were stored in a row: one more may pass.
  expect(gate.limit).toBe(3);
  expect(sent).toEqual([0, 1, 2, 3, 4, 5, 6]);
  for (const blockId of [4, 5, 6, 7, 8, 9]) await store(blockId);
  expect((await Promise.all(puts)).map(({ blockId }) => blockId)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

it("keeps nobody waiting who was given up", async () => {
  const { target, sent, store } = slowTarget();
  const gate = gatedTarget(target, { parallel: 1 });
  const session = await gate.target.resume("s", {});
  const first = session.putBlock(0, []);
  const stop = new AbortController();
  const second = session.putBlock(1, [], { signal: stop.signal });
  const third = session.putBlock(2, []);
  stop.abort(new Error("given up"));
  await expect(second).rejects.toThrow("given up");
  await store(0);
  await store(2);
  expect(sent).toEqual([0, 2]);
  await Promise.all([first, third]);
});
