import { describe, expect, it } from "vitest";
import { type CommitLimits, nextCommitState } from "./commit.ts";
import {
  type CommitEvent,
  type CommitState,
  commitStateInDoubt,
  initialCommitState,
  type PostFailure,
} from "./commit-state.ts";
import { parseUploadStatus } from "./upload-status.ts";

const limits: CommitLimits = { maxPosts: 3, maxFailedLooks: 3, waitMs: 60_000, settleMs: 0 };

const seen = (status: string, agrees = true): CommitEvent => ({
  kind: "seen",
  reported: parseUploadStatus(status),
  agrees,
});
const answered = (status?: string): CommitEvent => ({
  kind: "answered",
  reported: status === undefined ? undefined : parseUploadStatus(status),
});
const failed = (how: PostFailure, retryAfterMs?: number): CommitEvent => ({
  kind: "post-failed",
  how,
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});
const waited: CommitEvent = { kind: "waited", ms: 1000 };
const gone: CommitEvent = { kind: "gone", mayHaveExpired: false };
const goneOfAge: CommitEvent = { kind: "gone", mayHaveExpired: true };
const blind: CommitEvent = { kind: "look-failed", temporary: true };
const shutOut: CommitEvent = { kind: "look-failed", temporary: false };
const aborted: CommitEvent = { kind: "aborted" };

function run(...events: readonly CommitEvent[]): CommitState {
  return events.reduce((state, event) => nextCommitState(state, event, limits), initialCommitState);
}

/** How it ended, with the number of posts. */
function outcome(state: CommitState): string {
  const end = state.kind === "committed" ? state.confirmedBy : state.kind === "failed" ? state.failure : "";
  return `${state.kind}${end && ` ${end}`}, ${state.progress.posts} posted`;
}

describe("a commit", () => {
  it.each([
    ["is answered", [seen("NORMAL"), answered("closed")], "committed answer, 1 posted"],
    ["of a session still UNKNOWN", [seen("UNKNOWN"), answered("CLOSED")], "committed answer, 1 posted"],
    [
      "that takes its time",
      [seen("NORMAL"), answered("CLOSING"), waited, seen("CLOSING"), waited, seen("closed")],
      "committed status, 1 posted",
    ],
    [
      "under the name COMMITTING",
      [seen("NORMAL"), answered("COMMITTING"), waited, seen("COMMITTING"), waited, seen("CLOSED")],
      "committed status, 1 posted",
    ],
    ["of a session that is closed already", [seen("CLOSED")], "committed earlier-commit, 0 posted"],
    [
      "while another commit is at work",
      [seen("CLOSING"), waited, seen("CLOSED")],
      "committed earlier-commit, 0 posted",
    ],
    ["of other blocks than the server holds", [seen("NORMAL", false)], "failed differs, 0 posted"],
    ["of a session closed with other blocks", [seen("CLOSED", false)], "failed differs, 0 posted"],
    ["of a session nobody knows", [gone], "failed no-such-session, 0 posted"],
    ["of an expired session", [seen("EXPIRED")], "failed session-expired, 0 posted"],
    ["of a canceled session", [seen("CANCELED")], "failed session-canceled, 0 posted"],
    ["of a session beyond repair", [seen("CRITICAL")], "failed session-critical, 0 posted"],
    ["in a status that is not known", [seen("SEALED")], "failed session-not-ready, 0 posted"],
    ["that cannot look", [blind], "failed look-failed, 0 posted"],
    ["that is refused", [seen("NORMAL"), failed("refused")], "failed refused, 1 posted"],
  ])("%s", (_, events, expected) => {
    expect(outcome(run(...events))).toBe(expected);
  });
});

it("an abort before the post has left leaves no doubt", () => {
  expect(outcome(run(seen("NORMAL"), { kind: "aborted", unsent: true }))).toBe("failed aborted, 1 posted");
});

