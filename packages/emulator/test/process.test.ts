import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeRecords, encodeRecords } from "@maxcompute-tunnel/codec";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Ask, clientOf, createUpload, tablePath, tunnelHeaders } from "./support/client.ts";
import { type EmulatorProcess, runCommand, startCommand, startProcess } from "./support/emulator-process.ts";

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

describe("what the command tells", () => {
  it("on stderr is how each client is pointed at it, while stdout stays one line", async () => {
    const emulator = await startProcess(["--data", directory], []);
    running.push(emulator);
    const { endpoint } = emulator;
    await vi.waitFor(() => expect(emulator.output().stderr).toContain("Ctrl-C stops it."));
    const { stdout, stderr } = emulator.output();
    expect(stdout).toBe(`listening ${endpoint}\n`);
    for (const line of [
      `endpoint    ${endpoint} `,
      "project     proj",
      "access id   id1",
      "access key  key1",
      `data        ${directory}`,
      'credentials: { accessKeyId: "id1", accessKeySecret: "key1" },',
      `export ODPS_ENDPOINT=${endpoint} ODPS_PROJECT=proj`,
      "export ODPS_ACCESS_ID=id1 ODPS_ACCESS_KEY=key1",
      `o = ODPS("id1", "key1", project="proj", endpoint="${endpoint}")`,
      'new Odps(new AliyunAccount("id1", "key1"));',
      `odps.NewOdps(account.NewAliyunAccount("id1", "key1"), "${endpoint}")`,
    ]) {
      expect(stderr).toContain(line);
    }
  });

  it("needs no options at all", async () => {
    const emulator = await startProcess([], ["--project", "emulated"]);
    running.push(emulator);
    expect((await clientOf(emulator)("GET", "/projects/emulated")).status).toBe(200);
  });

  it("with --json is one line for scripts", async () => {
    const emulator = await startProcess(["--seed-table", "flights(id bigint, name string)"], ["--json"]);
    running.push(emulator);
    const { stdout, stderr } = emulator.output();
    expect(stderr).toBe("");
    expect(stdout.endsWith("\n")).toBe(true);
    const told = JSON.parse(stdout);
    expect(told).toEqual({
      endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      project: "proj",
      accessKeyId: "id1",
      accessKeySecret: "key1",
    });
    const answer = await clientOf(told)("GET", "/projects/proj/tables/flights");
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining("name")]);
  });

  it("with --version is the version", async () => {
    const { version } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
    expect(await runCommand(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });
});

describe("a seed table", () => {
  it("is made once and left alone when the directory is used again", async () => {
    const seed = ["--seed-table", "t(id bigint, note string)"];
    const first = await start(...seed);
    const ask = clientOf(first);
    const path = tablePath(first, "t");
    const id = await createUpload(ask, path);
    await ask("PUT", `${path}?uploadid=${id}&blockid=0`, { headers: tunnelHeaders, body: block(1, 3) });
    await ask("POST", `${path}?uploadid=${id}`, { headers: tunnelHeaders });
    await first.stop("SIGTERM");
    const second = await start(...seed);
    expect(await download(clientOf(second), path)).toEqual([1n, 2n, 3n]);
  });

  it("that is none is explained", async () => {
    for (const seed of ["flights", "flights()", ""]) {
      const { code, stderr } = await runCommand(["--seed-table", seed]);
      expect([code, stderr]).toEqual([
        2,
        expect.stringContaining("such as 'flights(id bigint, name string)'"),
      ]);
    }
    const { code, stderr } = await runCommand(["--seed-table", "flights(id bigint, name strin)"]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/ODPS-0130161:\[1,\d+\]/)]);
  });
});

describe("a configuration file", () => {
  const text = `projects = ["shop", "reports"]
[[keys]]
access_id = "etl"
access_key = "etl-secret"
permissions = { shop = "write" }
[[keys]]
access_id = "analyst"
access_key = "analyst-secret"
permissions = "read"
`;

  it("names projects, keys and what they may do; its secrets stay off the screen", async () => {
    const file = join(directory, "emulator.toml");
    await writeFile(file, text, { mode: 0o600 });
    const child = await startCommand(["--config", file]);
    running.push(child);
    await vi.waitFor(() => expect(child.output().stderr).toContain("Ctrl-C stops it."));
    expect(child.output().stderr).toContain("access id   etl");
    expect(child.output().stderr).not.toMatch(/etl-secret|warning/);
    const etl = clientOf({ ...child, accessKeyId: "etl", accessKeySecret: "etl-secret" });
    const analyst = clientOf({ ...child, accessKeyId: "analyst", accessKeySecret: "analyst-secret" });
    const built = clientOf({ ...child, accessKeyId: "emulator", accessKeySecret: "emulator-secret" });
    expect((await etl("GET", "/projects/shop")).status).toBe(200);
    expect((await etl("GET", "/projects/reports")).status).toBe(403);
    expect((await analyst("GET", "/projects/reports")).status).toBe(200);
    expect((await built("GET", "/projects/shop")).status).toBe(403);
  });

  it("that others may read is warned about", async () => {
    const file = join(directory, "emulator.toml");
    await writeFile(file, text);
    await chmod(file, 0o644);
    const child = await startCommand(["--config", file, "--quiet"]);
    running.push(child);
    expect(child.output().stderr).toBe(
      `mctunnel-emulator: warning: ${file} holds keys and has mode 644, so others may read or change it: chmod 600 it\n`,
    );
  });

  it("that is wrong ends the command with 2", async () => {
    const file = join(directory, "emulator.toml");
    await writeFile(file, 'projects = ["shop"]\n[limits]\nrequests = "many"\n', { mode: 0o600 });
    expect(await runCommand(["--config", file])).toEqual({
      code: 2,
      stdout: "",
      stderr: `mctunnel-emulator: Configuration file ${file}, line 3, column 1: limits.requests: Expected a whole number above 0, got "many"\n`,
    });
  });
});

describe("an address that other machines can reach", () => {
  it("is listened on only with --allow-remote, and warned about", async () => {
    const refused = await runCommand(["--host", "0.0.0.0"]);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("--allow-remote")]);
    // Short for 127.0.0.1, so nobody can reach it; by its looks it might be anything.
    const child = await startCommand(["--host", "127.1", "--allow-remote", "--quiet"]);
    running.push(child);
    expect(child.endpoint).toMatch(/^http:\/\/127\.1:\d+$/);
    expect(child.output().stderr).toBe(
      "mctunnel-emulator: warning: other machines can reach 127.1: nothing is encrypted, and the access key is the one everybody knows\n",
    );
  });
});

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
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("--data DIR");
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
