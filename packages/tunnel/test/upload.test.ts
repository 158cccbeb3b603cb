import { Readable } from "node:stream";
import { type RunningEmulator, startEmulator } from "@maxcompute-tunnel/emulator";
import { systemClock } from "@maxcompute-tunnel/session";
import { nodeLz4, nodeSnappy, nodeZstd } from "@maxcompute-tunnel/writer/node";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  createTunnel,
  isTableTunnelError,
  type TableTunnel,
  type TunnelConfiguration,
} from "../src/index.ts";
import { faultFetch, serviceError } from "./fault-fetch.ts";

let emulator: RunningEmulator;
let tunnel: TableTunnel;
let table: string;
let tables = 0;

/** The machine's time, without the pauses between attempts; time limits, which are longer, stay as they are. */
const impatient = {
  ...systemClock,
  sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms < 60_000 ? 0 : ms, signal),
};

function tunnelWith(settings: Partial<TunnelConfiguration>): TableTunnel {
  return createTunnel({
    endpoint: emulator.endpoint,
    project: emulator.project,
    credentials: emulator,
    retry: { baseDelayMs: 1, maxDelayMs: 2, maxAttempts: 3 },
    ...settings,
  });
}

beforeAll(async () => {
  emulator = await startEmulator();
  tunnel = tunnelWith({});
});

afterAll(async () => {
  await tunnel.close();
  await emulator.close();
});

beforeEach(async () => {
  table = `t${++tables}`;
  await emulator.createTable(`create table ${table} (id bigint, note string)`);
});

const expected = [
  { id: 1n, note: "a" },
  { id: 2n, note: "b" },
];

describe("upload takes", () => {
  it("an array, of objects, arrays and records", async () => {
    const record = (await tunnel.createUploadSession(table)).newRecord().set("id", 3n);
    await tunnel.upload(table, [{ id: 1n, note: "a" }, [2n, "b"], record]);
    expect(await emulator.readRows(table)).toEqual([...expected, { id: 3n, note: null }]);
  });

  it("a generator", async () => {
    await tunnel.upload(
      table,
      (function* () {
        yield* expected;
      })(),
    );
    expect(await emulator.readRows(table)).toEqual(expected);
  });

  it("an async generator and a Node stream", async () => {
    async function* rows() {
      yield* expected;
    }
    await tunnel.upload(table, rows());
    await tunnel.upload(table, Readable.from(expected));
    expect(await emulator.readRows(table)).toEqual([...expected, ...expected]);
  });

  it("rows of the program's own interfaces", async () => {
    interface Order {
      readonly id: bigint;
      readonly note?: string;
    }
    const orders: readonly Order[] = [{ id: 1n }, { id: 2n, note: "b" }];
    await tunnel.upload(table, orders);
    expect(await emulator.readRows(table)).toEqual([
      { id: 1n, note: null },
      { id: 2n, note: "b" },
    ]);
  });

  it("no text, which is iterable by accident", async () => {
    // @ts-expect-error rows are objects
    await expect(tunnel.upload(table, "abc")).rejects.toThrow("Expected an iterable of rows, got string");
  });

  it("nothing at all, and commits that", async () => {
    const receipt = await tunnel.upload(table, []);
    expect(receipt).toMatchObject({ rows: 0, blocks: 0, bytes: 0 });
    expect(await emulator.readRows(table)).toEqual([]);
  });

  it.each([
    ["deflate", true],
    ["zstd", nodeZstd()],
    ["snappy", nodeSnappy],
    ["lz4", nodeLz4],
  ] as const)("a compressor: %s", async (_, compress) => {
    const rows = Array.from({ length: 3000 }, (_, id) => ({ id: BigInt(id), note: `note ${id % 10}` }));
    const compressor = typeof compress === "function" ? await compress() : compress;
    const receipt = await tunnel.upload(table, rows, { compress: compressor, maxRows: 1000 });
    expect(receipt.sentBytes).toBeLessThan(receipt.bytes);
    expect(await emulator.readRows(table)).toEqual(rows);
  });
});

describe("the receipt", () => {
  it("says what was loaded, how, and what to quote to support", async () => {
    let told: string | undefined;
    const rows = Array.from({ length: 25 }, (_, id) => ({ id, note: "n" }));
    const receipt = await tunnel.upload(table, rows, {
      maxRows: 10,
      onSession: (id) => {
        told = id;
      },
    });
    expect(receipt).toMatchObject({
      target: { project: emulator.project, table },
      rows: 25,
      blocks: 3,
      blockIds: [0, 1, 2],
      retries: 0,
    });
    expect(receipt.sessionId).toBe(told);
    expect(receipt.requestIds.length).toBe(4);
    for (const id of receipt.requestIds)
      expect(emulator.requests.some(({ requestId }) => requestId === id)).toBe(true);
    expect(receipt.durationMs).toBeGreaterThan(0);
    expect(receipt.writtenBlocks.map((block) => block.rows)).toEqual([10, 10, 5]);
  });
});