describe("a refusal that is not the service's own", () => {
  const byOther: CommitEvent = { kind: "post-failed", how: "refused", byOther: true };

  it.each([
    ["is looked into, and was success", [byOther, seen("CLOSED")], "committed status, 1 posted"],
    ["is believed once the status shows it", [byOther, seen("NORMAL")], "failed refused, 1 posted"],
    ["leaves a doubt where nothing can be seen", [byOther, shutOut], "failed outcome-unknown, 1 posted"],
  ] as const)("%s", (_, events, expected) => {
    expect(outcome(run(seen("NORMAL"), ...events))).toBe(expected);
  });
});

describe("an answer that is lost", () => {
  const lost = [seen("NORMAL"), failed("lost")];

  it("is followed by a pause and a look, never by a post", () => {
    expect(run(...lost).kind).toBe("waiting");
    expect(run(...lost, waited).kind).toBe("looking");
  });

  it.each([
    ["and the look shows CLOSED", [waited, seen("CLOSED")], "committed status, 1 posted"],
    [
      "and the list of the closed session is of no interest",
      [waited, seen("CLOSED", false)],
      "committed status, 1 posted",
    ],
    ["and the look shows NORMAL", [waited, seen("NORMAL"), answered("CLOSED")], "committed answer, 2 posted"],
    [
      "and the server is at work",
      [waited, seen("CLOSING"), waited, seen("CLOSED")],
      "committed status, 1 posted",
    ],
    ["and the session is gone", [waited, gone], "committed absence, 1 posted"],
    ["and the session is gone and old", [waited, goneOfAge], "failed outcome-unknown, 1 posted"],
    [
      "and the second post finds it closed",
      [waited, seen("NORMAL"), failed("conflict"), waited, seen("CLOSED")],
      "committed status, 2 posted",
    ],
    [
      "and the second post finds it gone",
      [waited, seen("NORMAL"), failed("gone"), gone],
      "committed absence, 2 posted",
    ],
    ["and the session expires", [waited, seen("EXPIRED")], "failed session-expired, 1 posted"],
    ["and a look fails once", [waited, blind, waited, seen("CLOSED")], "committed status, 1 posted"],
    [
      "and looks keep failing",
      [waited, blind, waited, blind, waited, blind],
      "failed outcome-unknown, 1 posted",
    ],
    ["and looking is forbidden", [waited, shutOut], "failed outcome-unknown, 1 posted"],
    [
      "each time",
      [
        waited,
        seen("NORMAL"),
        failed("lost"),
        waited,
        seen("NORMAL"),
        failed("lost"),
        waited,
        seen("NORMAL"),
      ],
      "failed commit-failed, 3 posted",
    ],
    [
      "and the second post is refused",
      [waited, seen("NORMAL"), failed("refused"), seen("CLOSED")],
      "committed status, 2 posted",
    ],
    ["and then the caller gives up", [aborted], "failed outcome-unknown, 1 posted"],
    ["and blocks are added meanwhile", [waited, seen("NORMAL", false)], "failed differs, 1 posted"],
  ])("%s", (_, events, expected) => {
    expect(outcome(run(...lost, ...events))).toBe(expected);
  });
});

describe("a request that may still arrive", () => {
  const patient: CommitLimits = { ...limits, settleMs: 2500 };
  const follow = (from: CommitState, ...events: readonly CommitEvent[]): CommitState =>
    events.reduce((state, event) => nextCommitState(state, event, patient), from);
  const lost = follow(initialCommitState, seen("NORMAL"), failed("lost"));

  it("is looked for until its time is over, and only then is the commit posted again", () => {
    const still = follow(lost, waited, seen("NORMAL"), waited, seen("NORMAL"));
    expect(still.kind).toBe("waiting");
    expect(outcome(follow(still, waited, seen("NORMAL"), answered("CLOSED")))).toBe(
      "committed answer, 2 posted",
    );
  });

  it("says how long it may still take", () => {
    expect(lost).not.toHaveProperty("settlesInMs");
    expect(follow(lost, waited, seen("NORMAL"))).toMatchObject({ kind: "waiting", settlesInMs: 1500 });
    expect(follow(lost, waited, seen("CLOSING"))).not.toHaveProperty("settlesInMs");
  });

  it("is found when it arrives late", () => {
    expect(outcome(follow(lost, waited, seen("NORMAL"), waited, seen("CLOSED")))).toBe(
      "committed status, 1 posted",
    );
  });

  it("is waited for anew when the next one is lost too", () => {
    const twice = follow(
      lost,
      waited,
      seen("NORMAL"),
      waited,
      seen("NORMAL"),
      waited,
      seen("NORMAL"),
      failed("lost"),
    );
    expect(twice.progress.posts).toBe(2);
    expect(follow(twice, waited, seen("NORMAL")).kind).toBe("waiting");
  });

  it("leaves no doubt behind once its time is over", () => {
    const over = [waited, seen("NORMAL"), waited, seen("NORMAL"), waited];
    expect(outcome(follow(lost, ...over, seen("NORMAL", false)))).toBe("failed differs, 1 posted");
  });

  it("leaves a doubt behind while its time is not over", () => {
    expect(outcome(follow(lost, waited, seen("NORMAL"), aborted))).toBe("failed outcome-unknown, 1 posted");
  });
});

