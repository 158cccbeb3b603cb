import { expect, it } from "vitest";
import { noFaults, planFaults } from "./fault-plan.ts";
import type { FaultEffect } from "./fault-rule.ts";

const plan = (...effects: FaultEffect[]) =>
  planFaults(effects.map((effect, index) => ({ id: `r${index}`, effect })));

it("adds up delays and takes the tightest limits", () => {
  expect(
    plan(
      { kind: "delay", delayMs: 5 },
      { kind: "delay", delayMs: 7 },
      { kind: "delay", delayMs: 3, before: "answer" },
      { kind: "throttle", requestBytesPerSecond: 100 },
      { kind: "throttle", requestBytesPerSecond: 50, answerBytesPerSecond: 9 },
      { kind: "reset", when: "in-body", bodyBytes: 30 },
      { kind: "reset", when: "in-body", bodyBytes: 20 },
      { kind: "disk-full" },
      { kind: "disk-full", freeBytes: 10 },
    ),
  ).toEqual({
    ...noFaults,
    rules: ["r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8"],
    delayBeforeWorkMs: 12,
    delayBeforeAnswerMs: 3,
    requestBytesPerSecond: 50,
    answerBytesPerSecond: 9,
    cutBodyAfterBytes: 20,
    freeDiskBytes: 0,
  });
});

it("takes the first of what excludes each other", () => {
  const hang: FaultEffect = { kind: "hang", when: "before-answer" };
  const reset: FaultEffect = { kind: "reset", when: "before-body" };
  expect(plan(hang, reset)).toMatchObject({ delivery: { kind: "hang" }, work: "once" });
  expect(plan(reset, hang)).toMatchObject({ delivery: { kind: "reset" }, work: "none" });
  const first: FaultEffect = { kind: "answer", status: 500, work: "done" };
  expect(plan(first, { kind: "redirect" })).toMatchObject({ answer: first, work: "once" });
  expect(plan({ kind: "duplicate", second: "after-answer" }, { kind: "duplicate" }).work).toBe(
    "again-after-answer",
  );
});

it("does no work where an answer takes its place, unless it says so", () => {
  expect(plan({ kind: "answer", status: 503 }).work).toBe("none");
  expect(plan({ kind: "redirect", location: "/x" })).toMatchObject({
    answer: { status: 307, headers: { location: "/x" } },
    work: "none",
  });
  expect(plan({ kind: "duplicate" }, { kind: "answer", status: 500, work: "done" }).work).toBe("twice");
});
