import { connect } from "node:net";
import { encodeRecords } from "@maxcompute-tunnel/codec";
import { createSigner, signableRequest } from "@maxcompute-tunnel/transport/signing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningEmulator, startEmulator } from "../src/index.ts";
import {
  type Ask,
  clientOf,
  createUpload,
  tablePath,
  threeRecords,
  tunnelHeaders,
} from "./support/client.ts";

let emulator: RunningEmulator;
let ask: Ask;
let path: string;

beforeAll(async () => {
  emulator = await startEmulator({
    tables: ["create table t (id bigint, name string)"],
    accessKeys: [{ accessKeyId: "sts-id", accessKeySecret: "sts-secret", securityToken: "sts-token" }],
    bearerTokens: ["a.bearer.token"],
  });
  ask = clientOf(emulator);
  path = tablePath(emulator, "t");
});
afterAll(() => emulator.close());

/** Sends text over a socket of its own and gives everything that came back until `until`. */
async function overSocket(pieces: readonly (string | Uint8Array)[], until: RegExp): Promise<string> {
  const socket = connect(emulator.port, "127.0.0.1").setNoDelay(true);
  let received = "";
  try {
    for (const piece of pieces) {
      await new Promise<void>((resolve) => socket.write(piece, () => resolve()));
    }
    await new Promise<void>((resolve, reject) => {
      socket.setEncoding("latin1").on("data", (text: string) => {
        received += text;
        if (until.test(received)) {
          resolve();
        }
      });
      socket.on("close", () => reject(new Error(`The connection closed after: ${received}`)));
      socket.on("error", reject);
    });
    return received;
  } finally {
    socket.destroy();
  }
}

