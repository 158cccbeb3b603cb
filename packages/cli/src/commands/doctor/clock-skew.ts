import type { CheckResult } from "./check-result.ts";

/**
 * Judges this machine's clock by the `Date` of an answer. The service refuses requests that are dated 15 minutes off;
 * from five minutes on it is worth a word.
 *
 * @param date the header, if there was one
 * @param before when the request was sent, in milliseconds since 1970 by this machine
 * @param after when the answer came
 */
export function judgeClock(date: string | null, before: number, after: number): CheckResult {
  const server = date === null ? Number.NaN : Date.parse(date);
  if (Number.isNaN(server)) {
    return { name: "clock", status: "skipped", message: "the answer does not say what time it is there" };
  }
  // The header counts whole seconds, and the answer was written at some time between.
  const skewMs = server < before ? server + 999 - before : server - after;
  const isOff = server + 999 < before || server > after;
  const seconds = isOff ? Math.round(skewMs / 1000) : 0;
  const off = `this machine's clock is ${inWords(Math.abs(seconds))} ${seconds < 0 ? "ahead" : "behind"}`;
  if (Math.abs(seconds) < 60)
    return { name: "clock", status: "ok", message: "within a minute of the service's" };
  if (Math.abs(seconds) < 15 * 60) {
    return { name: "clock", status: "ok", message: `${off}; at 15 minutes requests are refused` };
  }
  return {
    name: "clock",
    status: "failed",
    message: `${off}; the service refuses what is dated more than 15 minutes off`,
    fix: "Set the clock right, and let it be kept so (NTP).",
    kind: "credentials",
  };
}

function inWords(seconds: number): string {
  if (seconds < 120) return `${seconds} seconds`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} minutes`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} hours` : `${Math.round(seconds / 86_400)} days`;
}
