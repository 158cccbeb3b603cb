import { describe, expect, it } from "vitest";
import type { UploadFact, UploadFactContent } from "./upload-fact.ts";
import { recordOf } from "./upload-record.ts";

const begun: UploadFactContent = { kind: "begun", table: { project: "p", table: "t" }, overwrite: false };
const session: UploadFactContent = { kind: "session", sessionId: "s", columns: "[]" };
const sealed: UploadFactContent = {
  kind: "block-sealed",
  blockId: 0,
  range: { input: 0, start: 0, end: 1, unit: "rows" },
  rows: 1,
  bytes: 1,
  checksum: 1,
  sourceChecksum: 1,
  rejected: 0,
};
const stored: UploadFactContent = { kind: "block-stored", blockId: 0, sentBytes: 1, attempts: 1 };
const intended: UploadFactContent = { kind: "commit-intended", blockIds: "0", rows: 1 };
const committed: UploadFactContent = { kind: "committed", confirmedBy: "answer" };
const ended: UploadFactContent = { kind: "session-ended", reason: "expired" };

const record = (...facts: readonly UploadFactContent[]) =>
  recordOf(facts.map((fact, at): UploadFact => ({ ...fact, at })));

describe("a journal's record", () => {
  it("forgets the blocks of a session that was given up", () => {
    const found = record(begun, session, sealed, stored, ended, { ...session, sessionId: "s2" });
    expect(found.phase).toMatchObject({ kind: "open", session: { sessionId: "s2" } });
    expect(found.blocks.size).toBe(0);
  });

  it.each<[string, readonly UploadFactContent[]]>([
    ["no beginning", [session]],
    ["two beginnings", [begun, begun]],
    ["two sessions at once", [begun, session, session]],
    ["a block sealed twice, whose content nobody could know", [begun, session, sealed, sealed]],
    ["a block stored that was not sealed", [begun, session, stored]],
    ["a block sealed during the commit", [begun, session, intended, sealed]],
    ["a commit that nobody intended", [begun, session, sealed, committed]],
    ["anything after the commit", [begun, session, sealed, intended, committed, ended]],
    ["a session given up during its commit", [begun, session, intended, ended]],
  ])("is refused with %s", (_, facts) => {
    expect(() => record(...facts)).toThrow(expect.objectContaining({ code: "journal-damaged" }));
  });
});
