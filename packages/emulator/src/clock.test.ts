import { describe, expect, it } from "vitest";
import { createAdjustableClock } from "./clock.ts";

describe("an adjustable clock", () => {
  it("runs what became due, in order of time, when it is put forward", () => {
    const clock = createAdjustableClock();
    const ran: string[] = [];
    clock.schedule(2_000_000, () => ran.push("later"));
    clock.schedule(1_000_000, () => ran.push("sooner"));
    const cancel = clock.schedule(1_500_000, () => ran.push("cancelled"));
    cancel();
    clock.advance(999_000);
    expect(ran).toEqual([]);
    clock.advance(1_001_000);
    expect(ran).toEqual(["sooner", "later"]);
    clock.advance(10_000_000);
    expect(ran).toEqual(["sooner", "later"]);
  });

  it("takes delays longer than a platform timer can", () => {
    const clock = createAdjustableClock();
    let ran = 0;
    clock.schedule(90 * 24 * 3_600_000, () => {
      ran += 1;
    });
    clock.advance(89 * 24 * 3_600_000);
    expect(ran).toBe(0);
    clock.advance(2 * 24 * 3_600_000);
    expect(ran).toBe(1);
  });

  it("keeps what it put forward, and goes on from there", () => {
    const clock = createAdjustableClock();
    const before = clock.now();
    clock.advance(3_600_000);
    expect(clock.now() - before).toBeGreaterThanOrEqual(3_600_000);
    expect(() => clock.advance(-1)).toThrow("Expected a clock to go forward, got -1 milliseconds");
  });
});
