import { describe, expect, it } from "vitest";
import { untilAborted } from "./until-aborted.ts";

const never = new Promise<never>(() => {});

async function collect<Item>(items: AsyncIterable<Item>, into: Item[] = []): Promise<Item[]> {
  for await (const item of items) into.push(item);
  return into;
}

describe("a source that may be aborted", () => {
  it("gives its items and its end", async () => {
    async function* source(): AsyncGenerator<number> {
      yield 1;
      yield 2;
    }
    expect(await collect(untilAborted(source(), new AbortController().signal))).toEqual([1, 2]);
  });

  it("ends with the signal's reason while it waits for an item that never comes", async () => {
    async function* source(): AsyncGenerator<number> {
      yield 1;
      await never;
    }
    const controller = new AbortController();
    const seen: number[] = [];
    const reading = collect(untilAborted(source(), controller.signal), seen);
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error("enough"));
    await expect(reading).rejects.toThrow("enough");
    expect(seen).toEqual([1]);
  });

  it("is never asked when the signal has aborted already", async () => {
    let asked = 0;
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          asked += 1;
          return never;
        },
      }),
    };
    await expect(collect(untilAborted(source, AbortSignal.abort(new Error("before"))))).rejects.toThrow(
      "before",
    );
    expect(asked).toBe(0);
  });

  it("fails with its own error", async () => {
    async function* source(): AsyncGenerator<number> {
      yield 1;
      throw new Error("the database went away");
    }
    await expect(collect(untilAborted(source(), new AbortController().signal))).rejects.toThrow("went away");
  });

  it("is ended, and waited for, when its reader stops", async () => {
    let isClosed = false;
    async function* source(): AsyncGenerator<number> {
      try {
        for (let item = 0; ; item++) yield item;
      } finally {
        await new Promise((resolve) => setImmediate(resolve));
        isClosed = true;
      }
    }
    for await (const item of untilAborted(source(), new AbortController().signal)) if (item === 3) break;
    expect(isClosed).toBe(true);
  });

  it("leaves no listener at the signal", async () => {
    let listeners = 0;
    const { signal } = new AbortController();
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };
    async function* source(): AsyncGenerator<number> {
      yield 1;
    }
    await collect(untilAborted(source(), signal));
    expect(listeners).toBe(0);
  });
});
