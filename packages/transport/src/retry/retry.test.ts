import { describe, expect, it } from "vitest";
import { TunnelError, type TunnelErrorCode } from "../errors.ts";
import { type RetryPowers, withRetry } from "./retry.ts";
import type { RetryState } from "./retry-policy.ts";

const failed = (code: TunnelErrorCode) => new TunnelError(code, { code, operation: "o" });

/** A loop whose time passes only by its own pauses and by 10 ms for every attempt. */
function powers(more: Partial<RetryPowers> = {}) {
  let now = 5_000;
  const states: RetryState[] = [];
  const told: [string, number][] = [];
  const all: RetryPowers = {
    policy: (state) => {
      states.push(state);
      return 100 * states.length;
    },
    clock: () => {
      now += 10;
      return now;
    },
    sleep: async (ms) => {
      now += ms;
    },
    random: () => 0.5,
    signal: new AbortController().signal,
    interrupted: () => failed("aborted"),
    onRetry: (error, waitMs) => told.push([error.code, waitMs]),
    ...more,
  };
  return { all, states, told };
}

describe("the retry loop", () => {
  it("gives the first success and asks the policy nothing", async () => {
    const { all, states } = powers();
    expect(await withRetry(async ({ attempts }) => attempts, all)).toBe(1);
    expect(states).toEqual([]);
  });

  it("tells the policy what failed, how often, and how long since the first failure", async () => {
    const { all, states, told } = powers();
    const outcomes: (TunnelErrorCode | "done")[] = ["server", "throttled", "network", "done"];
    const result = await withRetry(async ({ attempts }) => {
      const outcome = outcomes[attempts - 1]!;
      if (outcome !== "done") throw failed(outcome);
      return `attempt ${attempts}`;
    }, all);
    expect(result).toBe("attempt 4");
    expect(
      states.map(({ failures, throttled, elapsedMs, random }) => [failures, throttled, elapsedMs, random]),
    ).toEqual([
      [1, 0, 0, 0.5],
      [1, 1, 110, 0.5],
      [2, 1, 320, 0.5],
    ]);
    expect(told).toEqual([
      ["server", 100],
      ["throttled", 200],
      ["network", 300],
    ]);
  });

  it("throws the last error when the policy gives up", async () => {
    const { all } = powers({ policy: ({ failures }) => (failures < 3 ? 1 : undefined) });
    const errors: TunnelError[] = [];
    const run = async () => {
      errors.push(failed("server"));
      throw errors.at(-1);
    };
    const thrown: unknown = await withRetry(run, all).catch((error: unknown) => error);
    expect(errors).toHaveLength(3);
    expect(thrown).toBe(errors[2]);
  });

  it("throws a defect at once", async () => {
    const { all, states } = powers();
    const defect = new TypeError("x is not a function");
    await expect(withRetry(() => Promise.reject(defect), all)).rejects.toBe(defect);
    expect(states).toEqual([]);
  });

  it("ends a pause with the signal, and makes no further attempt", async () => {
    const controller = new AbortController();
    const { all } = powers({
      signal: controller.signal,
      sleep: async () => controller.abort(new Error("enough")),
      interrupted: (last) => new TunnelError(`after ${last.code}`, { code: "aborted", operation: "o" }),
    });
    let attempts = 0;
    const run = async () => {
      attempts++;
      throw failed("server");
    };
    await expect(withRetry(run, all)).rejects.toThrow("o: after server");
    expect(attempts).toBe(1);
  });
});
