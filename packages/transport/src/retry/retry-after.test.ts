import { expect, it } from "vitest";
import { retryAfterMs } from "./retry-after.ts";

const now = Date.parse("2026-11-22T10:00:00Z");
const wait = (fields: Record<string, string>) => retryAfterMs(new Headers(fields), now);

it("reads seconds", () => {
  expect(wait({ "retry-after": "0" })).toBe(0);
  expect(wait({ "retry-after": " 120 " })).toBe(120_000);
});

it("reads a date by the server's own clock, by ours where it has none, and never waits backwards", () => {
  const until = "Sun, 22 Nov 2026 10:00:30 GMT";
  expect(wait({ "retry-after": until, date: "Sun, 22 Nov 2026 10:00:10 GMT" })).toBe(20_000);
  expect(wait({ "retry-after": until })).toBe(30_000);
  expect(wait({ "retry-after": "Sun, 22 Nov 2026 09:00:00 GMT" })).toBe(0);
});

it("takes anything else for no wish", () => {
  expect(wait({})).toBeUndefined();
  expect(wait({ "retry-after": "" })).toBeUndefined();
  expect(wait({ "retry-after": "soon" })).toBeUndefined();
});
