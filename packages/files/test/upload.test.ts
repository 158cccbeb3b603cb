import { readFile } from "node:fs/promises";
import { startEmulator } from "@maxcompute-tunnel/emulator";
import { uploadTarget } from "@maxcompute-tunnel/session";
import { rejection } from "@maxcompute-tunnel/testkit";
import { createTransport } from "@maxcompute-tunnel/transport";
import { createMemoryJournal, isWriterError, type UploadTarget } from "@maxcompute-tunnel/writer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CompressionChoice, isFilesError, type UploadFilesEvent, uploadFiles } from "../src/index.ts";
import { scratch } from "./support.ts";

let emulator: Awaited<ReturnType<typeof startEmulator>>;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

let tables = 0;
async function table(): Promise<{ name: string; target: UploadTarget }> {
  tables += 1;
  const name = `t${tables}`;
  await emulator.createTable(`create table ${name} (id bigint, text string)`);
  const { endpoint, project, accessKeyId, accessKeySecret } = emulator;
  const transport = createTransport({ credentials: { kind: "access-key", accessKeyId, accessKeySecret } });
  return { name, target: uploadTarget({ transport, endpoint }, { project, table: name }) };
}

const count = 30_000;
const text = `id,text\n${Array.from({ length: count }, (_, id) => `${id},"row\n${id}"\n`).join("")}`;

async function expectAllRows(name: string): Promise<void> {
  const rows = (await emulator.readRows(name)) as { id: bigint; text: string }[];
  expect(rows.length).toBe(count);
  const sorted = rows.sort((one, other) => Number(one.id - other.id));
  for (const [id, row] of sorted.entries()) expect(row).toEqual({ id: BigInt(id), text: `row\n${id}` });
}

describe.each<{ workers: number; compression: CompressionChoice }>([
  { workers: 1, compression: "none" },
  { workers: 2, compression: "none" },
  { workers: 1, compression: "zstd" },
  { workers: 2, compression: { name: "zstd", level: 3 } },
  { workers: 2, compression: "deflate" },
  { workers: 2, compression: "auto" },
])("with $workers workers and $compression", ({ workers, compression }) => {
  it("puts every row into the table once", async () => {
    await using folder = await scratch();
    const path = await folder.write("a.csv", text);
    const { name, target } = await table();
    const read: number[] = [];
    const receipt = await uploadFiles(target, [path], {
      workers,
      compression,
      blockBytes: 50_000,
      onRead: (bytes) => read.push(bytes),
    });
    expect(receipt).toMatchObject({ outcome: "committed", rows: count, rejected: 0 });
    expect(receipt.blockIds.length).toBeGreaterThan(8);
    expect(read.reduce((total, bytes) => total + bytes, 0)).toBe((await readFile(path)).byteLength);
    if (compression !== "none" && compression !== "auto")
      expect(receipt.sentBytes).toBeLessThan(receipt.bytes / 2);
    await expectAllRows(name);
  });
});

it("says which compression it has decided on, and why", async () => {
  await using folder = await scratch();
  const path = await folder.write("a.csv", text);
  const { target } = await table();
  const events: UploadFilesEvent[] = [];
  await uploadFiles(target, [path], {
    compression: "auto",
    workers: 1,
    blockBytes: 50_000,
    onEvent: (event) => events.push(event),
  });
  const decided = events.filter(({ kind }) => kind === "compression-decided");
  expect(decided.length).toBeGreaterThan(0);
  expect(decided[0]).toEqual({
    kind: "compression-decided",
    name: expect.stringMatching(/^(none|zstd)$/),
    level: decided[0]?.kind === "compression-decided" && decided[0].name === "zstd" ? 1 : undefined,
    plainBytesPerSecond: expect.any(Number),
    expectedBytesPerSecond: expect.any(Number),
  });
});

it.each([1, 2])("begins again in another session when its own expires, with %i workers", async (workers) => {
  await using folder = await scratch();
  const path = await folder.write("a.csv", text);
  const { name, target } = await table();
  emulator.faults.add({
    match: { action: "put block", table: name, block: 5 },
    times: 1,
    effect: { kind: "session-status", status: "expired" },
  });
  const kinds: string[] = [];
  const onEvent = ({ kind }: UploadFilesEvent): number => kinds.push(kind);
  const receipt = await uploadFiles(target, [path], { workers, blockBytes: 50_000, onEvent });
  expect(receipt).toMatchObject({ outcome: "committed", rows: count, keptBlocks: 0 });
  expect(kinds.filter((kind) => kind === "started-over" || kind === "opened")).toEqual([
    "opened",
    "started-over",
    "opened",
  ]);
  await expectAllRows(name);
});

it("goes on after a failure with what is missing, and does nothing once it is done", async () => {
  await using folder = await scratch();
  const path = await folder.write("a.csv", text);
  const { name, target } = await table();
  const journal = createMemoryJournal();
  const options = { workers: 2, blockBytes: 50_000, journal, job: "load" };
  let stored = 0;
  const failing = uploadFiles(target, [path], {
    ...options,
    onEvent({ kind }) {
      if (kind === "block-stored") stored += 1;
      if (stored === 5) throw new Error("power cut");
    },
  });
  await rejection(failing, isWriterError);
  const kinds: string[] = [];
  const receipt = await uploadFiles(target, [path], { ...options, onEvent: ({ kind }) => kinds.push(kind) });
  expect(receipt).toMatchObject({ outcome: "committed", rows: count });
  expect(receipt.keptBlocks).toBeGreaterThanOrEqual(4);
  expect(kinds[0]).toBe("resumed");
  await expectAllRows(name);
  expect(await uploadFiles(target, [path], options)).toMatchObject({
    outcome: "already-committed",
    rows: count,
  });
  await expectAllRows(name);
});

it("commits nothing when a record is bad, and leaves no thread behind", async () => {
  await using folder = await scratch();
  const path = await folder.write("a.csv", `${text}never,x\n`);
  const { name, target } = await table();
  const uploading = uploadFiles(target, [path], { workers: 3, blockBytes: 50_000 });
  const error = await rejection(uploading, isFilesError);
  expect([error.code, error.position?.line, error.column]).toEqual(["bad-record", 2 * count + 2, "id"]);
  expect(await emulator.readRows(name)).toEqual([]);
});

it("ends at once when it is aborted", async () => {
  await using folder = await scratch();
  const path = await folder.write("a.csv", text);
  const { name, target } = await table();
  const abort = new AbortController();
  const uploading = uploadFiles(target, [path], {
    workers: 2,
    blockBytes: 50_000,
    signal: abort.signal,
    onEvent: ({ kind }) => kind === "block-stored" && abort.abort(),
  });
  expect((await rejection(uploading, isWriterError)).code).toBe("aborted");
  expect(await emulator.readRows(name)).toEqual([]);
});
