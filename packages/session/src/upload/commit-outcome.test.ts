import { TunnelError, type TunnelErrorOptions } from "@maxcompute-tunnel/transport";
import { describe, expect, it } from "vitest";
import { SessionError } from "../errors.ts";
import { classifyLookFailure, classifyPostFailure } from "./commit-outcome.ts";

const error = (facts: Omit<TunnelErrorOptions, "operation">) =>
  new TunnelError("no", { operation: "commit upload session", ...facts });
const gone = new SessionError("no-such-session", "gone");

describe("a post that failed", () => {
  it.each([
    ["lost", error({ code: "network" })],
    ["not-taken", error({ code: "network", sent: "no" })],
    ["lost", error({ code: "timeout" })],
    ["not-taken", error({ code: "timeout", sent: "no" })],
    ["server-error", error({ code: "timeout", serviceCode: "RequestTimeOut", status: 408 })],
    ["server-error", error({ code: "server", status: 500 })],
    ["lost", error({ code: "server", status: 502 })],
    ["lost", error({ code: "server", status: 504 })],
    ["not-taken", error({ code: "throttled", status: 429, serviceCode: "FlowExceeded" })],
    ["conflict", error({ code: "conflict", status: 409, serviceCode: "StatusConflict" })],
    ["server-error", error({ code: "not-found", status: 404 })],
    ["refused", error({ code: "not-found", status: 404, serviceCode: "NoSuchTable" })],
    ["refused", error({ code: "permission", status: 403, serviceCode: "NoPermission" })],
    ["refused", error({ code: "credentials" })],
    ["gone", gone],
    ["lost", new Error("of no known kind")],
  ])("counts as %s: %j", (how, thrown) => {
    expect(classifyPostFailure(thrown)).toEqual({ kind: "post-failed", how });
  });

  it.each([
    ["not-taken", error({ code: "throttled", status: 429 })],
    ["conflict", error({ code: "conflict", status: 409 })],
    ["refused", error({ code: "permission", status: 403 })],
    ["refused", error({ code: "redirect", status: 307 })],
  ])("counts as %s by another than the service: %j", (how, thrown) => {
    expect(classifyPostFailure(thrown)).toEqual({ kind: "post-failed", how, byOther: true });
  });

  it("says how long the service asks to wait", () => {
    expect(classifyPostFailure(error({ code: "throttled", retryAfterMs: 7000 }))).toEqual({
      kind: "post-failed",
      how: "not-taken",
      retryAfterMs: 7000,
    });
  });

  it("was answered when only the answer cannot be read", () => {
    for (const code of ["invalid-response", "too-large"] as const) {
      expect(classifyPostFailure(error({ code }))).toEqual({ kind: "answered", reported: undefined });
    }
  });
});

describe("a look that failed", () => {
  it.each([
    [{ kind: "gone", mayHaveExpired: true }, gone],
    [{ kind: "aborted" }, error({ code: "aborted" })],
    [{ kind: "look-failed", temporary: true }, error({ code: "server", status: 500 })],
    [{ kind: "look-failed", temporary: true }, error({ code: "not-found", status: 404 })],
    [
      { kind: "look-failed", temporary: false },
      error({ code: "not-found", status: 404, serviceCode: "NoSuchTable" }),
    ],
    [{ kind: "look-failed", temporary: false }, error({ code: "permission", status: 403 })],
  ])("is %j", (event, thrown) => {
    expect(classifyLookFailure(thrown, true)).toEqual(event);
  });
});
