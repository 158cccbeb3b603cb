import { expect, it } from "vitest";
import { rateWindow } from "./rate-window.ts";

it("lets so many through in any window, and says how long until there is room", () => {
  const window = rateWindow(2, 100);
  expect([window.take(0), window.take(30), window.take(40), window.take(99)]).toEqual([
    undefined,
    undefined,
    60,
    1,
  ]);
  expect([window.take(100), window.take(101)]).toEqual([undefined, 29]);
});

it("counts nothing that it refused, and forgets", () => {
  const window = rateWindow(1, 10);
  window.take(0);
  window.take(9);
  expect([window.isEmpty(9), window.isEmpty(10), window.take(10)]).toEqual([false, true, undefined]);
});
