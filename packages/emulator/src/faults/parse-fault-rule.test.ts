import { describe, expect, it } from "vitest";
import { EmulatorError } from "../errors.ts";
import { parseFaultRule } from "./parse-fault-rule.ts";

const actions = ["put block", "commit upload"];
const effect = { kind: "reset", when: "before-body" };

function refusal(value: unknown): readonly [string | undefined, string] {
  try {
    parseFaultRule(value, { actions });
  } catch (error) {
    if (error instanceof EmulatorError && error.code === "invalid-fault") return [error.path, error.message];
    throw error;
  }
  return [undefined, "taken"];
}

it("takes a rule with everything", () => {
  const rule = {
    id: "first",
    match: { action: ["put block"], project: "p", schema: "s", table: "t", session: "u", block: [0, 1] },
    nth: [1, 2],
    every: 1,
    times: 3,
    probability: 0.25,
    seed: 4,
    effect: {
      kind: "answer",
      status: 429,
      code: "FlowExceeded",
      message: "slower",
      headers: { "Retry-After": "3" },
      holdClientMs: 500,
      body: "",
      work: "done",
    },
  };
  expect(parseFaultRule(rule, { actions })).toEqual({
    ...rule,
    effect: { ...rule.effect, headers: { "retry-after": "3" } },
  });
});

describe("a rule is refused by the path of", () => {
  it.each<[unknown, string, string]>([
    [3, "", "Expected the rule to be an object, got 3"],
    [{}, "effect", "Expected effect to be an object, got nothing"],
    [{ effect: {} }, "effect.kind", "got nothing"],
    [{ effect: { kind: "explode" } }, "effect.kind", "Expected effect.kind to be one of answer, redirect"],
    [
      { effect: { kind: "answer" } },
      "effect.status",
      "Expected effect.status to be an HTTP status, got nothing",
    ],
    [{ effect: { kind: "answer", status: "503" } }, "effect.status", 'from 200 to 599, got "503"'],
    [
      { effect: { kind: "answer", status: 503, headers: { "retry-after": 3 } } },
      "effect.headers.retry-after",
      "a text, got 3",
    ],
    [
      { effect: { kind: "answer", status: 503, headers: { x: "a\r\nb: c" } } },
      "effect.headers.x",
      "a header that HTTP allows",
    ],
    [
      { effect: { kind: "answer", status: 503, headers: { "content-length": "3" } } },
      "effect.headers.content-length",
      "does not frame the answer",
    ],
    [{ effect: { kind: "redirect", status: 304 } }, "effect.status", "301, 302, 303, 307 or 308"],
    [{ effect: { kind: "redirect", location: "a\nb" } }, "effect.location", "a header that HTTP allows"],
    [{ effect: { kind: "delay" } }, "effect.delayMs", "milliseconds"],
    [{ effect: { kind: "reset", when: "in-body" } }, "effect.bodyBytes", "bytes, got nothing"],
    [{ effect: { ...effect, bodyBytes: 3 } }, "effect.bodyBytes", "There is no effect.bodyBytes"],
    [{ effect: { kind: "content-length", by: 0 } }, "effect.by", "other than 0"],
    [{ effect: { kind: "throttle" } }, "effect.requestBytesPerSecond", "or answerBytesPerSecond"],
    [
      { effect: { kind: "session-status", status: "closed" } },
      "effect.status",
      "expired, critical, canceled",
    ],
    [{ effect, match: { action: "put blok" } }, "match.action", "put block, commit upload"],
    [{ effect, match: { action: ["put block", "x"] } }, "match.action[1]", 'got "x"'],
    [{ effect, match: { action: [] } }, "match.action", "a list of at least one"],
    [{ effect, match: { block: -1 } }, "match.block", "got -1"],
    [{ effect, match: { tabel: "t" } }, "match.tabel", "There is no match.tabel"],
    [{ effect, nth: 0 }, "nth", "a whole number from 1"],
    [{ effect, nth: [1, 1.5] }, "nth[1]", "got 1.5"],
    [{ effect, probability: 2 }, "probability", "from 0 to 1"],
    [{ effect, seed: 1 }, "probability", "there with a seed"],
    [{ effect, id: "a b" }, "id", "letters"],
    [{ effect, often: 1 }, "often", "There is no often"],
  ])("%j", (rule, path, message) => {
    const [at, told] = refusal(rule);
    expect(at).toBe(path);
    expect(told).toContain(message);
  });
});
