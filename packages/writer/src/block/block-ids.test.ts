import { describe, expect, it } from "vitest";
import { gate, MemorySink } from "../../test/memory-sink.ts";
import { blockIdsOf } from "./block-ids.ts";

describe("ids that writers pick", () => {
  it("leave out what the server holds, what others took and what callers named", async () => {
    const ids = blockIdsOf(new MemorySink([], [0, 2]));
    await ids.learn();
    ids.claim(3);
    expect([ids.take(), ids.take(), ids.take()]).toEqual([1, 4, 5]);
  });

  it("end at 19999", async () => {
    const ids = blockIdsOf(new MemorySink([]));
    await ids.learn();
    expect(ids.take(19999)).toBe(19999);
    expect(ids.take(19999)).toBeUndefined();
    expect(ids.take()).toBe(0);
  });

  it("may be given back when nothing was sent under them", async () => {
    const ids = blockIdsOf(new MemorySink([]));
    await ids.learn();
    expect(ids.take()).toBe(0);
    ids.giveBack(0);
    expect(ids.take()).toBe(0);
  });
});

describe("two session objects of one upload", () => {
  it("never give out the same id, though each has looked before the other wrote", async () => {
    const first = blockIdsOf(new MemorySink([], [0], "upload-1"));
    const second = blockIdsOf(new MemorySink([], [0], "upload-1"));
    await Promise.all([first.learn(), second.learn()]);
    expect([first.take(), second.take(), first.take(), second.take()]).toEqual([1, 2, 3, 4]);
  });

  it("each look for themselves at what the server holds", async () => {
    await blockIdsOf(new MemorySink([], [], "upload-2")).learn();
    const later = blockIdsOf(new MemorySink([], [0, 1], "upload-2"));
    await later.learn();
    expect(later.take()).toBe(2);
  });

  it("do not let a block be named twice at a time", () => {
    const first = blockIdsOf(new MemorySink([], [], "upload-3"));
    first.claim(7);
    expect(() => blockIdsOf(new MemorySink([], [], "upload-3")).claim(7)).toThrow("Block 7 is being written");
  });

  it("have nothing to do with other uploads", () => {
    blockIdsOf(new MemorySink([], [], "upload-4")).claim(0);
    expect(blockIdsOf(new MemorySink([], [], "upload-5")).take()).toBe(0);
    expect(blockIdsOf(new MemorySink([])).take()).toBe(0);
  });
});

describe("learning what the server holds", () => {
  it("asks once for all writers of a session object", async () => {
    const sink = new MemorySink([]);
    await Promise.all([blockIdsOf(sink).learn(), blockIdsOf(sink).learn()]);
    expect(blockIdsOf(sink).learn()).toBeUndefined();
    expect(sink.lists).toBe(1);
  });

  it("asks again after a failure", async () => {
    const sink = new MemorySink([], [0]);
    sink.beforeListing = () => {
      throw new Error("no answer");
    };
    await expect(blockIdsOf(sink).learn()).rejects.toThrow("no answer");
    sink.beforeListing = () => {};
    await blockIdsOf(sink).learn();
    expect(blockIdsOf(sink).take()).toBe(1);
  });

  it("ends when nobody waits for it any more, and not before", async () => {
    const sink = new MemorySink([], [0]);
    const { opened, open } = gate();
    sink.beforeListing = () => opened;
    const ids = blockIdsOf(sink);
    const [first, second] = [ids.learn()!, ids.learn()!];
    ids.forgo(first);
    expect(sink.listingSignal?.aborted).toBe(false);
    ids.forgo(second);
    expect(sink.listingSignal?.aborted).toBe(true);
    open();
    await ids.learn();
    expect(sink.lists).toBe(2);
    expect(ids.take()).toBe(1);
  });

  it("troubles nobody with a failure that nobody waits for", async () => {
    const sink = new MemorySink([]);
    sink.beforeListing = () => {
      throw new Error("no route");
    };
    const ids = blockIdsOf(sink);
    void ids.learn();
    // An unhandled rejection would fail the test run.
    await new Promise((resolve) => setImmediate(resolve));
    expect(sink.lists).toBe(1);
  });
});

describe("ids that callers name", () => {
  it("are 0 to 20000, as in the reference", () => {
    const ids = blockIdsOf(new MemorySink([]));
    ids.claim(0);
    ids.claim(20000);
    for (const wrong of [-1, 20001, 1.5, Number.NaN]) {
      expect(() => ids.claim(wrong)).toThrow(`Expected a block id from 0 to 20000, got ${wrong}`);
    }
  });

  it("belong to one live writer at a time", () => {
    const ids = blockIdsOf(new MemorySink([]));
    ids.claim(7);
    expect(() => ids.claim(7)).toThrow("Block 7 is being written by another writer of this session");
    ids.release(7);
    ids.claim(7);
  });
});
