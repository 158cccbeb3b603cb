import { describe, expect, it } from "vitest";
import { afterStoring, afterThrottling, initialConcurrency } from "./concurrency-policy.ts";

describe("concurrency", () => {
  it("halves when the service throttles, down to one", () => {
    let state = initialConcurrency(7);
    const limits: number[] = [];
    for (const now of [0, 10_000, 20_000, 30_000]) {
      state = afterThrottling(state, now);
      limits.push(state.limit);
    }
    expect(limits).toEqual([3, 1, 1, 1]);
  });

  it("counts what all blocks on their way are told at a time once", () => {
    let state = initialConcurrency(8);
    for (const now of [100, 101, 900, 5099]) state = afterThrottling(state, now);
    expect(state.limit).toBe(4);
    expect(afterThrottling(state, 5100).limit).toBe(2);
  });

  it("grows by one after twice as many blocks in a row, up to what was asked for", () => {
    let state = afterThrottling(initialConcurrency(4), 0);
    const limits: number[] = [];
    for (let stored = 0; stored < 12; stored += 1) {
      state = afterStoring(state);
      limits.push(state.limit);
    }
    expect(limits).toEqual([2, 2, 2, 3, 3, 3, 3, 3, 3, 4, 4, 4]);
  });

  it("begins to count again when it is throttled meanwhile", () => {
    let state = afterThrottling(initialConcurrency(4), 0);
    for (let stored = 0; stored < 3; stored += 1) state = afterStoring(state);
    state = afterThrottling(state, 1000);
    expect(afterStoring(state)).toMatchObject({ limit: 2, calm: 1 });
  });
});
