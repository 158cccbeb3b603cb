import { type RunningEmulator, startEmulator } from "@maxcompute-tunnel/emulator";
import { type TableName, type TunnelConnection, uploadTarget } from "@maxcompute-tunnel/session";
import { createTransport } from "@maxcompute-tunnel/transport";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  createMemoryJournal,
  createMemoryJournals,
  resumeUpload,
  rowSource,
  runUpload,
  type UploadEvent,
} from "../src/index.ts";

let emulator: RunningEmulator;
let connection: TunnelConnection;
let table: TableName;
let tables = 0;

beforeAll(async () => {
  emulator = await startEmulator();
  const { accessKeyId, accessKeySecret } = emulator;
  connection = {
    endpoint: emulator.endpoint,
    transport: createTransport({ credentials: { kind: "access-key", accessKeyId, accessKeySecret } }),
  };
});

afterAll(() => emulator.close());

beforeEach(async () => {
  emulator.faults.clear();
  table = { project: emulator.project, table: `t${++tables}` };
  await emulator.createTable(`create table ${table.table} (id bigint, note string)`);
});

function* rows(count: number, note = (id: number) => `note ${id}`) {
  for (let id = 0; id < count; id++) yield { id, note: note(id) };
}

async function idsInTable(): Promise<number[]> {
  const ids = (await emulator.readRows(table.table)).map((row) => Number(row["id"]));
  return ids.sort((a, b) => a - b);
}

const counting = (count: number) => Array.from({ length: count }, (_, id) => id);

describe("an upload with a journal", () => {
  it("loads every row once and says what it did", async () => {
    const events: UploadEvent[] = [];
    const receipt = await runUpload(
      uploadTarget(connection, table),
      rowSource(() => rows(95), { maxRows: 10 }),
      { onEvent: (event) => events.push(event) },
    );
    expect(receipt).toMatchObject({
      outcome: "committed",
      rows: 95,
      blockIds: counting(10),
      retries: 0,
      keptBlocks: 0,
      confirmedBy: "answer",
    });
    expect(await idsInTable()).toEqual(counting(95));
    expect(events.filter((event) => event.kind === "block-stored")).toHaveLength(10);
    expect(events[0]?.kind).toBe("opened");
    expect(events.at(-1)?.kind).toBe("committed");
  });
});
