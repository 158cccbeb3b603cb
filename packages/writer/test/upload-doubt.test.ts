import { startEmulator } from "@maxcompute-tunnel/emulator";
import { uploadTarget } from "@maxcompute-tunnel/session";
import { watched } from "@maxcompute-tunnel/testkit";
import { createTransport } from "@maxcompute-tunnel/transport";
import { expect, it, onTestFinished } from "vitest";
import {
  createMemoryJournal,
  rowSource,
  runUpload,
  type UploadJournal,
  type UploadTarget,
  type WriterError,
} from "../src/index.ts";

/** What a process leaves that died when its commit had happened and was not written down. */
async function diedInCommit() {
  const emulator = await startEmulator({ tables: ["create table t (id bigint)"] });
  onTestFinished(() => emulator.close());
  const { accessKeyId, accessKeySecret, endpoint, project } = emulator;
  const transport = createTransport({ credentials: { kind: "access-key", accessKeyId, accessKeySecret } });
  const target = uploadTarget({ endpoint, transport }, { project, table: "t" });
  const source = () => rowSource(() => [{ id: 1 }, { id: 2 }]);
  const whole = createMemoryJournal();
  await runUpload(target, source(), { journal: whole });
  const facts = await whole.facts();
  const intent = facts.findIndex(({ kind }) => kind === "commit-intended");
  return { emulator, target, source, facts: facts.slice(0, intent + 1) };
}

it("stays unknown when the run after a crash in the commit is aborted before it could ask", async () => {
  const { emulator, target, source, facts } = await diedInCommit();
  const journal = createMemoryJournal(facts);
  const failure: WriterError = await runUpload(target, source(), {
    journal,
    signal: AbortSignal.abort(),
  }).then(
    () => expect.unreachable("it was aborted"),
    (error) => error,
  );
  expect([failure.code, (failure.cause as WriterError).code]).toEqual(["outcome-unknown", "aborted"]);

  const receipt = await runUpload(target, source(), { journal });
  expect(receipt.confirmedBy).toBe("status");
  expect(await emulator.readRows("t")).toHaveLength(2);
});

it("is known to be committed once the session has said so, whatever cannot be asked any more", async () => {
  const { emulator, target, source, facts } = await diedInCommit();
  const askedOnce: UploadTarget = {
    ...target,
    resume: async (id, call) => {
      const fail = () => Promise.reject(new Error("nothing is reached any more"));
      return Object.assign(await target.resume(id, call), { refresh: fail, commit: fail });
    },
  };
  const receipt = await runUpload(askedOnce, source(), { journal: createMemoryJournal(facts) });
  expect([receipt.outcome, receipt.confirmedBy, receipt.rows]).toEqual(["committed", "status", 2]);
  expect(await emulator.readRows("t")).toHaveLength(2);
});

it("is committed, too, when that cannot be written down", async () => {
  const { target, source, facts } = await diedInCommit();
  const inner = createMemoryJournal(facts);
  const full: UploadJournal = {
    facts: () => inner.facts(),
    close: () => inner.close(),
    append: () => Promise.reject(new Error("no space left")),
  };
  const kinds: string[] = [];
  const receipt = await runUpload(target, source(), {
    journal: full,
    onEvent: watched(({ kind }) => void kinds.push(kind)),
  });
  expect([receipt.outcome, kinds]).toEqual(["committed", ["journal-failed", "committed"]]);
});
