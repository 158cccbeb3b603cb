import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeRecords, encodeRecords } from "@maxcompute-tunnel/codec";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Ask, clientOf, createUpload, tablePath, tunnelHeaders } from "./support/client.ts";
import { type EmulatorProcess, runCommand, startProcess } from "./support/emulator-process.ts";

let directory: string;
const running: EmulatorProcess[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "process-test-"));
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

const columns = [
  { name: "id", type: "bigint" },
  { name: "note", type: "string" },
] as const;

function block(from: number, count: number): Uint8Array {
  return encodeRecords(
    columns,
    Array.from({ length: count }, (_, index) => ({ id: from + index, note: `row ${from + index}` })),
  );
}

async function download(ask: Ask, path: string): Promise<bigint[]> {
  const session = (await ask("POST", `${path}?downloads`, { headers: tunnelHeaders })).json();
  const answer = await ask(
    "GET",
    `${path}?data&downloadid=${session["DownloadID"]}&rowrange=(0,${session["RecordCount"]})`,
    { headers: { ...tunnelHeaders, "accept-encoding": "identity" } },
  );
  return decodeRecords(columns, answer.bytes).map(({ id }) => id as bigint);
}

describe("the command", () => {
  it("prints one line on stdout, and ends with 0 on SIGTERM and SIGINT", async () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      const emulator = await start();
      expect(emulator.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect(await emulator.stop(signal)).toEqual([0, null]);
      expect(emulator.output()).toEqual({ stdout: `listening ${emulator.endpoint}\n`, stderr: "" });
    }
  });

  it("keeps nothing without --data", async () => {
    const emulator = await startProcess(["--table", "create table t (id bigint)"]);
    running.push(emulator);
    expect((await clientOf(emulator)("GET", "/projects/proj/tables/t")).status).toBe(200);
    const before = (await readdir(tmpdir())).filter((name) => name.startsWith("mctunnel-emulator-"));
    await emulator.stop("SIGTERM");
    const after = (await readdir(tmpdir())).filter((name) => name.startsWith("mctunnel-emulator-"));
    expect(before.length - after.length).toBe(1);
  });

  it("logs requests on stderr with --verbose, without signatures", async () => {
    const emulator = await start("--verbose");
    await clientOf(emulator)("GET", "/projects/proj");
    await emulator.stop("SIGTERM");
    const { stdout, stderr } = emulator.output();
    expect(stdout).toBe(`listening ${emulator.endpoint}\n`);
    expect(JSON.parse(stderr)).toMatchObject({
      msg: "answered",
      method: "GET",
      url: "/projects/proj",
      status: 200,
    });
    expect(stderr).not.toMatch(/key1|ODPS id1/);
  });

  it("explains what is wrong with its options and ends with 2", async () => {
    expect(await runCommand(["--port", "http"])).toEqual({
      code: 2,
      stdout: "",
      stderr:
        'mctunnel-emulator: Expected --port to be a number, got "http"\nRun it with --help to see the options.\n',
    });
    expect((await runCommand(["--colour"])).code).toBe(2);
    expect((await runCommand(["--second-commit", "maybe"])).code).toBe(2);
  });

  it("ends with 1 when the port is taken or the directory is in use", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await vi.waitFor(() => expect(other.listening).toBe(true));
    const address = other.address();
    const port = typeof address === "object" ? String(address?.port) : "";
    expect(await runCommand(["--port", port])).toEqual({
      code: 1,
      stdout: "",
      stderr: `mctunnel-emulator: Port ${port} of 127.0.0.1 is in use\n`,
    });
    other.close();
    const first = await start();
    const second = await runCommand(["--data", directory]);
    expect(second).toEqual({
      code: 1,
      stdout: "",
      stderr: `mctunnel-emulator: Data directory ${directory} is in use by the emulator with process id ${first.child.pid}\n`,
    });
  });

  it("prints its options with --help", async () => {
    const { code, stdout, stderr } = await runCommand(["--help"]);
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr).toContain("--data DIR");
  });
});

describe("an emulator that is killed", () => {
  it("between block and commit has every acknowledged block when it comes back", async () => {
    const first = await start("--table", "create table t (id bigint, note string)");
    const path = tablePath(first, "t");
    const ask = clientOf(first);
    const id = await createUpload(ask, path);
    const sizes = [1, 500, 20_000];
    for (const [index, count] of sizes.entries()) {
      const stored = await ask("PUT", `${path}?uploadid=${id}&blockid=${index}`, {
        headers: tunnelHeaders,
        body: block(index * 100_000, count),
      });
      expect(stored.status).toBe(200);
    }
    // A block is on its way when the process dies.
    const under = ask("PUT", `${path}?uploadid=${id}&blockid=3`, {
      headers: tunnelHeaders,
      body: new ReadableStream({
        start(controller) {
          controller.enqueue(block(300_000, 1000).subarray(0, 4000));
        },
      }),
    }).catch((error: unknown) => error);
    await vi.waitFor(async () => expect(await readdir(join(directory, "blocks"))).toHaveLength(4));
    await first.stop("SIGKILL");
    expect(await under).toBeInstanceOf(Error);

    const second = await start();
    const again = clientOf(second);
    const listed = (await again("GET", `${path}?uploadid=${id}`, { headers: tunnelHeaders })).json();
    expect(listed).toMatchObject({
      Status: "normal",
      UploadedBlockList: [
        { BlockID: 0, RecordCount: 1 },
        { BlockID: 1, RecordCount: 500 },
        { BlockID: 2, RecordCount: 20_000 },
      ],
    });
    expect(await readdir(join(directory, "blocks"))).toHaveLength(3);
    expect((await again("POST", `${path}?uploadid=${id}`, { headers: tunnelHeaders })).status).toBe(200);
    await second.stop("SIGKILL");

    const third = await start();
    const rows = await download(clientOf(third), path);
    const expected = sizes.flatMap((count, index) =>
      Array.from({ length: count }, (_, row) => BigInt(index * 100_000 + row)),
    );
    expect(rows).toEqual(expected);
  });

  it("right behind the answer to a commit, a table or a partition has it when it comes back", async () => {
    const first = await start();
    const ask = clientOf(first);
    const job = (sql: string): string =>
      `<Instance><Job><Priority>9</Priority><Tasks><SQL><Name>AnonymousSQLTask</Name><Query>${sql}</Query></SQL></Tasks></Job></Instance>`;
    const created = await ask("POST", "/projects/proj/instances", {
      body: job("create table p (id bigint, note string) partitioned by (pt string);"),
    });
    expect(created.status).toBe(201);
    const path = tablePath(first, "p");
    const partition = "&partition=pt%3Da";
    const id = await createUpload(ask, path, `${partition}&create_partition=true`);
    await ask("PUT", `${path}?uploadid=${id}${partition}&blockid=0`, {
      headers: tunnelHeaders,
      body: block(7, 2),
    });
    await ask("POST", `${path}?uploadid=${id}${partition}`, { headers: tunnelHeaders });
    await first.stop("SIGKILL");

    const second = clientOf(await start());
    const instance = created.headers.get("location")?.split("/").at(-1);
    expect((await second("GET", `/projects/proj/instances/${instance}?taskstatus`)).text).toContain(
      "Success",
    );
    const session = (
      await second("POST", `${path}?downloads${partition}`, { headers: tunnelHeaders })
    ).json();
    expect(session["RecordCount"]).toBe(2);
    const status = (
      await second("GET", `${path}?uploadid=${id}${partition}`, { headers: tunnelHeaders })
    ).json();
    expect(status["Status"]).toBe("closed");
  });
});
