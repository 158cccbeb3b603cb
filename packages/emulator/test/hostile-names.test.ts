import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeRecords } from "@maxcompute-tunnel/codec";
import { createSigner, signableRequest } from "@maxcompute-tunnel/transport/signing";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningEmulator, startEmulator } from "../src/index.ts";
import { openRaw } from "./support/raw-socket.ts";

// The data directory lies beside a file that nobody may touch.
let above: string;
let emulator: RunningEmulator;
let log = "";

function noteLine(line: string): void {
  log += line;
}

beforeAll(async () => {
  above = await mkdtemp(join(tmpdir(), "hostile-names-"));
  await writeFile(join(above, "canary"), "untouched");
  emulator = await startEmulator({
    dataDir: join(above, "data"),
    logger: pino({ level: "info" }, { write: noteLine }),
    tables: [
      "create table t (id bigint, name string)",
      "create table p (id bigint, name string) partitioned by (pt string)",
    ],
  });
});
afterAll(async () => {
  await emulator.close();
  await rm(above, { recursive: true });
});

const hostile: readonly (readonly [string, string])[] = [
  ["a way up", "../../canary"],
  ["a way up, Windows'", "..\\..\\canary"],
  ["an absolute path", "/etc/passwd"],
  ["only dots", ".."],
  ["a line end", "t\r\nx-injected: 1\r\n\r\nHTTP/1.1 200 OK"],
  ["a bare newline", 't\n{"level":50,"msg":"forged"}'],
  ["a NUL", "t\u0000.block"],
  ["a line separator", "t\u2028x\u0085y"],
  ["a right-to-left override", "t\u202egnp.x"],
  ["slashes of other scripts", "..\u2215..\uff0fcanary"],
  ["an escape sequence", "t\u001b[2J"],
  ["a member of every object", "__proto__"],
  ["markup", "</Message><Code>Forged</Code>"],
  ["a very long name", "n".repeat(5000)],
];

