import { startEmulator } from "@maxcompute-tunnel/emulator";
import { uploadTarget } from "@maxcompute-tunnel/session";
import { createTransport } from "@maxcompute-tunnel/transport";
import { expect, it } from "vitest";
import { createMemoryJournal, rowSource, runUpload, type WriterError } from "../src/index.ts";

it("stays unknown when the run after a crash in the commit is aborted before it could ask", async () => {
  await using emulator = await startEmulator({ tables: ["create table t (id bigint)"] });
  const { accessKeyId, accessKeySecret, endpoint, project } = emulator;
  const transport = createTransport({ credentials: { kind: "access-key", accessKeyId, accessKeySecret } });
  const target = uploadTarget({ endpoint, transport }, { project, table: "t" });
  const source = () => rowSource(() => [{ id: 1 }, { id: 2 }]);
  const whole = createMemoryJournal();
  await runUpload(target, source(), { journal: whole });
  const facts = await whole.facts();
  const intent = facts.findIndex(({ kind }) => kind === "commit-intended");

  // What a process leaves that died when the commit had happened and was not written down.
  const journal = createMemoryJournal(facts.slice(0, intent + 1));
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