describe("partitions", () => {
  beforeEach(async () => {
    await emulator.createTable(
      `create table p${tables} (id bigint) partitioned by (pt string, region string)`,
    );
  });

  it("are named in the target, and made when asked", async () => {
    const target = `${emulator.project}.p${tables}/pt=1/region='cn'`;
    const receipt = await tunnel.upload(target, [{ id: 1n }], { createPartition: true });
    expect(receipt.target.partition).toBe("pt=1,region=cn");
    expect(await emulator.readRows(`p${tables}`, "pt=1,region=cn")).toEqual([{ id: 1n }]);
  });

  it("that are missing fail the upload before anything is sent", async () => {
    await expect(tunnel.upload(`p${tables}/pt=9,region=cn`, [{ id: 1n }])).rejects.toMatchObject({
      code: "upload-failed",
      phase: "create",
      cause: { code: "not-found" },
    });
  });

  it("may be given as an option, but not two different ones", async () => {
    await tunnel.upload(`p${tables}`, [{ id: 1n }], { partition: "pt=2,region=de", createPartition: true });
    expect(await emulator.readRows(`p${tables}`, "pt=2,region=de")).toEqual([{ id: 1n }]);
    await expect(
      tunnel.upload(`p${tables}/pt=1,region=cn`, [], { partition: "pt=2,region=de" }),
    ).rejects.toThrow("Expected one partition");
  });

  it("are replaced with overwrite", async () => {
    const target = `p${tables}/pt=3,region=de`;
    await tunnel.upload(target, [{ id: 1n }], { createPartition: true });
    await tunnel.upload(target, [{ id: 2n }], { overwrite: true });
    expect(await emulator.readRows(`p${tables}`, "pt=3,region=de")).toEqual([{ id: 2n }]);
  });
});

describe("an upload that fails", () => {
  async function failure(upload: Promise<unknown>) {
    const error: unknown = await upload.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!isTableTunnelError(error)) throw new Error(`Expected a TableTunnelError, got ${error}`);
    return error;
  }

  it("because of a row commits nothing, keeps the reason and says what is left on the server", async () => {
    const rows = [...Array.from({ length: 20 }, (_, id) => ({ id })), { id: "wrong" }];
    const error = await failure(tunnel.upload(table, rows, { maxRows: 10 }));
    expect(error).toMatchObject({ code: "upload-failed", phase: "write", outcome: "not-committed" });
    expect(error.cause).toMatchObject({ name: "CodecError", column: "id" });
    expect(error.message).toContain(`The upload into ${emulator.project}.${table} failed: `);
    expect(error.message).toContain(
      `Nothing was committed. The server keeps upload session ${error.sessionId}`,
    );
    expect(await emulator.readRows(table)).toEqual([]);
  });

  it("because of its source stops and lets the source clean up", async () => {
    let cleaned = false;
    async function* rows() {
      try {
        yield { id: 1 };
        throw new Error("the source is gone");
      } finally {
        cleaned = true;
      }
    }
    const error = await failure(tunnel.upload(table, rows()));
    expect(error.message).toContain("the source is gone");
    expect(error.storedBlockIds).toEqual([]);
    expect(cleaned).toBe(true);
  });

  it("because of the service keeps the service's own error", async () => {
    const faulty = tunnelWith({
      fetch: faultFetch({
        before: (request) =>
          request.method === "PUT" ? serviceError(403, "NoPermission", "you may not") : undefined,
      }),
    });
    const error = await failure(faulty.upload(table, expected));
    expect(error).toMatchObject({
      phase: "write",
      cause: { name: "WriterError", code: "block-failed", blockId: 0 },
    });
    expect((error.cause as Error).cause).toMatchObject({ name: "TunnelError", code: "permission" });
  });

  it("because the table is unknown has nothing left on the server", async () => {
    const error = await failure(tunnel.upload("nobody.nothing", expected));
    expect(error).toMatchObject({ phase: "create", sessionId: undefined });
    expect(error.message).toContain("Nothing is left on the server");
  });

  it("in a way that leaves the commit unknown says that, and nothing else", async () => {
    const cut = () =>
      new TypeError("fetch failed", { cause: Object.assign(new Error("reset"), { code: "ECONNRESET" }) });
    let committed = false;
    const faulty = tunnelWith({
      clock: impatient,
      fetch: faultFetch({
        before: (request) => (committed && request.method === "GET" ? cut() : undefined),
        after: async (request, response) => {
          if (request.method !== "POST" || !request.url.includes("uploadid=")) return response;
          await response.body?.cancel();
          committed = true;
          return cut();
        },
      }),
    });
    const error = await failure(faulty.upload(table, expected));
    expect(error).toMatchObject({ phase: "commit", outcome: "unknown", cause: { code: "outcome-unknown" } });
    expect(error.message).toContain("Whether it was committed is not known");
    expect(error.message).not.toContain("Nothing was committed");
  });

  it("because it was aborted does not wait for a row that never comes", async () => {
    const controller = new AbortController();
    async function* rows(): AsyncGenerator<{ id: number }> {
      yield { id: 1 };
      setImmediate(() => controller.abort(new Error("Ctrl-C")));
      await new Promise(() => {});
    }
    const failure = tunnel.upload(table, rows(), { signal: controller.signal });
    await expect(failure).rejects.toMatchObject({
      code: "upload-failed",
      phase: "write",
      outcome: "not-committed",
      cause: { code: "aborted", cause: { message: "Ctrl-C" } },
    });
  });

  it("because it was aborted stops at once", async () => {
    const controller = new AbortController();
    async function* rows() {
      for (let id = 0; ; id++) {
        if (id === 1000) controller.abort(new Error("Ctrl-C"));
        yield { id };
      }
    }
    const error = await failure(tunnel.upload(table, rows(), { signal: controller.signal, maxRows: 100 }));
    expect(error.message).toContain("Ctrl-C");
    expect(error.outcome).toBe("not-committed");
    expect(await emulator.readRows(table)).toEqual([]);
  });
});