/** What comes back for a request whose target is sent as it is, with a good signature. */
async function ask(
  method: string,
  target: string,
  body: Uint8Array | string = "",
  headers: Record<string, string> = { "x-odps-tunnel-version": "6" },
): Promise<{ readonly head: readonly string[]; readonly status: number; readonly body: string }> {
  const bytes = Buffer.from(body);
  const all = { host: `127.0.0.1:${emulator.port}`, "content-length": String(bytes.length), ...headers };
  const signed = await createSigner()(
    signableRequest({ method, url: target, headers: all }),
    { kind: "access-key", accessKeyId: emulator.accessKeyId, accessKeySecret: emulator.accessKeySecret },
    new Date(),
  );
  const lines = Object.entries({ ...all, ...signed, connection: "close" }).map(([k, v]) => `${k}: ${v}`);
  const socket = openRaw(emulator.port);
  socket.send(
    Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`), bytes]),
  );
  const received = await socket.closed();
  const [first = "", ...rest] = received.split("\r\n\r\n");
  return {
    head: first.split("\r\n"),
    status: Number(first.split(" ")[1]),
    body: rest.join("\r\n\r\n"),
  };
}

/** One answer, whose headers are the emulator's own, and one log line that is what it says. */
async function expectContained(
  method: string,
  target: string,
  body: Uint8Array | string = "",
  headers?: Record<string, string>,
): Promise<{ readonly status: number; readonly body: string }> {
  log = "";
  const answer = await ask(method, target, body, headers);
  for (const line of answer.head.slice(1)) {
    expect(line).toMatch(
      /^(?:x-odps-(?:request-id|owner|creation-time|start-time|end-time)|last-modified|content-type|content-length|location|allow|date|connection|transfer-encoding|keep-alive): [ -~]+$/i,
    );
  }
  const field = (name: string): string | undefined =>
    answer.head.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
  expect(answer.body).toHaveLength(Number(field("content-length")));
  if (field("content-type") === "application/xml") {
    expect(answer.body).not.toContain("<Code>Forged");
  }
  const records = log.split("\n").filter((line) => line !== "");
  for (const line of records) {
    expect(JSON.parse(line)).toMatchObject({ requestId: expect.stringMatching(/^[0-9a-f]{36}$/) });
  }
  expect(log).not.toContain('"msg":"forged"');
  return answer;
}

describe.each(hostile)("%s", (_, name) => {
  const encoded = encodeURIComponent(name).replaceAll(".", "%2e");

  it("as a name in a path names nothing", async () => {
    const base = `/projects/${emulator.project}`;
    for (const [method, target] of [
      ["GET", `/projects/${encoded}`],
      ["GET", `${base}/tables/${encoded}`],
      ["GET", `${base}/schemas/${encoded}`],
      ["GET", `${base}/schemas/${encoded}/tables/t`],
      ["GET", `${base}/instances/${encoded}?taskstatus`],
      ["POST", `${base}/tables/${encoded}?uploads`],
      ["GET", `${base}/tables/t?uploadid=${encoded}`],
      ["PUT", `${base}/tables/t?uploadid=${encoded}&blockid=${encoded}`],
      ["GET", `${base}/tables/t?data&downloadid=${encoded}&rowrange=(0,1)`],
      ["POST", `${base}/tables/p?uploads&partition=${encoded}`],
      ["POST", `${base}/tables/t?uploads&curr_schema=${encoded}`],
    ] as const) {
      const { status } = await expectContained(method, target);
      expect([method, target, status >= 400 && status < 500]).toEqual([method, target, true]);
    }
  });

  it("as a partition value is a value, and nothing more", async () => {
    const table = `/projects/${emulator.project}/tables/p`;
    const query = `partition=pt%3D${encoded}`;
    const created = await expectContained("POST", `${table}?uploads&${query}&create_partition=true`);
    if (created.status !== 200) {
      expect(created.status).toBe(400);
      return;
    }
    const id = JSON.parse(created.body)["UploadID"];
    const columns = [
      { name: "id", type: "bigint" },
      { name: "name", type: "string" },
    ] as const;
    const body = encodeRecords(columns, [{ id: 1n, name }]);
    const put = await expectContained("PUT", `${table}?uploadid=${id}&blockid=0&${query}`, body);
    const commit = await expectContained("POST", `${table}?uploadid=${id}&${query}`);
    expect([put.status, commit.status]).toEqual([200, 200]);
    await expectContained("GET", `${table}?partitions`, "", {});
  });

  it("as a name in SQL is refused or is a name, and nothing more", async () => {
    const xml = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
    for (const statement of [
      `create table \`${name}\` (id bigint);`,
      `create schema \`${name}\`;`,
      `drop table if exists \`${name}\`;`,
      `alter table t rename to \`${name}\`;`,
    ]) {
      const job = `<Instance><Job><Priority>9</Priority><Tasks><SQL><Name>AnonymousSQLTask</Name><Query>${xml(statement)}</Query></SQL></Tasks></Job></Instance>`;
      const submitted = await expectContained("POST", `/projects/${emulator.project}/instances`, job, {});
      expect([200, 201, 400]).toContain(submitted.status);
    }
    await expectContained("GET", `/projects/${emulator.project}/tables`, "", {});
  });

  it("as a header is refused or passed over", async () => {
    // What cannot stand in a header at all is for the HTTP parser, which the raw bytes below are sent to.
    const value = Buffer.from(name).toString("latin1");
    const target = `/projects/${emulator.project}/tables/t`;
    const socket = openRaw(emulator.port);
    socket.send(`GET ${target} HTTP/1.1\r\nhost: ${value}\r\nconnection: close\r\n\r\n`);
    const received = await socket.closed();
    expect(received).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(received.split("\r\n\r\n")[0]).not.toMatch(/^x-injected/im);
  });
});

it("leaves nothing on the disk but what the emulator names itself", async () => {
  expect((await readdir(above)).sort()).toEqual(["canary", "data"]);
  expect(await readFile(join(above, "canary"), "utf8")).toBe("untouched");
  expect((await readdir(join(above, "data"))).sort()).toEqual([
    "blocks",
    "journal.jsonl",
    expect.stringMatching(/^lock\.[0-9a-f]{16}$/),
  ]);
  for (const file of await readdir(join(above, "data", "blocks"))) {
    expect(file).toMatch(/^[0-9a-f]{32}\.block$/);
  }
});

it("comes back from its own journal with all of it", async () => {
  await emulator.close();
  emulator = await startEmulator({ dataDir: join(above, "data") });
  const answer = await ask("GET", `/projects/${emulator.project}/tables/p?partitions`, "", {});
  expect(answer.status).toBe(200);
});
