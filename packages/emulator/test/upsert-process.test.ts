import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeRecords, encodeRecords } from "@maxcompute-tunnel/codec";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bucketOf } from "../src/tunnel/upsert/hash/bucket-of.ts";
import { primitiveHashes } from "../src/tunnel/upsert/hash/primitive-hash.ts";
import { type Ask, clientOf, tablePath, tunnelHeaders } from "./support/client.ts";
import { type EmulatorProcess, startProcess } from "./support/emulator-process.ts";

let directory: string;
const running: EmulatorProcess[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "upsert-process-test-"));
});
afterEach(async () => {
  for (const emulator of running.splice(0)) {
    if (emulator.child.exitCode === null && emulator.child.signalCode === null) {
      await emulator.stop("SIGKILL");
    }
  }
  await rm(directory, { recursive: true, force: true });
});

async function start(...args: string[]): Promise<EmulatorProcess> {
  const emulator = await startProcess(["--data", directory, ...args]);
  running.push(emulator);
  return emulator;
}

const bucketCount = 4;
const ddl = `create table k (id bigint, name string, primary key (id))
  tblproperties ('transactional'='true', 'write.bucket.num'='${bucketCount}')`;
const data = [
  { name: "id", type: "bigint" },
  { name: "name", type: "string" },
] as const;
const columns = [
  ...data,
  { name: "__version", type: "bigint" },
  { name: "__app_version", type: "bigint" },
  { name: "__operation", type: "tinyint" },
  { name: "__key_cols", type: "array<bigint>" },
  { name: "__value_cols", type: "array<bigint>" },
] as const;

/** Opens a session and stores one request for each bucket; gives its path. */
async function stored(ask: Ask, path: string, rows: readonly (readonly [number, string])[]): Promise<string> {
  const created = (await ask("POST", `${path}/upserts?slotnum=1`, { headers: tunnelHeaders })).json();
  const session = `${path}/upserts?upsertid=${created["id"]}`;
  for (let bucket = 0; bucket < bucketCount; bucket += 1) {
    const own = rows.filter(
      ([id]) => bucketOf([primitiveHashes.default.long(BigInt(id))], bucketCount) === bucket,
    );
    const body = encodeRecords(
      columns,
      own.map(([id, name]) => ({ id, name, __operation: 85, __value_cols: [] })),
    );
    const answer = await ask("PUT", `${session}&bucketid=${bucket}&slotid=0&record_count=${own.length}`, {
      headers: tunnelHeaders,
      body,
    });
    expect(answer.status).toBe(200);
  }
  return session;
}

async function download(ask: Ask, path: string): Promise<[number, string][]> {
  const session = (await ask("POST", `${path}?downloads`, { headers: tunnelHeaders })).json();
  const answer = await ask(
    "GET",
    `${path}?data&downloadid=${session["DownloadID"]}&rowrange=(0,${session["RecordCount"]})`,
    { headers: { ...tunnelHeaders, "accept-encoding": "identity" } },
  );
  return decodeRecords(data, answer.bytes)
    .map(({ id, name }): [number, string] => [Number(id), String(name)])
    .sort(([a], [b]) => a - b);
}

const rowsNamed = (name: string, count: number): [number, string][] =>
  Array.from({ length: count }, (_, id) => [id, name]);

describe("an emulator that is killed", () => {
  it("has every flush of a stream that it answered", async () => {
    const first = await start("--table", "create table s (id bigint, name string)");
    const path = tablePath(first, "s");
    const ask = clientOf(first);
    const session = (await ask("POST", `${path}/streams`, { headers: tunnelHeaders })).json();
    const target = `${path}/streams?uploadid=${session["session_name"]}&slotid=0&schema_version=0`;
    for (const name of ["a", "b", "c"]) {
      const body = encodeRecords(data, [{ id: 1, name }]);
      expect((await ask("PUT", target, { headers: tunnelHeaders, body })).status).toBe(200);
    }
    await first.stop("SIGKILL");
    const again = clientOf(await start());
    expect(await download(again, path)).toEqual([
      [1, "a"],
      [1, "b"],
      [1, "c"],
    ]);
    // The session lives on.
    const body = encodeRecords(data, [{ id: 2, name: "d" }]);
    expect((await again("PUT", target, { headers: tunnelHeaders, body })).status).toBe(200);
    expect(await download(again, path)).toHaveLength(4);
  });

  it("has every upsert that it answered, and every commit", async () => {
    const first = await start("--table", ddl);
    const path = tablePath(first, "k");
    const session = await stored(clientOf(first), path, rowsNamed("old", 100));
    await first.stop("SIGKILL");

    const second = await start();
    const committed = await clientOf(second)("POST", session, { headers: tunnelHeaders });
    expect(committed.json()["status"]).toBe("committed");
    await second.stop("SIGKILL");

    const third = clientOf(await start());
    expect((await third("GET", session, { headers: tunnelHeaders })).json()["status"]).toBe("committed");
    expect((await third("POST", session, { headers: tunnelHeaders })).json()["status"]).toBe("committed");
    expect(await download(third, path)).toEqual(rowsNamed("old", 100));
  });

  it("in the middle of a commit has all of it or nothing, and can commit again", async () => {
    const count = 4000;
    const folder = join(directory, "blocks");
    let emulator = await start("--table", ddl);
    const path = tablePath(emulator, "k");
    const initial = await stored(clientOf(emulator), path, rowsNamed("round -1", count));
    await clientOf(emulator)("POST", initial, { headers: tunnelHeaders });
    // Killed when the merge has written so many of its four files, the last of them not yet in the table.
    for (const [round, written] of [0, 1, 2, 3, 4, 4].entries()) {
      const session = await stored(clientOf(emulator), path, rowsNamed(`round ${round}`, count));
      const before = new Set(await readdir(folder));
      const answer = clientOf(emulator)("POST", session, { headers: tunnelHeaders }).catch(() => undefined);
      await vi.waitFor(
        async () => {
          const names = await readdir(folder);
          const begun = names.filter((name) => !before.has(name));
          const finished = begun.filter((name) => name.endsWith(".block")).length;
          // A commit that is through removes what it replaced.
          const isThrough = names.length - begun.length < before.size;
          expect(isThrough || (begun.length > 0 && finished >= written)).toBe(true);
        },
        { interval: 1 },
      );
      await emulator.stop("SIGKILL");
      await answer;

      emulator = await start();
      const ask = clientOf(emulator);
      const { status } = (await ask("GET", session, { headers: tunnelHeaders })).json();
      const name = status === "committed" ? `round ${round}` : `round ${round - 1}`;
      expect(["normal", "committed"]).toContain(status);
      expect(await download(ask, path)).toEqual(rowsNamed(name, count));
      expect((await ask("POST", session, { headers: tunnelHeaders })).json()["status"]).toBe("committed");
      expect(await download(ask, path)).toEqual(rowsNamed(`round ${round}`, count));
    }
  });
});
