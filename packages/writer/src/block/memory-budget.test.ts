import { describe, expect, it } from "vitest";
import { turn } from "../../test/memory-sink.ts";
import { type BudgetHolder, createMemoryBudget } from "./memory-budget.ts";

/** A writer as the budget sees one. */
function holder(parts: Partial<{ sealable: number; departing: number }> = {}) {
  const state = { sealable: parts.sealable ?? 0, departing: parts.departing ?? 0, sealed: 0 };
  const asked: BudgetHolder = {
    get sealableBytes() {
      return state.sealable;
    },
    get departingBytes() {
      return state.departing;
    },
    sealForMemory() {
      state.sealed += 1;
      state.departing += state.sealable;
      state.sealable = 0;
    },
  };
  return { state, asked };
}

async function isSettled(promise: Promise<void> | undefined): Promise<boolean> {
  let settled = false;
  promise?.then(() => {
    settled = true;
  });
  await turn();
  return settled;
}

describe("one account", () => {
  it("books at once what fits", () => {
    const budget = createMemoryBudget(100);
    const account = budget.open(holder().asked);
    expect(account.reserve(60)).toBeUndefined();
    expect(account.reserve(40)).toBeUndefined();
    expect(budget.usedBytes).toBe(100);
    expect(account.heldBytes).toBe(100);
  });

  it("waits for room while something is on its way that will make some", async () => {
    const budget = createMemoryBudget(100);
    const { state, asked } = holder({ departing: 80 });
    const account = budget.open(asked);
    account.take(80);
    const wait = account.reserve(40);
    expect(await isSettled(wait)).toBe(false);
    state.departing = 0;
    account.take(-80);
    expect(await isSettled(wait)).toBe(true);
    expect(budget.usedBytes).toBe(40);
  });

  it("grants what can never fit once nothing is on its way, so that a huge row gets through", async () => {
    const budget = createMemoryBudget(100);
    const account = budget.open(holder().asked);
    expect(await isSettled(account.reserve(500))).toBe(true);
    expect(budget.usedBytes).toBe(500);
  });

  it("grants in order of asking", async () => {
    const budget = createMemoryBudget(100);
    const { state, asked } = holder({ departing: 100 });
    const account = budget.open(asked);
    account.take(100);
    const large = account.reserve(90);
    const small = account.reserve(5);
    account.take(-20);
    state.departing = 80;
    expect(await isSettled(small)).toBe(false);
    account.take(-80);
    state.departing = 0;
    expect(await isSettled(large)).toBe(true);
    expect(await isSettled(small)).toBe(true);
  });
});

describe("a shared budget", () => {
  it("has the largest unfinished block sealed when nobody is sending", async () => {
    const budget = createMemoryBudget(100);
    const small = holder({ sealable: 30 });
    const large = holder({ sealable: 60 });
    const accountOfSmall = budget.open(small.asked);
    const accountOfLarge = budget.open(large.asked);
    accountOfSmall.take(30);
    accountOfLarge.take(60);
    const wait = accountOfSmall.reserve(20);
    expect(large.state.sealed).toBe(1);
    expect(small.state.sealed).toBe(0);
    expect(await isSettled(wait)).toBe(false);
    accountOfLarge.take(-60);
    expect(await isSettled(wait)).toBe(true);
  });

  it("does not have blocks sealed while enough is on its way", async () => {
    const budget = createMemoryBudget(100);
    const building = holder({ sealable: 40 });
    const sending = holder({ departing: 60 });
    budget.open(building.asked).take(40);
    budget.open(sending.asked).take(60);
    const wait = budget.open(holder().asked).reserve(50);
    expect(building.state.sealed).toBe(0);
    expect(await isSettled(wait)).toBe(false);
  });

  it("takes everything back from a writer that ends, and turns its waiting reservations loose", async () => {
    const budget = createMemoryBudget(100);
    const ending = budget.open(holder({ departing: 100 }).asked);
    ending.take(100);
    const own = ending.reserve(10);
    const others = budget.open(holder().asked).reserve(10);
    ending.close();
    expect(await isSettled(own)).toBe(true);
    expect(await isSettled(others)).toBe(true);
    expect(budget.usedBytes).toBe(10);
    ending.take(50);
    expect(budget.usedBytes).toBe(10);
  });
});

it("refuses a budget of nothing", () => {
  expect(() => createMemoryBudget(0)).toThrow("Expected a memory budget of more than 0 bytes, got 0");
  expect(() => createMemoryBudget(Number.NaN)).toThrow("got NaN");
});
