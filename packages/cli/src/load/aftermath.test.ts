import { WriterError, type WriterErrorCode } from "@maxcompute-tunnel/writer";
import { describe, expect, it } from "vitest";
import { type LoadStanding, loadAftermath } from "./aftermath.ts";

const standing: LoadStanding = {
  error: new Error("anything"),
  table: "proj.t/pt=1",
  sessionId: "S1",
  isResumed: false,
  resumeName: "upload-1",
  blocks: 4,
  storedBlockIds: [5, 0, 2, 1],
  phase: "loading",
  overwrite: false,
  createdPartition: undefined,
};

function after(code: WriterErrorCode, more: Partial<LoadStanding> = {}): ReturnType<typeof loadAftermath> {
  return loadAftermath({ ...standing, ...more, error: new WriterError("x", { code }) });
}

describe("loadAftermath", () => {
  it("says before the commit that nothing happened, what is left, and how to go on", () => {
    expect(loadAftermath(standing)).toMatchObject({
      safe: "Nothing was committed: proj.t/pt=1 is as it was. Session S1 with 4 blocks is left on the server and expires on its own within 24 hours.",
      next: "mctunnel resume upload-1",
      again: "mctunnel resume upload-1",
    });
    const { safe } = loadAftermath({ ...standing, blocks: 0, overwrite: true, createdPartition: "pt=1" });
    expect(safe).toContain(
      "proj.t/pt=1 keeps what it held (its partition may have been created, empty). Session S1 is left",
    );
    expect(loadAftermath({ ...standing, sessionId: undefined }).safe).toBe("No rows were sent.");
    expect(loadAftermath({ ...standing, sessionId: undefined, isResumed: true }).safe).toBe(
      "Nothing was committed: proj.t/pt=1 is as it was.",
    );
  });

  it("does not say again what the failure itself says", () => {
    const error = new WriterError("It has changed. Nothing was committed; start over", {
      code: "source-changed",
    });
    expect(loadAftermath({ ...standing, error, sessionId: undefined, isResumed: true }).safe).toBe(
      "proj.t/pt=1 is as it was.",
    );
  });

  it("never says so when the commit's outcome is unknown", () => {
    const { safe, next } = after("outcome-unknown", { phase: "committing" });
    expect(safe).toContain("all of them, or not at all; load nothing again before that is known");
    expect(next).toBe("mctunnel resume upload-1");
    expect(after("outcome-unknown", { resumeName: undefined }).next).toBe("mctunnel status S1 proj.t/pt=1");
  });

  it("offers to commit what is stored when the commit certainly failed and there is no journal", () => {
    expect(after("commit-failed", { phase: "committing", resumeName: undefined })).toMatchObject({
      safe: "Nothing was committed, and session S1 still holds all 4 blocks.",
      next: "mctunnel commit S1 proj.t/pt=1 --blocks 0-2,5",
    });
    expect(after("commit-failed", { phase: "committing" }).next).toBe("mctunnel resume upload-1");
  });

  it("does not offer to go on where that would be refused again", () => {
    expect(after("source-changed").next).toBeUndefined();
    expect(after("session-lost")).toMatchObject({
      safe: "Look at proj.t/pt=1 before anything is loaded again.",
      next: undefined,
    });
    expect(after("journal-locked").safe).toBe("Nothing was changed.");
  });

  it("knows when the rows are in the table", () => {
    expect(loadAftermath({ ...standing, phase: "committed" }).safe).toBe("The rows are in proj.t/pt=1.");
  });
});