describe("a commit that an earlier process posted", () => {
  const patient: CommitLimits = { ...limits, settleMs: 1000 };
  const follow = (...events: readonly CommitEvent[]): string =>
    outcome(events.reduce((state, event) => nextCommitState(state, event, patient), commitStateInDoubt(1)));

  it.each([
    ["has happened", [seen("CLOSED", false)], "committed status, 0 posted"],
    ["is under way", [seen("CLOSING"), waited, seen("CLOSED")], "committed status, 0 posted"],
    ["took the session with it", [gone], "committed absence, 0 posted"],
    ["may have taken a session with it that was old", [goneOfAge], "failed outcome-unknown, 0 posted"],
    [
      "has not happened, and has had its time",
      [seen("NORMAL"), waited, seen("NORMAL"), answered("CLOSED")],
      "committed answer, 1 posted",
    ],
    ["is found late", [seen("NORMAL"), waited, seen("CLOSED")], "committed status, 0 posted"],
    ["cannot be asked for", [shutOut], "failed outcome-unknown, 0 posted"],
    ["ended with the session's time", [seen("EXPIRED")], "failed session-expired, 0 posted"],
  ])("%s", (_, events, expected) => {
    expect(follow(...events)).toBe(expected);
  });

  it("is none when there was none", () => {
    expect(commitStateInDoubt(0)).toBe(initialCommitState);
  });
});

describe("an answer of trouble", () => {
  it.each([
    [
      "after the work was done",
      [failed("server-error"), waited, seen("CLOSED")],
      "committed status, 1 posted",
    ],
    [
      "again and again, with nothing done, is a failure that is known",
      [
        failed("server-error"),
        waited,
        seen("NORMAL"),
        failed("server-error"),
        waited,
        seen("NORMAL"),
        failed("server-error"),
        waited,
        seen("NORMAL"),
      ],
      "failed commit-failed, 3 posted",
    ],
    ["that cannot be read", [answered(), waited, seen("CLOSED")], "committed status, 1 posted"],
    [
      "that says NORMAL is looked into",
      [answered("NORMAL"), waited, seen("NORMAL"), answered("CLOSED")],
      "committed answer, 2 posted",
    ],
    [
      "that throttles",
      [failed("not-taken"), waited, seen("NORMAL"), answered("CLOSED")],
      "committed answer, 2 posted",
    ],
    ["of conflict", [failed("conflict"), waited, seen("CLOSED")], "committed status, 1 posted"],
    ["of absence", [failed("gone"), gone], "failed outcome-unknown, 1 posted"],
    ["of absence, which was wrong", [failed("gone"), seen("CLOSED")], "committed status, 1 posted"],
    [
      "and blocks are added meanwhile",
      [failed("server-error"), waited, seen("NORMAL", false)],
      "failed differs, 1 posted",
    ],
    [
      "then a refusal, with nothing done",
      [failed("server-error"), waited, seen("NORMAL"), failed("refused")],
      "failed refused, 2 posted",
    ],
  ])("%s", (_, events, expected) => {
    expect(outcome(run(seen("NORMAL"), ...events))).toBe(expected);
  });
});

