import { expect, it } from "vitest";
import { Life } from "./life.ts";
import { Scheduler } from "./scheduler.ts";
import { Trace } from "./trace.ts";

function scheduler(): Scheduler {
  return new Scheduler(new Trace({ keepLines: true }), 1000);
}

it("runs events in order of their time, those of one time as they were scheduled", async () => {
  const time = scheduler();
  const seen: string[] = [];
  for (const [delayMs, label] of [
    [30, "c"],
    [10, "a"],
    [30, "d"],
    [20, "b"],
  ] as const) {
    time.schedule(delayMs, () => seen.push(`${label} at ${time.now}`), { label });
  }
  expect(await time.run(() => false)).toBe("idle");
  expect(seen).toEqual(["a at 1010", "b at 1020", "c at 1030", "d at 1030"]);
});

it("lets everything that an event set off run dry before the next one, however deep it goes", async () => {
  const time = scheduler();
  const seen: string[] = [];
  time.schedule(
    1,
    () => {
      void (async () => {
        for (let depth = 0; depth < 1000; depth += 1) {
          await undefined;
        }
        await new Promise<void>((resolve) => process.nextTick(resolve));
        seen.push("first is over");
      })();
    },
    { label: "first" },
  );
  time.schedule(1, () => seen.push("second"), { label: "second" });
  await time.run(() => false);
  expect(seen).toEqual(["first is over", "second"]);
});

it("does not go on for housekeeping alone, and skips what was cancelled", async () => {
  const time = scheduler();
  let swept = 0;
  const sweep = (): void => {
    swept += 1;
    time.schedule(10, sweep, { label: "sweep", ground: "background" });
  };
  sweep();
  const cancel = time.schedule(500, () => expect.unreachable("it was cancelled"), { label: "cancelled" });
  time.schedule(25, () => cancel(), { label: "cancels" });
  expect(await time.run(() => false)).toBe("idle");
  expect([time.now, swept]).toEqual([1025, 3]);
});

it("says that something does not end", async () => {
  const time = scheduler();
  const again = (): void => void time.schedule(1, again, { label: "again" });
  again();
  expect(await time.run(() => time.now > 1_000_000)).toBe("endless");
});

it("lets nothing reach a life that has ended", async () => {
  const time = scheduler();
  const life = new Life(time, "client", (step) => {
    if (step === 2) {
      life.end();
    }
  });
  const seen: number[] = [];
  for (const delayMs of [1, 2, 3]) {
    life.after(delayMs, () => seen.push(delayMs), { label: "timer" });
  }
  await time.run(() => false);
  expect(seen).toEqual([1]);
});
