import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TunnelError, type TunnelErrorCode } from "../errors.ts";
import { createRetryPolicy, neverRetry, type RetryState } from "./retry-policy.ts";

function state(
  code: TunnelErrorCode,
  more: Partial<RetryState> & { retryAfterMs?: number } = {},
): RetryState {
  const error = new TunnelError("failed", { code, operation: "put block", retryAfterMs: more.retryAfterMs });
  return { error, failures: 1, throttled: 0, elapsedMs: 0, random: 1, ...more };
}

describe("the usual policy", () => {
  const policy = createRetryPolicy();

  it("doubles the bound of its pause up to 64 s and gives up after 8 attempts", () => {
    const bounds = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((failures) => policy(state("server", { failures })));
    expect(bounds).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, undefined, undefined]);
  });

  it("draws the pause from all of its range", () => {
    expect(policy(state("network", { failures: 3, random: 0 }))).toBe(0);
    expect(policy(state("network", { failures: 3, random: 0.25 }))).toBe(1_000);
    expect(policy(state("network", { failures: 3, random: 0.999 }))).toBe(3_996);
  });

  it.each(["throttled", "server", "network", "timeout"] as const)("tries again after %s", (code) => {
    expect(policy(state(code))).toBe(1_000);
  });

  it.each([
    "redirect",
    "aborted",
    "credentials",
    "permission",
    "not-found",
    "conflict",
    "schema-modified",
    "invalid-request",
    "unsupported",
    "too-large",
    "task-failed",
    "body-source",
    "invalid-response",
  ] as const)("gives up at once after %s", (code) => {
    expect(policy(state(code))).toBeUndefined();
  });

  it("sends data that arrived broken twice more, in case it broke on the way", () => {
    const bounds = [1, 2, 3].map((failures) => policy(state("corrupt-data", { failures })));
    expect(bounds).toEqual([1_000, 2_000, undefined]);
    const once = createRetryPolicy({ maxAttempts: 1 });
    expect(once(state("corrupt-data"))).toBeUndefined();
  });

  it("gives up at once where the error says that it will not pass", () => {
    const error = new TunnelError("no such host", { code: "network", operation: "o", retryable: false });
    expect(policy({ ...state("network"), error })).toBeUndefined();
  });

  it("waits as long as the service asks and at most a second more", () => {
    expect(policy(state("throttled", { retryAfterMs: 5_000, random: 0 }))).toBe(5_000);
    expect(policy(state("throttled", { retryAfterMs: 5_000, failures: 0, throttled: 9 }))).toBe(6_000);
    expect(policy(state("server", { retryAfterMs: 100_000 }))).toBe(101_000);
  });

  it("does not count throttled attempts: only the budget ends them", () => {
    expect(policy(state("throttled", { failures: 0, throttled: 500, elapsedMs: 800_000 }))).toBe(64_000);
    expect(policy(state("throttled", { failures: 0, throttled: 500, elapsedMs: 836_001 }))).toBeUndefined();
  });

  it("starts no attempt after the budget", () => {
    expect(policy(state("server", { elapsedMs: 899_000 }))).toBe(1_000);
    expect(policy(state("server", { elapsedMs: 899_001 }))).toBeUndefined();
    expect(policy(state("throttled", { retryAfterMs: 3_600_000 }))).toBeUndefined();
  });

  it("keeps within its bounds whatever happens", () => {
    const codes = fc.constantFrom(
      "throttled",
      "server",
      "network",
      "timeout",
    ) as fc.Arbitrary<TunnelErrorCode>;
    const states = fc.record({
      failures: fc.nat(20),
      throttled: fc.nat(2_000),
      elapsedMs: fc.nat(2_000_000),
      random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    });
    fc.assert(
      fc.property(
        codes,
        states,
        fc.option(fc.nat(4_000_000), { nil: undefined }),
        (code, drawn, retryAfterMs) => {
          const waitMs = policy(
            state(code, { ...drawn, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }),
          );
          if (waitMs === undefined) return;
          expect(Number.isInteger(waitMs)).toBe(true);
          expect(waitMs).toBeGreaterThanOrEqual(retryAfterMs ?? 0);
          expect(waitMs).toBeLessThanOrEqual((retryAfterMs ?? 63_000) + 1_000);
          expect(waitMs + drawn.elapsedMs).toBeLessThanOrEqual(900_000);
          expect(drawn.failures).toBeLessThan(8);
        },
      ),
    );
  });
});

describe("a policy of other settings", () => {
  it("takes each of them", () => {
    const policy = createRetryPolicy({ maxAttempts: 3, baseDelayMs: 10, maxDelayMs: 15, budgetMs: 1_000 });
    expect([1, 2, 3].map((failures) => policy(state("server", { failures })))).toEqual([10, 15, undefined]);
    expect(policy(state("server", { elapsedMs: 991 }))).toBeUndefined();
  });

  it.each([{ maxAttempts: 0 }, { maxAttempts: 1.5 }, { baseDelayMs: -1 }, { budgetMs: Number.NaN }])(
    "is refused for %j",
    (options) => {
      expect(() => createRetryPolicy(options)).toThrow(RangeError);
    },
  );

  it("may be never", () => {
    expect(neverRetry(state("server"))).toBeUndefined();
  });
});