describe("giving up", () => {
  it.each([
    ["before the post", [aborted], "failed aborted, 0 posted"],
    ["during the post", [seen("NORMAL"), aborted], "failed outcome-unknown, 1 posted"],
    [
      "after a post that was not taken",
      [seen("NORMAL"), failed("not-taken"), aborted],
      "failed aborted, 1 posted",
    ],
    [
      "while the server is at work",
      [seen("NORMAL"), answered("CLOSING"), aborted],
      "failed outcome-unknown, 1 posted",
    ],
  ])("%s", (_, events, expected) => {
    expect(outcome(run(...events))).toBe(expected);
  });

  it("happens when the server is at work for too long", () => {
    const tooLong: CommitEvent = { kind: "waited", ms: 60_000 };
    expect(outcome(run(seen("NORMAL"), answered("CLOSING"), tooLong, seen("CLOSING")))).toBe(
      "failed outcome-unknown, 1 posted",
    );
    expect(outcome(run(seen("CLOSING"), tooLong, seen("CLOSING")))).toBe("failed session-closing, 0 posted");
  });
});

describe("waiting", () => {
  const delay = (state: CommitState): number => (state.kind === "waiting" ? state.delayMs : Number.NaN);

  it("grows with the posts and is never shorter than the service asks", () => {
    expect(delay(run(seen("NORMAL"), failed("server-error")))).toBe(250);
    expect(delay(run(seen("NORMAL"), failed("server-error"), waited, seen("NORMAL"), failed("lost")))).toBe(
      500,
    );
    expect(delay(run(seen("NORMAL"), failed("not-taken", 7000)))).toBe(7000);
  });

  it("polls ever more slowly, up to 10 s", () => {
    const delays: number[] = [];
    let state = run(seen("NORMAL"), answered("CLOSING"));
    for (let i = 0; i < 8; i += 1) {
      state = nextCommitState(state, { kind: "waited", ms: 1 }, limits);
      state = nextCommitState(state, seen("CLOSING"), limits);
      delays.push(delay(state));
    }
    expect(delays).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  });
});

describe("every sequence of events", () => {
  const events: readonly CommitEvent[] = [
    seen("NORMAL"),
    seen("NORMAL", false),
    seen("CLOSING"),
    seen("CLOSED"),
    seen("EXPIRED"),
    gone,
    goneOfAge,
    blind,
    shutOut,
    answered("CLOSED"),
    answered("CLOSING"),
    answered(),
    failed("lost"),
    failed("server-error"),
    failed("not-taken"),
    failed("conflict"),
    failed("gone"),
    failed("refused"),
    waited,
    aborted,
  ];

  it.each([
    ["at once", 0, initialCommitState],
    ["after a while", 1500, initialCommitState],
    ["after a post of an earlier process", 1500, commitStateInDoubt(1)],
  ])(
    "posts again %s only right after a look that showed NORMAL and the wanted blocks",
    (_, settleMs, first) => {
      let states = new Map<string, CommitState>([["", first]]);
      let transitions = 0;
      for (let depth = 0; depth < 9; depth += 1) {
        const next = new Map<string, CommitState>();
        for (const state of states.values()) {
          for (const event of events) {
            const after = nextCommitState(state, event, { ...limits, settleMs });
            transitions += 1;
            if (after === state) continue;
            if (after.progress.posts > state.progress.posts) {
              expect(event).toEqual(seen("NORMAL"));
              expect(after.kind).toBe("posting");
              expect(state.progress.open === 0 || state.progress.settledMs >= settleMs).toBe(true);
            }
            if (after.kind === "failed" && after.failure !== "outcome-unknown") {
              expect(after.progress.open === 0 || after.failure.startsWith("session-")).toBe(true);
            }
            if (after.kind === "committed" && after.confirmedBy !== "earlier-commit") {
              expect(after.progress.posts + after.progress.earlier).toBeGreaterThan(0);
            }
            next.set(JSON.stringify(after), after);
          }
        }
        states = next;
      }
      expect(transitions).toBeGreaterThan(5000);
    },
  );
});
