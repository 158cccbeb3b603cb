import { describe, expect, it } from "vitest";
import type { Relation } from "./relation.ts";
import { createRelationCache } from "./relation-cache.ts";

const relation = (name: string, byteLength: number): Relation => ({
  name,
  byteLength,
  stored: [],
  columns: [],
  partitions: [],
});
const never = new AbortController().signal;

/** A cache of 100 bytes that writes down what it does. */
function cacheWithLog(load: (name: string, signal: AbortSignal) => Promise<void> = async () => undefined) {
  const log: string[] = [];
  const cache = createRelationCache({
    maxBytes: 100,
    load: (loaded, signal) => {
      log.push(`load ${loaded.name}`);
      return load(loaded.name, signal);
    },
    drop: async (dropped) => void log.push(`drop ${dropped.name}`),
  });
  const use = (...relations: Relation[]) => cache.use(relations, never, async () => log.push("used"));
  return { log, cache, use };
}

describe("a relation cache", () => {
  it("loads once what is asked for again, and drops the longest unused when there is too much", async () => {
    const { log, use } = cacheWithLog();
    const [a, b, c] = [relation("a", 60), relation("b", 40), relation("c", 30)];
    await use(a, a);
    await use(b);
    await use(a);
    await use(c);
    await use(b);
    expect(log).toEqual([
      "load a",
      "used",
      "load b",
      "used",
      "used",
      "load c",
      "used",
      "drop b",
      "load b",
      "used",
      "drop a",
    ]);
  });

  it("keeps what is in use, however large", async () => {
    const { log, cache, use } = cacheWithLog();
    await cache.use([relation("huge", 1000)], never, async () => {
      await use(relation("small", 1));
      expect(log).toEqual(["load huge", "load small", "used", "drop small"]);
    });
    expect(log.at(-1)).toBe("drop huge");
  });

  it("shares the loading of two, and tries anew after one that failed", async () => {
    let failures = 1;
    const { log, use } = cacheWithLog(async () => {
      await Promise.resolve();
      if (failures-- > 0) throw new Error("no file");
    });
    const results = await Promise.allSettled([use(relation("a", 1)), use(relation("a", 1))]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await use(relation("a", 1));
    expect(log).toEqual(["load a", "load a", "used"]);
  });

  it("stops loading when the last who waits for it has gone", async () => {
    const aborted: string[] = [];
    const { cache, log, use } = cacheWithLog(
      (name, signal) =>
        new Promise((resolve, reject) => {
          if (name === "quick") resolve();
          signal.addEventListener("abort", () => {
            aborted.push(name);
            reject(signal.reason);
          });
        }),
    );
    const [first, second] = [new AbortController(), new AbortController()];
    const waiting = [first, second].map(({ signal }) =>
      cache.use([relation("slow", 1)], signal, async () => "used"),
    );
    await expect.poll(() => log).toEqual(["load slow"]);
    first.abort(new Error("first gone"));
    expect(aborted).toEqual([]);
    second.abort(new Error("second gone"));
    const results = await Promise.allSettled(waiting);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(aborted).toEqual(["slow"]);
    await use(relation("quick", 1));
    const third = new AbortController();
    await cache.use([relation("quick", 1)], third.signal, async () => third.abort());
    await use(relation("quick", 1));
    expect(log).toEqual(["load slow", "load quick", "used", "used"]);
  });
});
