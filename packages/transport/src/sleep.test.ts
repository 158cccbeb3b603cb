import { describe, expect, it } from "vitest";
import { platformSleep } from "./sleep.ts";

describe("the platform's sleep", () => {
  it("rejects with the reason of its signal, at once when that has aborted already", async () => {
    const reason = new Error("enough");
    await expect(platformSleep(1_000_000, AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const sleeping = platformSleep(1_000_000, controller.signal);
    controller.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
  });

  it("ends by itself", async () => {
    await expect(platformSleep(0)).resolves.toBeUndefined();
  });

  it("holds waits that are longer than a timer can", async () => {
    const controller = new AbortController();
    let isOver = false;
    const sleeping = platformSleep(2 ** 40, controller.signal).then(
      () => {
        isOver = true;
      },
      () => undefined,
    );
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(isOver).toBe(false);
    controller.abort();
    await sleeping;
  });
});
