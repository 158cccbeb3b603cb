import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningEmulator, startEmulator } from "@maxcompute-tunnel/emulator";
import { systemClock } from "@maxcompute-tunnel/session";
import { watched } from "@maxcompute-tunnel/testkit";
import { journalDirectory } from "@maxcompute-tunnel/writer/node";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTunnel, isTableTunnelError, type TableTunnel, type UploadEvent } from "../src/index.ts";

let emulator: RunningEmulator;
let tunnel: TableTunnel;
let directory: string;
let table: string;
let tables = 0;

/** The machine's time, without the pauses between attempts; time limits, which are longer, stay as they are. */
const impatient = {
  ...systemClock,
  sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms < 60_000 ? 0 : ms, signal),
};

beforeAll(async () => {
  emulator = await startEmulator();
  tunnel = createTunnel({
    endpoint: emulator.endpoint,
    project: emulator.project,
    credentials: emulator,
    retry: { baseDelayMs: 1, maxDelayMs: 2, maxAttempts: 2 },
    clock: impatient,
  });
});

afterAll(async () => {
  await tunnel.close();
  await emulator.close();
});

beforeEach(async () => {
  emulator.faults.clear();
  directory = await mkdtemp(join(tmpdir(), "journals-"));
  table = `t${++tables}`;
  await emulator.createTable(`create table ${table} (id bigint, note string)`);
  return () => rm(directory, { recursive: true });
});

const rows = Array.from({ length: 50 }, (_, id) => ({ id: BigInt(id), note: `note ${id}` }));
const ids = async (): Promise<unknown[]> => (await emulator.readRows(table)).map((row) => row["id"]).sort();

describe("a job", () => {
  it("is loaded once, however often it is asked for", async () => {
    const job = { job: "orders-2026-11-21", journal: journalDirectory(directory) };
    expect(await tunnel.upload(table, rows, job)).toMatchObject({ outcome: "committed", rows: 50 });
    expect(await tunnel.upload(table, rows, job)).toMatchObject({ outcome: "already-committed", rows: 50 });
    expect(await tunnel.resume(table, rows, job)).toMatchObject({ outcome: "already-committed" });
    expect(await emulator.readRows(table)).toHaveLength(50);
  });

  it("goes on after a failure with what is missing, records and all", async () => {
    const journal = journalDirectory(directory);
    const record = (await tunnel.createUploadSession(table)).newRecord().set("id", 50n);
    const all = [...rows, record];
    emulator.faults.add({
      match: { action: "put block", block: 4 },
      effect: { kind: "answer", status: 403, code: "NoPermission" },
    });
    const options = { job: "nightly", journal, maxRows: 10, parallel: 1 };
    const failure = await tunnel.upload(table, all, options).catch((error: unknown) => error);
    expect(isTableTunnelError(failure) && failure).toMatchObject({
      code: "upload-failed",
      outcome: "not-committed",
      cause: { name: "WriterError", code: "block-failed", blockId: 4 },
    });
    emulator.faults.clear();
    const events: UploadEvent[] = [];
    const receipt = await tunnel.resume(table, () => all, {
      ...options,
      onEvent: watched((event) => events.push(event)),
    });
    expect(receipt).toMatchObject({ outcome: "committed", rows: 51, keptBlocks: 4 });
    expect(events.filter((event) => event.kind === "block-stored")).toHaveLength(2);
    expect((await ids()).length).toBe(51);
  });

  it("that nobody began cannot be resumed", async () => {
    const job = { job: "unheard-of", journal: journalDirectory(directory) };
    await expect(tunnel.resume(table, rows, job)).rejects.toMatchObject({
      cause: { code: "nothing-to-resume" },
    });
  });

  it("whose rows can be read only once is not taken for an empty one when they are needed again", async () => {
    emulator.faults.add({
      match: { action: "commit upload" },
      times: 1,
      effect: { kind: "session-status", status: "expired" },
    });
    const failure = await tunnel
      .upload(table, rows.values(), { job: "once", journal: journalDirectory(directory) })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ outcome: "not-committed" });
    expect((failure as Error).message).toContain("read only once");
    expect(await emulator.readRows(table)).toHaveLength(0);
  });

  it("starts over by itself when its session has expired and its rows can be read again", async () => {
    emulator.faults.add({
      match: { action: "commit upload" },
      times: 1,
      effect: { kind: "session-status", status: "expired" },
    });
    const events: UploadEvent[] = [];
    const receipt = await tunnel.upload(table, rows, {
      job: "twice",
      journal: journalDirectory(directory),
      onEvent: watched((event) => events.push(event)),
    });
    expect(receipt).toMatchObject({ outcome: "committed", rows: 50 });
    expect(events.find((event) => event.kind === "started-over")).toMatchObject({ reason: "expired" });
    expect(await emulator.readRows(table)).toHaveLength(50);
  });
});
