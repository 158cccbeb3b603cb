import { expect, it } from "vitest";
import { createReadCosts } from "./read-costs.ts";

it("tells the storage's time from the connection's, in microseconds", async () => {
  let time = 1000;
  const costs = createReadCosts(() => time);
  async function* stored(): AsyncGenerator<string, void> {
    for (const row of ["a", "b"]) {
      time += 10;
      yield row;
    }
  }
  async function* answer(): AsyncGenerator<string, number> {
    let count = 0;
    for await (const row of costs.reading(stored())) {
      time += 0.5;
      count += 1;
      yield row;
    }
    return count;
  }
  const pieces = costs.sending(answer());
  for (let index = 0; index < 2; index += 1) {
    expect((await pieces.next()).value).toBe(["a", "b"][index]);
    time += 100;
  }
  expect(await pieces.next()).toEqual({ done: true, value: 2 });
  expect(JSON.parse(costs.toJson())).toEqual({
    PanguIOCost: 20_000,
    ServerIOCost: 200_000,
    ServerTotalCost: 221_000,
    RateLimitCost: 0,
  });
});

it("closes its source when nobody takes the rest", async () => {
  let closed = false;
  const costs = createReadCosts(() => 0);
  async function* stored(): AsyncGenerator<string, void> {
    try {
      yield "a";
      yield "b";
    } finally {
      closed = true;
    }
  }
  for await (const _ of costs.sending(costs.reading(stored()))) {
    break;
  }
  expect(closed).toBe(true);
});
