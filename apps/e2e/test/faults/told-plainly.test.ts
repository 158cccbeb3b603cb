import type { FaultEffect, RunningEmulator } from "@maxcompute-tunnel/emulator";
import { isSessionError, isTunnelError } from "maxcompute-tunnel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  actions,
  allIds,
  faultyUpload,
  servers,
  startOnFastDisk,
  writeAll,
} from "../support/faulty-upload.ts";
import { outcomeOf, patienceIsLost } from "../support/meanwhile.ts";

/** The code of an error, or of the first of its causes that is the transport's or the session's. */
function told(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (isTunnelError(at) || isSessionError(at)) {
      return at.code;
    }
  }
  return String(error);
}

describe.each(servers)("a $profile server whose answer to a second commit is $secondCommit", (server) => {
  let emulator: RunningEmulator;
  beforeAll(async () => {
    emulator = await startOnFastDisk(server);
  });
  afterAll(() => emulator.close());

  const redirect: FaultEffect = { kind: "redirect", status: 308, location: "http://elsewhere.invalid/" };
  const answer = (status: number, code: string): FaultEffect => ({ kind: "answer", status, code });

  it.each<[action: string, what: string, effect: FaultEffect, code: string]>([
    ["create upload", "a redirect", redirect, "redirect"],
    ["create upload", "403", answer(403, "NoPermission"), "permission"],
    ["create upload", "a wrong signature", answer(403, "SignatureNotMatch"), "credentials"],
    ["create upload", "400", answer(400, "InvalidArgument"), "invalid-request"],
    ["put block", "a redirect", redirect, "redirect"],
    ["put block", "a redirect without a place", { kind: "redirect", status: 308 }, "redirect"],
    ["put block", "praise for work not done", { kind: "answer", status: 200 }, "block-list-differs"],
    ["put block", "a session that expires", { kind: "session-status", status: "expired" }, "session-expired"],
    ["put block", "a session in trouble", { kind: "session-status", status: "critical" }, "session-critical"],
    [
      "put block",
      "a session that is canceled",
      { kind: "session-status", status: "canceled" },
      "session-canceled",
    ],
    ["get upload", "a redirect", redirect, "redirect"],
    [
      "get upload",
      "a session that expires",
      { kind: "session-status", status: "expired" },
      "session-expired",
    ],
    [
      "get upload",
      "a session in trouble",
      { kind: "session-status", status: "critical" },
      "session-critical",
    ],
    ["commit upload", "a redirect", redirect, "redirect"],
    ["commit upload", "403", answer(403, "NoPermission"), "permission"],
    [
      "commit upload",
      "a session that expires",
      { kind: "session-status", status: "expired" },
      "session-expired",
    ],
    [
      "commit upload",
      "a session in trouble",
      { kind: "session-status", status: "critical" },
      "session-critical",
    ],
  ])("fails a request to %s that meets %s, and the table stays empty", async (action, _, effect, code) => {
    await using upload = await faultyUpload(emulator, [{ match: { action }, nth: 1, effect }]);
    const error = await upload.run().then(
      () => "success",
      (thrown: unknown) => thrown,
    );
    expect([told(error), await upload.ids()]).toEqual([code, []]);
  });

  it.each([
    ["create upload", "server"],
    ["put block", "server"],
    ["get upload", "server"],
    ["commit upload", "commit-failed"],
  ])("gives up a request to %s that always meets 500, and the table stays empty", async (action, code) => {
    await using upload = await faultyUpload(emulator, [
      { match: { action }, effect: { kind: "answer", status: 500 } },
    ]);
    const error = await upload.run().catch((thrown: unknown) => thrown);
    expect([told(error), await upload.ids()]).toEqual([code, []]);
  });

  it("gives up a block that always arrives broken after three times, and the table stays empty", async () => {
    await using upload = await faultyUpload(emulator, [
      { match: { action: "put block", block: 1 }, effect: answer(400, "CorruptedDataStream") },
    ]);
    const error = await upload.run().catch((thrown: unknown) => thrown);
    expect([told(error), await upload.ids()]).toEqual(["corrupt-data", []]);
    expect(emulator.faults.list().map(({ fired }) => fired)).toEqual([3]);
  });

  it("finds a commit done although every post is answered with 500", async () => {
    await using upload = await faultyUpload(emulator, [
      { match: { action: "commit upload" }, effect: { kind: "answer", status: 500, work: "done" } },
    ]);
    expect((await upload.run()).confirmedBy).toBe("status");
    expect(await upload.ids()).toEqual(allIds);
  });

  it("says that the outcome is unknown when nothing can be learnt after a commit, and learns it later", async () => {
    await using upload = await faultyUpload(emulator, [
      { match: { action: "commit upload" }, effect: { kind: "reset", when: "before-answer" } },
    ]);
    const session = await upload.tunnel.createUploadSession(upload.table);
    const blockIds = await writeAll(session);
    emulator.faults.add({
      match: { action: "get upload", table: upload.table },
      // The first look is before the commit.
      nth: Array.from({ length: 1000 }, (_, index) => index + 2),
      effect: { kind: "reset", when: "before-answer" },
    });
    const error = await session.commit(blockIds).catch((thrown: unknown) => thrown);
    expect(told(error)).toBe("outcome-unknown");
    emulator.faults.clear();
    expect((await session.commit(blockIds)).confirmedBy).toBe("status");
    expect(await upload.ids()).toEqual(allIds);
    expect(actions(upload).filter((action) => action === "commit upload")).toHaveLength(1);
  });

  it("never posts a commit again once it is done, whatever happens to its answer", async () => {
    await using upload = await faultyUpload(emulator, [
      { match: { action: "commit upload" }, effect: { kind: "hang", when: "before-answer" } },
    ]);
    await outcomeOf(upload, upload.run, patienceIsLost);
    expect(actions(upload).filter((action) => action === "commit upload")).toHaveLength(1);
    expect(await upload.ids()).toEqual(allIds);
  });
});
