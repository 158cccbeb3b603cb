import { setTimeout } from "node:timers/promises";
import type { RunningEmulator } from "@maxcompute-tunnel/emulator";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { actions, allIds, faultyUpload, servers, startOnFastDisk } from "../support/faulty-upload.ts";

describe.each(servers)("a $profile server whose answer to a second commit is $secondCommit", (server) => {
  let emulator: RunningEmulator;
  beforeAll(async () => {
    emulator = await startOnFastDisk(server);
  });
  afterAll(() => emulator.close());

  // What is delivered twice without its sender's doing is beyond a client: only the server can refuse it.
  const inTable = server.profile === "strict" ? allIds : allIds.flatMap((id) => [id, id]);

  it("gets a commit twice, and the client takes either answer for what it is", async () => {
    await using upload = await faultyUpload(emulator, [
      { match: { action: "commit upload" }, nth: 1, effect: { kind: "duplicate" } },
    ]);
    const receipt = await upload.run();
    expect([receipt.posts, receipt.recordCount]).toEqual([1, 12]);
    expect(await upload.ids()).toEqual(inTable);
  });

  it("gets a commit again after it was answered", async () => {
    await using upload = await faultyUpload(emulator, [
      {
        match: { action: "commit upload" },
        nth: 1,
        effect: { kind: "duplicate", second: "after-answer" },
      },
    ]);
    expect((await upload.run()).confirmedBy).toBe("answer");
    await vi.waitFor(async () => expect(await upload.ids()).toEqual(inTable));
  });

  if (server.profile === "strict") {
    it("gets a commit late, when the client has given it up and sent another, and loads the rows once", async () => {
      await using upload = await faultyUpload(emulator, [
        { match: { action: "commit upload" }, nth: 1, effect: { kind: "delay", delayMs: 60_000 } },
      ]);
      const running = upload.run();
      await vi.waitFor(() => expect(emulator.faults.list()[0]?.fired).toBe(1));
      while (upload.clock.pauses.length === 0) {
        upload.clock.losePatience();
        await setTimeout(2);
      }
      const receipt = await running;
      expect([receipt.posts, await upload.ids()]).toEqual([2, allIds]);
      emulator.clock.advance(60_000);
      const isCommit = (action: string | undefined): boolean => action === "commit upload";
      await vi.waitFor(() => expect(actions(upload).filter(isCommit)).toHaveLength(2));
      expect(await upload.ids()).toEqual(allIds);
    });
  }
});
