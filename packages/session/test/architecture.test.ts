import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import {
  type CommitEvent,
  type CommitLimits,
  type CommitState,
  initialCommitState,
  nextCommitState,
  type PostFailure,
  type UploadStatus,
} from "../src/index.ts";

const document = await readFile(new URL("../../../docs/architecture.md", import.meta.url), "utf8");
const diagram = /```mermaid\nstateDiagram-v2\n([\s\S]*?)```/.exec(document)?.[1] ?? "";
const arrows = [...diagram.matchAll(/^ +(\S+) --> ([^\s:]+)/gm)].map(([, from, to]) => [from, to] as const);

/** Every state of the union, or this does not compile. */
const kinds: Readonly<Record<CommitState["kind"], true>> = {
  looking: true,
  posting: true,
  waiting: true,
  committed: true,
  failed: true,
};

const statuses: readonly UploadStatus[] = [
  ...(["UNKNOWN", "NORMAL", "CLOSING", "COMMITTING"] as const),
  ...(["CLOSED", "CANCELED", "EXPIRED", "CRITICAL"] as const),
];
const postFailures: readonly PostFailure[] = [
  ...(["lost", "server-error", "not-taken", "conflict", "gone", "refused"] as const),
];

/** Everything that can happen in a state. */
function eventsIn(kind: CommitState["kind"]): readonly CommitEvent[] {
  const aborted = { kind: "aborted" } as const;
  const reports = statuses.map((status) => ({ status, statusText: status }));
  switch (kind) {
    case "looking":
      return [
        ...reports.flatMap((reported) =>
          [true, false].map((agrees) => ({ kind: "seen", reported, agrees }) as const),
        ),
        ...[true, false].map((mayHaveExpired) => ({ kind: "gone", mayHaveExpired }) as const),
        ...[true, false].map((temporary) => ({ kind: "look-failed", temporary }) as const),
        aborted,
      ];
    case "posting":
      return [
        ...[...reports, undefined].map((reported) => ({ kind: "answered", reported }) as const),
        ...postFailures.map((how) => ({ kind: "post-failed", how }) as const),
        aborted,
      ];
    case "waiting":
      return [{ kind: "waited", ms: 1000 }, aborted];
    default:
      return [];
  }
}

it("draws the states of a commit, all of them and no others", () => {
  const drawn = new Set(arrows.flat().filter((name) => name !== "[*]"));
  expect([...drawn].sort()).toEqual(Object.keys(kinds).sort());
});

it("draws every step from one state to another that a commit can take, and no others", () => {
  const limits: CommitLimits = { maxPosts: 2, maxFailedLooks: 2, waitMs: 2000, settleMs: 2000 };
  const taken = new Set<string>();
  const seen = new Set<string>();
  const open: CommitState[] = [initialCommitState];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    for (const event of eventsIn(state.kind)) {
      const next = nextCommitState(state, event, limits);
      taken.add(`${state.kind} --> ${next.kind}`);
      const key = JSON.stringify(next);
      if (!seen.has(key)) open.push(next);
      seen.add(key);
    }
  }
  const drawn = arrows.filter((arrow) => !arrow.includes("[*]")).map((arrow) => arrow.join(" --> "));
  expect(drawn.sort()).toEqual([...taken].sort());
});

it("draws where a commit begins and ends", () => {
  expect(arrows.filter(([from]) => from === "[*]").map(([, to]) => to)).toEqual([initialCommitState.kind]);
  expect(arrows.filter(([, to]) => to === "[*]").map(([from]) => from)).toEqual(["committed", "failed"]);
});
