import { SessionError, type SessionErrorCode } from "@maxcompute-tunnel/session";
import { describe, expect, it } from "vitest";
import { type UploadStanding, uploadAftermath } from "./aftermath.ts";

const standing: UploadStanding = {
  error: new Error("anything"),
  table: "proj.t/pt=1",
  sessionId: "S1",
  storedBlockIds: [0, 1, 2, 5],
  phase: "loading",
  overwrite: false,
  createdPartition: undefined,
};

function afterCommit(code: SessionErrorCode): ReturnType<typeof uploadAftermath> {
  return uploadAftermath({ ...standing, phase: "committing", error: new SessionError(code, "x") });
}

describe("uploadAftermath", () => {
  it("says before the commit that nothing happened, and what is left", () => {
    expect(uploadAftermath(standing).safe).toBe(
      "Nothing was committed: proj.t/pt=1 is as it was. Session S1 with 4 blocks is left on the server and expires on its own within 24 hours.",
    );
    const safe = uploadAftermath({
      ...standing,
      storedBlockIds: [],
      overwrite: true,
      createdPartition: "pt=1",
    }).safe;
    expect(safe).toContain(
      "proj.t/pt=1 keeps what it held (its partition may have been created, empty). Session S1 is left",
    );
  });

  it("never says so when the commit's outcome is unknown", () => {
    for (const after of [
      afterCommit("outcome-unknown"),
      uploadAftermath({ ...standing, phase: "committing" }),
    ]) {
      expect(after.safe).toContain("all of them, or not at all; load nothing again before that is known");
      expect(after.next).toBe("mctunnel status S1 proj.t/pt=1");
    }
  });

  it("offers to commit what is stored when the commit certainly failed", () => {
    expect(afterCommit("commit-failed")).toEqual({
      safe: "Nothing was committed, and session S1 still holds all 4 blocks.",
      next: "mctunnel commit S1 proj.t/pt=1 --blocks 0-2,5",
      sessionId: "S1",
    });
  });

  it("offers a look at the blocks when they are not the ones that were sent", () => {
    expect(afterCommit("block-list-differs").next).toBe("mctunnel blocks S1 proj.t/pt=1");
    expect(afterCommit("record-count-differs").safe).toContain("Nothing was committed");
  });

  it("knows when the rows are in the table", () => {
    expect(uploadAftermath({ ...standing, phase: "committed" }).safe).toBe("The rows are in proj.t/pt=1.");
  });
});
