import { deflateSync, zstdCompressSync } from "node:zlib";
import { crc32c, encodeRecords } from "@maxcompute-tunnel/codec";
import { createSigner, signableRequest } from "@maxcompute-tunnel/transport/signing";
import { compressFrameSync } from "lz4-napi";
import { compressSync } from "snappy";
import { afterEach, describe, expect, it, vi } from "vitest";
import { EmulatorError, type EmulatorLimits, type RunningEmulator, startEmulator } from "../src/index.ts";
import { type Ask, clientOf, createUpload, tablePath, tunnelHeaders } from "./support/client.ts";
import { openRaw, type RawSocket } from "./support/raw-socket.ts";

let emulator: RunningEmulator;
let ask: Ask;
let path: string;
const sockets: RawSocket[] = [];

afterEach(async () => {
  for (const { socket } of sockets.splice(0)) {
    socket.destroy();
  }
  await emulator.close();
});

async function start(limits: EmulatorLimits): Promise<void> {
  emulator = await startEmulator({ limits, tables: ["create table t (id bigint, note string)"] });
  ask = clientOf(emulator);
  path = tablePath(emulator, "t");
}

function raw(): RawSocket {
  const opened = openRaw(emulator.port);
  sockets.push(opened);
  return opened;
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

/** The emulator still does its work. */
async function expectAlive(): Promise<void> {
  expect((await ask("GET", path)).status).toBe(200);
}

describe("a request", () => {
  it("with more headers than allowed is answered with 431 and a request id", async () => {
    await start({ headerBytes: 8192 });
    const long = raw();
    long.send(`GET / HTTP/1.1\r\nhost: h\r\nx: ${"y".repeat(9000)}\r\n\r\n`);
    expect(await long.closed()).toMatch(
      /^HTTP\/1\.1 431 Request Header Fields Too Large\r\nx-odps-request-id: [0-9a-f]{36}\r\n/,
    );
    const many = raw();
    many.send(
      `GET / HTTP/1.1\r\nhost: h\r\n${Array.from({ length: 2000 }, (_, n) => `x${n}: y`).join("\r\n")}\r\n\r\n`,
    );
    expect(await many.closed()).toMatch(/^HTTP\/1\.1 431 /);
    await expectAlive();
  });

  it("with a longer path and query than allowed is refused", async () => {
    await start({ urlBytes: 2000 });
    const answer = await ask("GET", `${path}?x=${"y".repeat(2000)}`);
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining("<Code>InvalidURI</Code>")]);
    expect((await ask("GET", `${path}?x=${"y".repeat(1000)}`)).status).toBe(200);
  });

  it("whose headers do not come in time is closed, also when not a byte came", async () => {
    await start({ headersTimeoutMs: 150 });
    const silent = raw();
    const slow = raw();
    slow.send("GET / HTTP/1.1\r\nhost: h\r\n");
    const drip = setInterval(() => slow.send("x: y\r\n"), 20);
    try {
      expect(await slow.closed()).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\nx-odps-request-id: /);
      expect(await silent.closed()).toMatch(/^HTTP\/1\.1 408 |^$/);
    } finally {
      clearInterval(drip);
    }
    await expectAlive();
  });

  it("beyond what is served at once is told to come again, and those under way are not disturbed", async () => {
    await start({ requests: 3 });
    const id = await createUpload(ask, path);
    const body = encodeRecords(columns, [{ id: 1n, note: "x" }]);
    const under: RawSocket[] = [];
    for (let blockId = 0; blockId < 3; blockId += 1) {
      const head = await signedHead("PUT", `${path}?uploadid=${id}&blockid=${blockId}`, {
        ...tunnelHeaders,
        "content-length": String(body.length),
      });
      const socket = raw();
      socket.send(head);
      socket.send(body.subarray(0, 3));
      under.push(socket);
    }
    await vi.waitFor(async () => {
      const answer = await ask("GET", path);
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
      expect(answer.text).toContain("<Code>ServiceUnavailable</Code>");
    });
    for (const socket of under) {
      socket.send(body.subarray(3));
      expect(await socket.receive(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 200 /);
    }
    await vi.waitFor(expectAlive);
  });

  it("on one connection too many is closed, and a thousand idle ones are welcome", async () => {
    await start({ connections: 1005 });
    const idle = Array.from({ length: 1000 }, () => raw());
    const head = await signedHead("GET", path, {});
    idle[0]?.send(head);
    idle[999]?.send(head);
    expect(await idle[0]?.receive(/<\/Table>/)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await idle[999]?.receive(/<\/Table>/)).toMatch(/^HTTP\/1\.1 200 /);
    for (let more = 0; more < 5; more += 1) {
      raw();
    }
    const refused = raw();
    expect(await refused.closed()).toBe("");
  });

  it("is followed by a closed connection when no other comes", async () => {
    await start({ idleConnectionMs: 100 });
    const socket = raw();
    socket.send(await signedHead("GET", path, {}));
    expect(await socket.closed()).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe("a document", () => {
  it("larger than allowed is refused before it has come", async () => {
    await start({ documentBytes: 10_000 });
    const small = await ask("POST", "/projects/emulated/instances", { body: "x".repeat(10_000) });
    expect(small.text).toContain("<Code>MalformedXML</Code>");
    const socket = raw();
    socket.send(
      await signedHead("POST", "/projects/emulated/instances", { "content-length": "1000000000000" }),
    );
    socket.send("x".repeat(10_001));
    expect(await socket.receive(/<\/Error>/)).toMatch(
      /^HTTP\/1\.1 400 [\s\S]*<Code>MaxMessageLengthExceeded<\/Code>/,
    );
    await expectAlive();
  });

  it("that does not come in time is given up, however it trickles", async () => {
    await start({ documentMs: 60_000 });
    const socket = raw();
    socket.send(await signedHead("POST", "/projects/emulated/instances", { "content-length": "1000" }));
    socket.send("<Inst");
    // The deadline begins when the request is served; the trickle does not put it off.
    await vi.waitFor(() => {
      socket.send("a");
      emulator.clock.advance(60_000);
      expect(socket.received()).toContain("</Error>");
    });
    expect(await socket.closed()).toMatch(/^HTTP\/1\.1 408 [\s\S]*<Code>RequestTimeOut<\/Code>/);
    await expectAlive();
  });
});

const columns = [
  { name: "id", type: "bigint" },
  { name: "note", type: "string" },
] as const;

const mebibyte = 1024 * 1024;

/** A record stream of one row with a long field: what every compression makes least of. */
function longRow(bytes: number): Uint8Array {
  return encodeRecords(columns, [{ id: 1n, note: "0".repeat(bytes) }]);
}

function snappyFramed(bytes: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [Buffer.from("ff060000734e61507059", "hex")];
  for (let from = 0; from < bytes.length; from += 65_536) {
    const data = bytes.subarray(from, from + 65_536);
    const content = compressSync(Buffer.from(data));
    const sum = crc32c(data);
    const head = Buffer.alloc(8);
    head.writeUInt32LE((content.length + 4) << 8, 0);
    head.writeUInt32LE((((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0, 4);
    pieces.push(head, content);
  }
  return Buffer.concat(pieces);
}

const encodings: readonly (readonly [string, (bytes: Uint8Array) => Uint8Array, number])[] = [
  ["deflate", deflateSync, 500],
  ["zstd", zstdCompressSync, 500],
  ["x-snappy-framed", snappyFramed, 15],
  ["x-lz4-frame", (bytes) => compressFrameSync(Buffer.from(bytes)), 150],
];

async function put(encoding: string, body: Uint8Array): Promise<[number, unknown]> {
  const id = await createUpload(ask, path);
  const answer = await ask("PUT", `${path}?uploadid=${id}&blockid=0`, {
    headers: { ...tunnelHeaders, "content-encoding": encoding },
    body,
  });
  return [answer.status, answer.status === 200 ? "stored" : answer.json()["Code"]];
}

describe("a compressed body", () => {
  it.each(encodings)(
    "of %s that decodes to too many times its size is refused",
    async (name, compress, ratio) => {
      await start({ inflateRatio: ratio >> 1, inflateFreeBytes: mebibyte });
      const bomb = compress(longRow(6 * mebibyte));
      expect((6 * mebibyte) / bomb.length).toBeGreaterThan(ratio);
      expect(await put(name, bomb)).toEqual([400, "MaxMessageLengthExceeded"]);
      await expectAlive();
    },
  );

  it.each(encodings)(
    "of %s that decodes to more than allowed is refused, whatever the ratio",
    async (name, compress) => {
      await start({ bodyBytes: 2 * mebibyte });
      expect(await put(name, compress(longRow(3 * mebibyte)))).toEqual([400, "MaxMessageLengthExceeded"]);
      expect(await put(name, compress(longRow(mebibyte)))).toEqual([200, "stored"]);
    },
  );

  it.each(encodings)("of %s that is only well compressed is taken", async (name, compress) => {
    await start({});
    expect(await put(name, compress(longRow(6 * mebibyte)))).toEqual([200, "stored"]);
  });
});

describe("a plain body", () => {
  it("larger than allowed is refused as soon as it is, and the session stays", async () => {
    await start({ bodyBytes: mebibyte });
    expect(await put("identity", longRow(2 * mebibyte))).toEqual([400, "MaxMessageLengthExceeded"]);
    expect(await put("identity", longRow(mebibyte >> 1))).toEqual([200, "stored"]);
  });
});

describe("limits", () => {
  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("cannot be %d", async (requests) => {
    await start({});
    await expect(startEmulator({ limits: { requests } })).rejects.toThrow(EmulatorError);
  });
});
