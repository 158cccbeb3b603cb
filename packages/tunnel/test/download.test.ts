import type { ColumnData } from "@maxcompute-tunnel/codec/arrow";
import { type RunningEmulator, startEmulator } from "@maxcompute-tunnel/emulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTunnel, type ReadRowsOptions, type TableTunnel } from "../src/index.ts";
import { faultFetch } from "./fault-fetch.ts";

let emulator: RunningEmulator;
let tunnel: TableTunnel;
const rows = Array.from({ length: 1000 }, (_, id) => ({ id: BigInt(id), note: `note ${id}` }));

beforeAll(async () => {
  emulator = await startEmulator({
    tables: ["create table t (id bigint, note string)", "create table empty (id bigint)"],
  });
  tunnel = createTunnel({ endpoint: emulator.endpoint, project: emulator.project, credentials: emulator });
  await tunnel.upload("t", rows, { maxRows: 300 });
});

afterAll(async () => {
  await tunnel.close();
  await emulator.close();
});

async function read(options: ReadRowsOptions = {}, from = tunnel): Promise<unknown[]> {
  const got: unknown[] = [];
  for await (const row of from.download("t", options)) got.push(row);
  return got;
}

describe("download", () => {
  it("reads a whole table in order", async () => {
    expect(await read()).toEqual(rows);
  });

  it("reads a range, and no further than the table goes", async () => {
    expect(await read({ start: 10, count: 3 })).toEqual(rows.slice(10, 13));
    expect(await read({ start: 995 })).toEqual(rows.slice(995));
    expect(await read({ start: 995, count: 100 })).toEqual(rows.slice(995));
    expect(await read({ start: 2000 })).toEqual([]);
  });

  it("reads some columns, in the order asked for", async () => {
    expect(await read({ count: 1, columns: ["NOTE"] })).toEqual([{ note: "note 0" }]);
    expect(await read({ count: 1, columns: ["note", "id"] })).toEqual([{ note: "note 0", id: 0n }]);
    await expect(read({ columns: ["color"] })).rejects.toThrow("color");
  });

  it("reads compressed answers", async () => {
    expect(await read({ compress: true })).toEqual(rows);
  });

  it("reads an empty table as no rows", async () => {
    for await (const row of tunnel.download("empty")) expect(row).toBe("never");
  });

  it("ends the request when the loop is left", async () => {
    const seen: unknown[] = [];
    for await (const row of tunnel.download("t")) {
      seen.push(row);
      if (seen.length === 5) break;
    }
    expect(seen).toEqual(rows.slice(0, 5));
  });

  it("goes on at the next row when the connection breaks off in the middle", async () => {
    const faulty = breaking();
    expect(await read({}, faulty.tunnel)).toEqual(rows);
    expect(faulty.cuts()).toBe(2);
  });
});

/** A tunnel whose first two answers break off after a third. */
function breaking(): { tunnel: TableTunnel; cuts: () => number } {
  let cuts = 0;
  const faulty = createTunnel({
    endpoint: emulator.endpoint,
    project: emulator.project,
    credentials: emulator,
    fetch: faultFetch({
      after: async (request, response) => {
        if (!request.url.includes("rowrange") || cuts === 2) return response;
        cuts += 1;
        const bytes = new Uint8Array(await response.arrayBuffer());
        let sent = false;
        const body = new ReadableStream<Uint8Array>({
          pull(controller) {
            if (sent)
              controller.error(
                Object.assign(new TypeError("terminated"), {
                  cause: Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" }),
                }),
              );
            else controller.enqueue(bytes.subarray(0, bytes.length / 3));
            sent = true;
          },
        });
        return new Response(body, { status: response.status, headers: response.headers });
      },
    }),
  });
  return { tunnel: faulty, cuts: () => cuts };
}

describe("DownloadSession", () => {
  it("reads columns in Arrow's layout, whole or a range, also when the connection breaks off", async () => {
    for (const from of [tunnel, breaking().tunnel]) {
      const session = await from.createDownloadSession("t");
      const ids: unknown[] = [];
      for await (const batch of session.columnBatches({ start: 10, count: 900, batchRows: 256 })) {
        expect(batch.schema.fields.map(({ name }) => name)).toEqual(["id", "note"]);
        const [id, note] = batch.data.children as [ColumnData, ColumnData];
        expect(id.length).toBe(batch.numRows);
        ids.push(...(id.values as BigInt64Array));
        const first = Buffer.from(note.values as Uint8Array).toString("latin1", 0, note.valueOffsets?.[1]);
        expect(first).toBe(`note ${id.values?.[0]}`);
      }
      expect(ids).toEqual(rows.slice(10, 910).map(({ id }) => id));
    }
  });

  it("tells how many rows there are, and reads ranges side by side", async () => {
    const session = await tunnel.createDownloadSession("t");
    expect(session.getRecordCount()).toBe(1000);
    expect(session.getSchema().columns.map((column) => column.name)).toEqual(["id", "note"]);
    const parts = await Promise.all(
      [0, 500].map(async (start) => {
        const part: unknown[] = [];
        for await (const batch of session.batches({ start, count: 500 })) part.push(...batch);
        return part;
      }),
    );
    expect(parts.flat()).toEqual(rows);
  });
});