async function signedHead(method: string, target: string, more: Record<string, string>): Promise<string> {
  const { accessKeyId, accessKeySecret } = emulator;
  const headers = { host: `127.0.0.1:${emulator.port}`, ...more };
  const signed = await createSigner()(
    signableRequest({ method, url: target, headers }),
    { kind: "access-key", accessKeyId, accessKeySecret },
    new Date(),
  );
  const lines = Object.entries({ ...headers, ...signed }).map(([name, value]) => `${name}: ${value}`);
  return `${method} ${target} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
}

describe("an answer", () => {
  it("has a request id and its own header names in lower case", async () => {
    const head = await signedHead("GET", `/projects/${emulator.project}`, {});
    const received = await overSocket([head], /\r\n\r\n/);
    const names = received
      .split("\r\n\r\n")[0]
      ?.split("\r\n")
      .slice(1)
      .map((line) => line.slice(0, line.indexOf(":")));
    expect(names).toEqual(
      expect.arrayContaining([
        "x-odps-request-id",
        "x-odps-owner",
        "x-odps-creation-time",
        "last-modified",
        "content-type",
      ]),
    );
  });

  it("has no fixed length for rows, and the connection is kept", async () => {
    const first = await signedHead("GET", "/tenants", {});
    const second = await signedHead("GET", "/logview/host", {});
    const received = await overSocket([first, second], /200 OK[\s\S]*200 OK[\s\S]*127\.0\.0\.1:\d+$/);
    expect(received).toContain("Keep-Alive: timeout=600");
  });

  it("to a bodyless POST needs no length in the request", async () => {
    const head = await signedHead("POST", `${path}?uploads`, tunnelHeaders);
    expect(await overSocket([head], /UploadedBlockList/)).toContain("HTTP/1.1 200 OK");
  });
});

describe("what is not a request", () => {
  it("is answered with a request id and the connection closed", async () => {
    expect(await overSocket(["nonsense\r\n\r\n"], /\r\n\r\n/)).toMatch(
      /^HTTP\/1\.1 400 Bad Request\r\nx-odps-request-id: [0-9a-f]{36}\r\n/,
    );
    const long = `GET / HTTP/1.1\r\nx: ${"y".repeat(70_000)}\r\n\r\n`;
    expect(await overSocket([long], /\r\n\r\n/)).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe("a body", () => {
  it("may come in an HTTP chunk for every byte", async () => {
    const id = await createUpload(ask, path);
    const head = await signedHead("PUT", `${path}?uploadid=${id}&blockid=0`, {
      ...tunnelHeaders,
      "transfer-encoding": "chunked",
    });
    const crumbs = Array.from(threeRecords, (byte) => Buffer.from([0x31, 13, 10, byte, 13, 10]));
    const received = await overSocket([head, ...crumbs, "0\r\n\r\n"], /\r\n\r\n/);
    expect(received).toContain("HTTP/1.1 200 OK");
    const listed = await ask("GET", `${path}?uploadid=${id}`, { headers: tunnelHeaders });
    expect(listed.json()["UploadedBlockList"]).toMatchObject([{ BlockID: 0, RecordCount: 3 }]);
  });

  it("may be larger than the pieces it is looked at in, with records across their borders", async () => {
    const columns = [
      { name: "id", type: "bigint" },
      { name: "name", type: "string" },
    ] as const;
    const body = encodeRecords(
      columns,
      Array.from({ length: 3000 }, (_, id) => ({ id, name: `${"é".repeat(200)}${id}` })),
    );
    expect(body.length).toBeGreaterThan(4 * 256 * 1024);
    const id = await createUpload(ask, path, "&overwrite=true");
    const stored = await ask("PUT", `${path}?uploadid=${id}&blockid=0`, { headers: tunnelHeaders, body });
    expect(stored.status).toBe(200);
    await ask("POST", `${path}?uploadid=${id}`, { headers: tunnelHeaders });
    const rows = await emulator.readRows("t");
    expect(rows).toHaveLength(3000);
    expect(rows[2999]).toEqual({ id: 2999n, name: `${"é".repeat(200)}2999` });
  });

  it("is answered as soon as it is wrong, and the answer reaches a client that is still sending", async () => {
    const id = await createUpload(ask, path);
    const head = await signedHead("PUT", `${path}?uploadid=${id}&blockid=0`, {
      ...tunnelHeaders,
      "content-length": String(64 * 1024 * 1024),
    });
    // Wrong from its first byte, and never sent to its end.
    const wrong = Buffer.alloc(1024 * 1024, 0xff);
    const received = await overSocket([head, wrong], /"HostId"/);
    expect(received).toContain("HTTP/1.1 400 Bad Request");
    expect(received).toContain("DataStream");
  });
});

describe("who may ask", () => {
  const wrongKey = { kind: "access-key", accessKeyId: "emulator", accessKeySecret: "guess" } as const;

  it("is told in JSON by the tunnel and in XML by the service", async () => {
    const stranger = clientOf(emulator, { credentials: wrongKey });
    const tunnel = await stranger("POST", `${path}?uploads`, { headers: tunnelHeaders });
    expect([tunnel.status, tunnel.json()["Code"]]).toEqual([403, "SignatureNotMatch"]);
    const service = await stranger("GET", path);
    expect(service.status).toBe(403);
    expect(service.headers.get("content-type")).toBe("application/xml");
    expect(service.text).toMatch(
      /^<\?xml version="1.0"[^>]*\?>\s*<Error><Code>SignatureNotMatch<\/Code><Message>ODPS-0410042:[^<]*<\/Message><RequestId>[0-9a-f]+<\/RequestId><HostId>127\.0\.0\.1:\d+<\/HostId><\/Error>$/,
    );
  });

  it("is anybody with a good V1 or V4 signature, an STS token or a bearer token", async () => {
    const sts = { kind: "access-key", accessKeyId: "sts-id", accessKeySecret: "sts-secret" } as const;
    const clients = [
      clientOf(emulator, { region: "cn-hangzhou" }),
      clientOf(emulator, { credentials: { ...sts, securityToken: "sts-token" } }),
      clientOf(emulator, { credentials: { kind: "bearer", token: "a.bearer.token" } }),
    ];
    for (const client of clients) {
      expect((await client("POST", `${path}?uploads`, { headers: tunnelHeaders })).status).toBe(200);
      expect((await client("GET", `/api${path}?curr_project=emulated`)).status).toBe(200);
    }
    const without = await clientOf(emulator, { credentials: sts })("POST", `${path}?uploads`, {
      headers: tunnelHeaders,
    });
    expect([without.status, without.json()["Code"]]).toEqual([403, "InvalidSecurityToken"]);
  });

  it("may be 15 minutes off the machine's clock, whatever the emulator's own clock says", async () => {
    emulator.clock.advance(3_600_000);
    expect((await ask("GET", path)).status).toBe(200);
    const late = clientOf(emulator, { date: new Date(Date.now() - 16 * 60_000) });
    const answer = await late("POST", `${path}?uploads`, { headers: tunnelHeaders });
    expect([answer.status, answer.json()["Code"]]).toEqual([403, "RequestTimeTooSkewed"]);
  });

  it("signs a partition value with blanks and letters of any script", async () => {
    await emulator.createTable("create table p (id bigint) partitioned by (pt string)");
    const target = `${tablePath(emulator, "p")}?uploads&partition=pt%3Da%20b%2F%E4%B8%AD&create_partition=true`;
    expect((await ask("POST", target, { headers: tunnelHeaders })).status).toBe(200);
    expect((await ask("POST", target.replaceAll("%20", "+"), { headers: tunnelHeaders })).status).toBe(200);
  });
});

describe("what is not there", () => {
  it.each([
    ["GET", "/nothing", 404, "NoSuchObject"],
    ["GET", "/projects/emulated/nothing/t", 404, "NoSuchObject"],
    ["DELETE", "/projects/emulated/tables/t", 405, "MethodNotAllowed"],
    ["GET", "/projects/other", 404, "NoSuchObject"],
    ["GET", "/projects/emulated/tables/%zz", 400, "InvalidURI"],
    ["GET", "/projects/emulated/tables/..%2f..%2fetc", 404, "NoSuchTable"],
  ])("%s %s", async (method, target, status, code) => {
    const answer = await ask(method, target);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(`<Code>${code}</Code>`);
  });
});

describe("the request log", () => {
  it("tells what was asked and answered", async () => {
    await ask("GET", "/projects/emulated/tables/absent");
    expect(emulator.requests.at(-1)).toEqual({
      requestId: expect.stringMatching(/^[0-9a-f]+$/),
      at: expect.any(Number),
      method: "GET",
      url: "/projects/emulated/tables/absent",
      headers: expect.objectContaining({ authorization: "[removed]", host: expect.any(String) }),
      action: "get table",
      project: "emulated",
      table: "absent",
      status: 404,
      code: "NoSuchTable",
    });
  });
});
