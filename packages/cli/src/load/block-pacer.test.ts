import type { JobSession, UploadTarget } from "@maxcompute-tunnel/writer";
import { describe, expect, it } from "vitest";
import { BlockPacer } from "./block-pacer.ts";

/** A target of which only sending blocks matters, and a clock that moves when somebody sleeps. */
function stage(blocks: number): {
  readonly sent: (readonly [block: number, at: number])[];
  readonly waits: number[];
  readonly session: Promise<JobSession>;
  readonly clock: { now: number };
} {
  const sent: (readonly [block: number, at: number])[] = [];
  const waits: number[] = [];
  const clock = { now: 0 };
  const putBlock = async (blockId: number): Promise<object> => {
    sent.push([blockId, clock.now]);
    clock.now += 10;
    return { attempts: 1 };
  };
  const target = { create: async () => ({ id: "S", putBlock }) } as unknown as UploadTarget;
  const pacer = new BlockPacer({
    blocks,
    windowMs: 300_000,
    now: () => clock.now,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      clock.now += ms;
    },
    onWait: (ms) => waits.push(ms),
  });
  return { sent, waits, session: pacer.before(target).create({}), clock };
}

const body: readonly Uint8Array[] = [];

describe("BlockPacer", () => {
  it("lets as many blocks through as the service takes, and no more within a window", async () => {
    const { sent, waits, session } = stage(500);
    for (let block = 0; block < 1100; block += 1) await (await session).putBlock(block, body, {});
    expect(waits[0]).toBe(300_000 - 499 * 10);
    for (const [index, [, at]] of sent.entries()) {
      const before = sent[index - 500];
      // The block 500 before was over, and its window too.
      if (before !== undefined && at - (before[1] + 10) < 300_000) throw new Error(`${index}: ${at}`);
    }
    expect(sent).toHaveLength(1100);
  });

  it("counts blocks that are still on their way", async () => {
    const { sent, session } = stage(2);
    const opened = await session;
    await Promise.all([0, 1, 2, 3, 4].map((block) => opened.putBlock(block, body, {})));
    expect(sent.slice(0, 2).map(([, at]) => at)).toEqual([0, 10]);
    for (const [index, [, at]] of sent.entries())
      if (index >= 2) expect(at - sent[index - 2]![1]).toBeGreaterThanOrEqual(300_000);
  });

  it("does not hold what is given up", async () => {
    const { session } = stage(1);
    await (await session).putBlock(0, body, {});
    const signal = AbortSignal.abort(new Error("given up"));
    await expect((await session).putBlock(1, body, { signal })).rejects.toThrow("given up");
  });
});
