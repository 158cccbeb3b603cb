import type { FiredFault } from "./fault-book.ts";
import type { AnswerEffect, EndedStatus, FaultEffect } from "./fault-rule.ts";

/** Everything that goes wrong with one request, in the order it comes. */
export interface FaultPlan {
  /** Ids of the rules that act. */
  readonly rules: readonly string[];
  readonly delayBeforeWorkMs: number;
  /** What becomes of the session first. */
  readonly sessionStatus: EndedStatus | undefined;
  /** What the disk still takes; `undefined` for a disk that is well. */
  readonly freeDiskBytes: number | undefined;
  readonly requestBytesPerSecond: number | undefined;
  readonly cutBodyAfterBytes: number | undefined;
  readonly work: "none" | "once" | "twice" | "again-after-answer";
  /** In place of what the work came to. */
  readonly answer: AnswerEffect | undefined;
  readonly delayBeforeAnswerMs: number;
  readonly answerBytesPerSecond: number | undefined;
  readonly delivery: Delivery;
}

/** How an answer reaches the client, or does not. */
export type Delivery =
  | { readonly kind: "whole" }
  | { readonly kind: "reset" }
  | { readonly kind: "hang" }
  | Extract<FaultEffect, { kind: "truncate" | "garbage" | "content-length" }>;

/** Nothing goes wrong. */
export const noFaults: FaultPlan = {
  rules: [],
  delayBeforeWorkMs: 0,
  sessionStatus: undefined,
  freeDiskBytes: undefined,
  requestBytesPerSecond: undefined,
  cutBodyAfterBytes: undefined,
  work: "once",
  answer: undefined,
  delayBeforeAnswerMs: 0,
  answerBytesPerSecond: undefined,
  delivery: { kind: "whole" },
};

/** Puts effects together: delays add up, the tightest limit counts, and of what excludes each other the first. */
export function planFaults(fired: readonly FiredFault[]): FaultPlan {
  return fired.reduce<FaultPlan>(
    (plan, { id, effect }) => ({ ...withEffect(plan, effect), rules: [...plan.rules, id] }),
    noFaults,
  );
}

function withEffect(plan: FaultPlan, effect: FaultEffect): FaultPlan {
  switch (effect.kind) {
    case "delay":
      return effect.before === "answer"
        ? { ...plan, delayBeforeAnswerMs: plan.delayBeforeAnswerMs + effect.delayMs }
        : { ...plan, delayBeforeWorkMs: plan.delayBeforeWorkMs + effect.delayMs };
    case "session-status":
      return { ...plan, sessionStatus: plan.sessionStatus ?? effect.status };
    case "disk-full":
      return { ...plan, freeDiskBytes: tighter(plan.freeDiskBytes, effect.freeBytes ?? 0) };
    case "throttle":
      return {
        ...plan,
        requestBytesPerSecond: tighter(plan.requestBytesPerSecond, effect.requestBytesPerSecond),
        answerBytesPerSecond: tighter(plan.answerBytesPerSecond, effect.answerBytesPerSecond),
      };
    case "duplicate": {
      const work = effect.second === "after-answer" ? "again-after-answer" : "twice";
      return plan.work === "once" ? { ...plan, work } : plan;
    }
    case "answer":
      return answered(plan, effect);
    case "redirect": {
      const headers = effect.location === undefined ? {} : { headers: { location: effect.location } };
      return answered(plan, { kind: "answer", status: effect.status ?? 307, ...headers });
    }
    case "reset":
      if (effect.when === "in-body") {
        return { ...plan, cutBodyAfterBytes: tighter(plan.cutBodyAfterBytes, effect.bodyBytes) };
      }
      return undelivered(plan, "reset", effect.when);
    case "hang":
      return undelivered(plan, "hang", effect.when);
    case "truncate":
    case "garbage":
    case "content-length":
      return plan.delivery.kind === "whole" ? { ...plan, delivery: effect } : plan;
  }
}

function answered(plan: FaultPlan, answer: AnswerEffect): FaultPlan {
  if (plan.answer !== undefined) {
    return plan;
  }
  return { ...plan, answer, work: answer.work === "done" ? plan.work : "none" };
}

function undelivered(
  plan: FaultPlan,
  kind: "reset" | "hang",
  when: "before-body" | "before-answer",
): FaultPlan {
  if (plan.delivery.kind !== "whole") {
    return plan;
  }
  return { ...plan, delivery: { kind }, work: when === "before-body" ? "none" : plan.work };
}

function tighter(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}
