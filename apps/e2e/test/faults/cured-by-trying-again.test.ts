import type { FaultEffect, RunningEmulator } from "@maxcompute-tunnel/emulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allIds, faultyUpload, servers, startOnFastDisk } from "../support/faulty-upload.ts";
import { type Meanwhile, outcomeOf, patienceIsLost, timePasses } from "../support/meanwhile.ts";

interface Fault {
  readonly effect: FaultEffect;
  readonly meanwhile?: Meanwhile;
}

/** What can happen to any request, once. */
const anywhere: Readonly<Record<string, Fault>> = {
  "429 with Retry-After": { effect: { kind: "answer", status: 429, headers: { "retry-after": "3" } } },
  "429 with HoldClientMillis": { effect: { kind: "answer", status: 429, holdClientMs: 700 } },
  "500 before the work": { effect: { kind: "answer", status: 500 } },
  "500 after the work": { effect: { kind: "answer", status: 500, work: "done" } },
  "a proxy's 502": { effect: { kind: "answer", status: 502, body: "<html>Bad Gateway</html>" } },
  "503 with Retry-After": { effect: { kind: "answer", status: 503, headers: { "retry-after": "1" } } },
  "504 after the work": { effect: { kind: "answer", status: 504, work: "done" } },
  "a reset before the body": { effect: { kind: "reset", when: "before-body" } },
  "a reset instead of the answer": { effect: { kind: "reset", when: "before-answer" } },
  "silence before the work": { effect: { kind: "hang", when: "before-body" }, meanwhile: patienceIsLost },
  "silence instead of the answer": {
    effect: { kind: "hang", when: "before-answer" },
    meanwhile: patienceIsLost,
  },
  "an answer that ends in its head": { effect: { kind: "truncate", in: "head", bytes: 20 } },
  "an answer that ends in its body": { effect: { kind: "truncate", bytes: 10 } },
  "garbage in the answer's body": { effect: { kind: "garbage" } },
  "garbage for an answer": { effect: { kind: "garbage", in: "head" } },
  "an answer shorter than it says": {
    effect: { kind: "content-length", by: 40 },
    meanwhile: patienceIsLost,
  },
  "an answer longer than it says": { effect: { kind: "content-length", by: -40 } },
  "a late beginning": { effect: { kind: "delay", delayMs: 30_000 }, meanwhile: timePasses(30_000) },
  "a late answer": {
    effect: { kind: "delay", delayMs: 30_000, before: "answer" },
    meanwhile: timePasses(30_000),
  },
  "a slow line": {
    effect: { kind: "throttle", requestBytesPerSecond: 40, answerBytesPerSecond: 200 },
    meanwhile: timePasses(1_000),
  },
  "a full disk": { effect: { kind: "disk-full" } },
};

/** What can happen to a block besides. */
const toBlocks: Readonly<Record<string, Fault>> = {
  ...anywhere,
  "a reset after the first byte": { effect: { kind: "reset", when: "in-body", bodyBytes: 1 } },
  "a reset within the footer": { effect: { kind: "reset", when: "in-body", bodyBytes: 40 } },
  "bytes that broke on the way": { effect: { kind: "answer", status: 400, code: "CorruptedDataStream" } },
  "a disk that fills up": { effect: { kind: "disk-full", freeBytes: 20 } },
  "a second delivery before the answer": { effect: { kind: "duplicate" } },
  "a second delivery after the answer": { effect: { kind: "duplicate", second: "after-answer" } },
};

/** What can happen to a request whose answer is a document. */
const toDocuments: Readonly<Record<string, Fault>> = {
  ...anywhere,
  "200 without a document": { effect: { kind: "answer", status: 200 } },
  "200 with another document": { effect: { kind: "answer", status: 200, body: '{"Code":"Surprise"}' } },
};

const requests = [
  { action: "create upload", match: {}, faults: toDocuments },
  { action: "put block", match: { block: 1 }, faults: toBlocks },
  { action: "get upload", match: {}, faults: toDocuments },
  { action: "commit upload", match: {}, faults: toDocuments },
] as const;

describe.each(servers)("a $profile server whose answer to a second commit is $secondCommit", (server) => {
  let emulator: RunningEmulator;
  beforeAll(async () => {
    emulator = await startOnFastDisk(server);
  });
  afterAll(() => emulator.close());

  for (const { action, match, faults } of requests) {
    describe(`a request to ${action}`, () => {
      it.each(Object.entries(faults))("that meets %s", async (_, { effect, meanwhile }) => {
        await using upload = await faultyUpload(emulator, [{ match: { action, ...match }, nth: 1, effect }]);
        const receipt = await outcomeOf(upload, upload.run, meanwhile);
        expect(await upload.ids()).toEqual(allIds);
        expect([receipt.blockIds, receipt.recordCount]).toEqual([[0, 1, 2], 12]);
        expect(emulator.faults.list().map(({ fired }) => fired)).toEqual([1]);
      });
    });
  }
});
