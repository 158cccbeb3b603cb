import type { Clock } from "../clock.ts";
import { Refusal } from "../refusal.ts";
import type { Call } from "../server/call.ts";
import type { Reply } from "../server/reply.ts";
import type { Route } from "../server/router.ts";
import { type RateWindow, rateWindow } from "./rate-window.ts";

const windowMs = 5 * 60_000;
const perWindow = 500;
const concurrentCommits = 32;

/**
 * Routes that keep the rate quotas of the real service: on each table 500 upload sessions and 500 blocks in any five
 * minutes, and 32 commits at a time. What is beyond is refused with 429 and does not count.
 */
export function withRealQuotas(routes: readonly Route[], clock: Clock): readonly Route[] {
  const sessions = rateQuota(clock, "upload sessions");
  const blocks = rateQuota(clock, "blocks");
  const commits = commitQuota();
  const quotas: Readonly<Record<string, Quota>> = {
    "create upload": sessions,
    "put block": blocks,
    "commit upload": commits,
  };
  return routes.map((route) => {
    const quota = quotas[route.action];
    return quota === undefined ? route : { ...route, handle: (call) => quota(tableKey(call), route, call) };
  });
}

type Quota = (table: string, route: Route, call: Call) => Promise<Reply>;

function rateQuota(clock: Clock, what: string): Quota {
  const windows = new Map<string, RateWindow>();
  return async (table, route, call) => {
    const now = clock.now();
    const window = windows.get(table) ?? rateWindow(perWindow, windowMs);
    if (!windows.has(table)) {
      for (const [other, old] of windows) {
        if (old.isEmpty(now)) {
          windows.delete(other);
        }
      }
      windows.set(table, window);
    }
    const waitMs = window.take(now);
    if (waitMs !== undefined) {
      const message = `More than ${perWindow} ${what} of this table in 5 minutes.`;
      throw exceeded("QPSExceeded", message, waitMs);
    }
    return route.handle(call);
  };
}

function commitQuota(): Quota {
  const underWay = new Map<string, number>();
  return async (table, route, call) => {
    const count = underWay.get(table) ?? 0;
    if (count >= concurrentCommits) {
      const message = `More than ${concurrentCommits} commits of this table at a time.`;
      throw exceeded("FlowExceeded", message, 1_000);
    }
    underWay.set(table, count + 1);
    try {
      return await route.handle(call);
    } finally {
      const left = (underWay.get(table) ?? 1) - 1;
      if (left > 0) {
        underWay.set(table, left);
      } else {
        underWay.delete(table);
      }
    }
  };
}

function exceeded(code: "QPSExceeded" | "FlowExceeded", message: string, waitMs: number): Refusal {
  return new Refusal(code, message, { headers: { "retry-after": String(Math.ceil(waitMs / 1000)) } });
}

function tableKey(call: Call): string {
  const schema = call.name("schema") || call.query.get("curr_schema") || "default";
  return JSON.stringify([call.name("project"), schema, call.name("table")]).toLowerCase();
}
