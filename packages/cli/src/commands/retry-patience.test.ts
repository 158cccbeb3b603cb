import { TunnelError, type TunnelErrorCode } from "@maxcompute-tunnel/transport";
import { describe, expect, it } from "vitest";
import { retryPatience } from "./retry-patience.ts";

/** How many times a failure would be tried again, and the longest pause on the way. */
function tries(
  patience: ReturnType<typeof retryPatience>,
  code: TunnelErrorCode,
): { again: number; longestMs: number } {
  let longestMs = 0;
  for (let failures = 1; ; failures += 1) {
    const error = new TunnelError("x", { code, operation: "test" });
    const wait = patience.policy({ error, failures, throttled: 0, elapsedMs: 0, random: 0.999 });
    if (wait === undefined) return { again: failures - 1, longestMs };
    longestMs = Math.max(longestMs, wait);
  }
}

describe("retryPatience", () => {
  it("gives up soon on an address that never answered", () => {
    expect(tries(retryPatience(7), "network")).toEqual({ again: 2, longestMs: 499 });
  });

  it("waits out a fault once the service has answered", () => {
    const patience = retryPatience(7);
    patience.noteContact();
    expect(tries(patience, "network")).toEqual({ again: 7, longestMs: 63_936 });
  });

  it("waits out the service's own troubles from the start", () => {
    expect(tries(retryPatience(7), "server").again).toBe(7);
  });

  it("does as it is told", () => {
    expect(tries(retryPatience(0), "network").again).toBe(0);
    expect(tries(retryPatience(1), "server").again).toBe(1);
  });
});
